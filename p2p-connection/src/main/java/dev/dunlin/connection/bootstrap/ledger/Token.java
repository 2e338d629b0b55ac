package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.util.Optional;

/**
 * What is known of a token. Times are the wall clock's, in microseconds.
 *
 * @param hash its SHA-256
 * @param role which side makes the database
 * @param maxUses how often it may be redeemed, at least 1; empty if as often as one likes
 * @param expires from when on it is not taken any more
 * @param requirements what an identity must fulfil, as the hook that judges it reads it; at most {@link #MOST_TEXT} characters
 * @param peer who alone may redeem it; empty for whoever has it
 * @param burns whether an identity that is not enough uses it up
 * @param label what it is for, to those who operate the node; at most {@link #MOST_LABEL} characters
 * @param created when it was made
 * @param revoked when it was revoked; empty if it was not
 * @param uses how many redemptions of it have a database
 * @param reserved how many go on
 * @param rejections how many identities were not enough
 */
public record Token(
        Bytes hash,
        Role role,
        Optional<Integer> maxUses,
        long expires,
        String requirements,
        Optional<PeerId> peer,
        boolean burns,
        String label,
        long created,
        Optional<Long> revoked,
        int uses,
        int reserved,
        int rejections) {

    /** The longest requirements, in characters. */
    public static final int MOST_TEXT = 8 << 10;

    /** The longest label, in characters. */
    public static final int MOST_LABEL = 200;

    /** So many identities may not be enough before a token that can be used once is used up. */
    public static final int MOST_REJECTIONS = 5;

    /** Checks the bounds. */
    public Token {
        if (hash.size() != 32) {
            throw new IllegalArgumentException("the SHA-256 of a token has 32 bytes, not " + hash.size());
        }
        if (maxUses.isPresent() && maxUses.get() < 1) {
            throw new IllegalArgumentException("a token may be used at least once, not " + maxUses.get() + " times");
        }
        if (requirements.length() > MOST_TEXT || label.length() > MOST_LABEL) {
            throw new IllegalArgumentException("the requirements of a token have " + MOST_TEXT
                    + " characters at most, and its label " + MOST_LABEL);
        }
    }

    /** Whether it can be redeemed once only. */
    public boolean isOneTime() {
        return maxUses.filter(most -> most == 1).isPresent();
    }

    /** Whether it is used up, with what is reserved. */
    public boolean isUsed() {
        return maxUses.filter(most -> uses + reserved >= most).isPresent();
    }

    Token reserving() {
        return counting(uses, reserved + 1, rejections);
    }

    Token used() {
        return counting(uses + 1, reserved - 1, rejections);
    }

    Token released() {
        return counting(uses, reserved - 1, rejections);
    }

    /** Whether identities that were not enough have used it up, and nobody has revoked it before. */
    public boolean isSpent() {
        return revoked.isPresent() && rejections > 0 && (burns || isOneTime() && rejections >= MOST_REJECTIONS);
    }

    /** After an identity was not enough: revoked if that uses it up. */
    Token rejected(long now) {
        Token counted = counting(uses, reserved - 1, rejections + 1);
        boolean isUsedUp = burns || isOneTime() && counted.rejections >= MOST_REJECTIONS;
        return isUsedUp && revoked.isEmpty() ? counted.revoked(now) : counted;
    }

    Token revoked(long now) {
        return new Token(
                hash,
                role,
                maxUses,
                expires,
                requirements,
                peer,
                burns,
                label,
                created,
                Optional.of(now),
                uses,
                reserved,
                rejections);
    }

    private Token counting(int used, int held, int rejected) {
        return new Token(
                hash, role, maxUses, expires, requirements, peer, burns, label, created, revoked, used, held, rejected);
    }
}
