package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.util.Locale;
import java.util.Optional;

/**
 * The rules of tokens and their redemptions, each one transaction of a store: what is asked is decided, written and told in the trail at
 * once. What is said twice is done once.
 *
 * @param store of one transaction
 * @param now the wall clock, microseconds
 */
public record Ledger(LedgerStore store, long now) {

    /** What an entry of the trail is called after which a database is made. */
    public static final String BEGUN = "provisioning";

    /**
     * A wish to redeem a token.
     *
     * @param token its SHA-256
     * @param peer who comes with it, as the connection has proved
     * @param key what the peer has sent to be known by again; empty if nothing
     * @param id the name of the redemption, if this is a new one
     * @param session for the trail
     * @param lease until when it may go on
     * @param hasPlace whether a database could be made for it now
     */
    public record Wish(Bytes token, PeerId peer, String key, String id, long session, long lease, boolean hasPlace) {}

    /** What becomes of a wish. */
    public sealed interface Decision {

        /** A use is held. */
        record Granted(Redemption redemption, Token token) implements Decision {}

        /** The same was redeemed before: it has its database. */
        record Replayed(Redemption redemption, Token token) implements Decision {}

        /** The same is going on. */
        record Running(Redemption redemption) implements Decision {}

        /** The token is not taken. */
        record Refused(Refusal why) implements Decision {}

        /** The token would be taken, but this side cannot make a database for it now: nothing is held. */
        record NoPlace() implements Decision {}
    }

    /** Holds a use of a token for a peer, unless the peer has it already, or there is none. */
    public Decision reserve(Wish wish) {
        Optional<Token> known = store.token(wish.token());
        if (known.isEmpty()) {
            return refused(wish, Refusal.UNKNOWN);
        }
        Token token = known.get();
        RedemptionKey key = RedemptionKey.of(token, wish.peer(), wish.key());
        Optional<Redemption> before = store.redemption(key);
        // Who has its database is answered as before, whatever has become of the token since.
        if (before.filter(one -> one.phase().hasDatabase()).isPresent()) {
            tell("replayed", wish.session(), before.get(), "", "");
            return new Decision.Replayed(before.get(), token);
        }
        if (before.filter(one -> one.phase().isReserved()).isPresent()) {
            // Its own, if a transaction is done again of which it was not known whether it is kept.
            return before.get().id().equals(wish.id())
                    ? new Decision.Granted(before.get(), token)
                    : new Decision.Running(before.get());
        }
        Optional<Refusal> refusal = refusal(token, wish.peer());
        if (refusal.isPresent()) {
            return refused(wish, refusal.get());
        }
        if (!wish.hasPlace() && token.role() == Role.STOCK) {
            return new Decision.NoPlace();
        }
        Redemption redemption = new Redemption(wish.id(), key, Phase.RESERVED, now, wish.lease(), Optional.empty());
        store.put(token.reserving());
        store.put(redemption);
        tell("reserved", wish.session(), redemption, "", "");
        return new Decision.Granted(redemption, token);
    }

    private Optional<Refusal> refusal(Token token, PeerId peer) {
        if (token.peer().filter(only -> !only.equals(peer)).isPresent()) {
            return Optional.of(Refusal.OTHER_PEER);
        }
        if (token.revoked().isPresent()) {
            return Optional.of(Refusal.REVOKED);
        }
        if (token.expires() <= now) {
            return Optional.of(Refusal.EXPIRED);
        }
        return token.isUsed() ? Optional.of(Refusal.USED) : Optional.empty();
    }

    private Decision refused(Wish wish, Refusal why) {
        append(new Event(
                "refused",
                wish.session(),
                wish.peer().toString(),
                Event.digits(wish.token()),
                "",
                "INVALID_TOKEN",
                why.name().toLowerCase(Locale.ROOT),
                1));
        return new Decision.Refused(why);
    }

    /**
     * Says that a database is about to be made for a redemption: from then on somebody has to look for it.
     *
     * @return false if the redemption is not held any more
     */
    public boolean provisioning(String id, long session) {
        return moved(id, session, Phase.RESERVED, Phase.PROVISIONING, BEGUN);
    }

