package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Ticket;
import java.util.Optional;

/** The actions of the ledger machine: what those who operate a node ask of its ledger. Each wish has one {@link LedgerOutcome}. */
public sealed interface LedgerAction extends Action {

    /** Something that is asked of the ledger. */
    sealed interface Inquiry extends LedgerAction, Action.Wish, Action.Control {}

    /**
     * Wish: add a token.
     *
     * @param hash its SHA-256: whoever makes a token tells it to nobody but the one whom it is for
     * @param role which side makes the database
     * @param maxUses how often it may be redeemed, at least 1; empty if as often as one likes
     * @param lifetime how long it is taken, microseconds, 1 to {@link #MOST_LIFETIME}
     * @param requirements as in {@link Token}
     * @param peer who alone may redeem it; empty for whoever has it
     * @param burns whether an identity that is not enough uses it up
     * @param label as in {@link Token}
     */
    record Create(
            Ticket ticket,
            Bytes hash,
            Role role,
            Optional<Integer> maxUses,
            long lifetime,
            String requirements,
            Optional<PeerId> peer,
            boolean burns,
            String label)
            implements Inquiry {
        /** Checks the bounds. */
        public Create {
            if (lifetime < 1 || lifetime > MOST_LIFETIME) {
                throw new IllegalArgumentException(
                        "a token is taken for 1 to " + MOST_LIFETIME + " microseconds, not " + lifetime);
            }
            // Its own checks.
            token(hash, role, maxUses, lifetime, requirements, peer, burns, label, 0);
        }

        /** The token, made at a time of the wall clock. */
        Token token(long now) {
            return token(hash, role, maxUses, lifetime, requirements, peer, burns, label, now);
        }

        private static Token token(
                Bytes hash,
                Role role,
                Optional<Integer> maxUses,
                long lifetime,
                String requirements,
                Optional<PeerId> peer,
                boolean burns,
                String label,
                long now) {
            return new Token(
                    hash,
                    role,
                    maxUses,
                    now + lifetime,
                    requirements,
                    peer,
                    burns,
                    label,
                    now,
                    Optional.empty(),
                    0,
                    0,
                    0);
        }
    }

    /** The longest lifetime of a token, in microseconds: ten years. */
    long MOST_LIFETIME = 3650L * 24 * 3600 * 1_000_000;

    /**
     * Wish: take a token out of use, now and for ever.
     *
     * @param digits the first hexadecimal digits of its hash, as many as no other token has
     */
    record Revoke(Ticket ticket, String digits) implements Inquiry {
        /** Checks the digits. */
        public Revoke {
            checkDigits(digits);
        }
    }

    /**
     * Wish: tell of tokens whose hashes begin so.
     *
     * @param digits the first hexadecimal digits of their hashes; empty for all
     * @param after those behind this hash; empty for the first ones
     * @param most 1 to {@link #MOST_PAGE}
     */
    record Tokens(Ticket ticket, String digits, Optional<Bytes> after, int most) implements Inquiry {
        /** Checks the bounds. */
        public Tokens {
            checkPage(most);
            checkDigits(digits);
        }
    }

    /**
     * Wish: tell entries of the trail.
     *
     * @param after those behind this number; negative for the last ones
     * @param most 1 to {@link #MOST_PAGE}
     */
    record Trail(Ticket ticket, long after, int most) implements Inquiry {
        /** Checks the bound. */
        public Trail {
            checkPage(most);
        }
    }

    /** Wish: look at each entry of the trail whether it is behind the one before, unchanged. */
    record Verify(Ticket ticket) implements Inquiry {}

    /** The most tokens or entries that are told at a time. */
    int MOST_PAGE = 1000;

    private static void checkDigits(String digits) {
        if (!digits.matches("[0-9a-f]{0,64}")) {
            throw new IllegalArgumentException("a hash has up to 64 digits of 0 to 9 and a to f, not " + digits);
        }
    }

    private static void checkPage(int most) {
        if (most < 1 || most > MOST_PAGE) {
            throw new IllegalArgumentException("a page has 1 to " + MOST_PAGE + " entries, not " + most);
        }
    }

    /** Fact: what the ledger says to an inquiry. */
    record Told(long inquiry, LedgerAnswer answer) implements LedgerAction {}

    /**
     * Fact: it says nothing.
     *
     * @param why in words for operators, a sentence without its full stop
     */
    record Failed(long inquiry, String why) implements LedgerAction {}
}