    private boolean moved(String id, long session, Phase from, Phase to, String kind) {
        Optional<Redemption> redemption = store.redemption(id);
        if (redemption.filter(one -> one.phase() == to).isPresent()) {
            return true;
        }
        if (redemption.filter(one -> one.phase() == from).isEmpty()) {
            return false;
        }
        Redemption next = redemption.get().in(to, redemption.get().lease());
        store.put(next);
        tell(kind, session, next, "", "");
        return true;
    }

    /**
     * Counts a use, for there is a database.
     *
     * @param lease until when the answer may be asked for again
     * @return the redemption as it is now; empty if it is not held any more: then the database is to be removed
     */
    public Optional<Redemption> provisioned(String id, long session, Tally tally, long lease) {
        Optional<Redemption> redemption = store.redemption(id);
        if (redemption.filter(one -> one.phase().hasDatabase()).isPresent()) {
            return redemption;
        }
        if (redemption.filter(one -> one.phase().isReserved()).isEmpty()) {
            return Optional.empty();
        }
        Redemption made = redemption.get().made(Phase.PROVISIONED, tally, lease);
        store.put(tokenOf(made).used());
        store.put(made);
        tell("provisioned", session, made, "", tally.tallyId());
        return Optional.of(made);
    }

    /** The peer has the answer. */
    public boolean delivered(String id, long session) {
        return moved(id, session, Phase.PROVISIONED, Phase.DELIVERED, "delivered")
                || moved(id, session, Phase.ABANDONED, Phase.DELIVERED, "delivered");
    }

    /**
     * Frees the use of a redemption that has come to nothing.
     *
     * @param code why
     * @param isRejected whether the identity was not enough, which may use the token up
     * @return false if it has a database, or is free already
     */
    public boolean release(String id, long session, String code, boolean isRejected) {
        Optional<Redemption> redemption = store.redemption(id);
        if (redemption.filter(one -> one.phase().isReserved()).isEmpty()) {
            return false;
        }
        Redemption released = redemption.get().in(Phase.RELEASED, now);
        Token token = tokenOf(released);
        Token next = isRejected ? token.rejected(now) : token.released();
        store.put(next);
        store.put(released);
        tell("released", session, released, code, "");
        if (next.isSpent() && !token.isSpent()) {
            append(new Event("spent", session, "", Event.digits(next.hash()), "", "", "", 1));
        }
        return true;
    }

    /** Gives up waiting for a peer to ask for its answer again. */
    public boolean abandon(String id) {
        return moved(id, 0, Phase.PROVISIONED, Phase.ABANDONED, "abandoned");
    }

    /** Adds a token; false if there is one of its hash. */
    public boolean create(Token token) {
        if (store.token(token.hash()).isPresent()) {
            return false;
        }
        store.put(token);
        append(new Event("created", 0, "", Event.digits(token.hash()), "", "", "", 1));
        return true;
    }

    /**
     * Takes a token out of use. What is reserved of it goes on: who was let in before it was revoked, is in.
     *
     * @return the token as it is now; empty if there is none
     */
    public Optional<Token> revoke(Bytes hash) {
        Optional<Token> token = store.token(hash);
        if (token.isEmpty() || token.get().revoked().isPresent()) {
            return token;
        }
        Token revoked = token.get().revoked(now);
        store.put(revoked);
        append(new Event("revoked", 0, "", Event.digits(hash), "", "", "", 1));
        return Optional.of(revoked);
    }

    /** Tells something else in the trail. */
    public void append(Event event) {
        store.append(Entry.behind(store.head(), now, event));
    }

    private Token tokenOf(Redemption redemption) {
        return store.token(redemption.key().token())
                .orElseThrow(() -> new IllegalStateException("a redemption of a token that is not there"));
    }

    private void tell(String kind, long session, Redemption redemption, String code, String detail) {
        append(new Event(
                kind,
                session,
                redemption.key().peer().toString(),
                Event.digits(redemption.key().token()),
                redemption.id(),
                code,
                detail,
                1));
    }
}
