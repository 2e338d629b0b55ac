package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Effect;
import java.util.List;

/**
 * What sessions ask of the ledger and of the hooks. Each names the session and its step, and the answer says both again.
 *
 * <p>The ledger does them in the order in which they were asked, so that what frees a use may be asked before it is known whether one is
 * held. Each may be done twice with the same result. Times are the wall clock's, in microseconds.
 */
public sealed interface SessionEffect extends Effect {

    /** The ledger's. */
    sealed interface OfLedger extends SessionEffect {}

    /** The hooks'. */
    sealed interface OfHooks extends SessionEffect {}

    /**
     * Hold a use of a token: {@link SessionAction.Decided}.
     *
     * @param redemption its name, if it is a new one
     * @param now the wall clock
     * @param lease until when it may go on
     * @param hasPlace whether a database could be made for it now
     */
    record Reserve(
            long session,
            int step,
            Bytes token,
            PeerId peer,
            String key,
            String redemption,
            long now,
            long lease,
            boolean hasPlace)
            implements OfLedger, Effect.Request {}

    /** Write down that a database is about to be made: {@link SessionAction.Announced}. */
    record Announce(long session, int step, String redemption, long now) implements OfLedger, Effect.Request {}

    /**
     * Write down that a database is there, so that its use counts: {@link SessionAction.Recorded}.
     *
     * @param lease until when the answer may be asked for again
     */
    record Record(long session, int step, String redemption, Tally tally, long now, long lease)
            implements OfLedger, Effect.Request {}

    /**
     * Write down how a session has ended. If it has not succeeded, what was held for it is free again, unless there is a database.
     *
     * @param token the hash of its token
     * @param redemption its redemption; empty if it has none of its own
     * @param stage in which it ended
     * @param lasted how long it took, microseconds
     */
    record Finish(
            long session, PeerId peer, Bytes token, String redemption, Code code, String stage, long lasted, long now)
            implements OfLedger, Effect.Fire {}

    /**
     * Write down that peers were turned away.
     *
     * @param peer who; empty if several
     * @param token the hash of its token; empty if several, or none
     * @param count how many, at least 1
     */
    record Tell(String peer, Bytes token, Code code, long count, long now) implements OfLedger, Effect.Fire {}

    /** Remove a database that has come too late, unless its redemption has it, or may have it still; nobody waits for it. */
    record Discard(long session, String redemption, long now) implements OfLedger, Effect.Fire {}

    /**
     * Put redemptions in order that no session works on, though their lease is over; nobody waits for it.
     *
     * @param redemptions at most {@link SessionAction.Swept#MOST_STALE}
     */
    record Settle(List<String> redemptions, long now) implements OfLedger, Effect.Fire {
        /** Copies the list. */
        public Settle {
            redemptions = List.copyOf(redemptions);
        }
    }

    /**
     * Look for redemptions that no session works on, and for databases that no redemption has: {@link SessionAction.Swept}.
     *
     * @param isFirst whether it is the first of this run: then no redemption has a session, whatever its lease
     */
    record Sweep(boolean isFirst, long now) implements OfLedger, Effect.Request {}

    /**
     * Judge who the peer says it is: {@link SessionAction.Judged}.
     *
     * @param identity the hash of what it says, which the vault has
     * @param requirements those of the token
     * @param within how long it may take, microseconds
     */
    record Judge(long session, int step, PeerId peer, Bytes identity, String requirements, long within)
            implements OfHooks, Effect.Request {}

    /**
     * Make a database: {@link SessionAction.Provisioned}.
     *
     * @param cadre where the nodes of the peer's party are
     * @param within how long it may take, microseconds
     */
    record Provision(
            long session, int step, String redemption, PeerId peer, Role role, List<Multiaddr> cadre, long within)
            implements OfHooks, Effect.Request {
        /** Copies the list. */
        public Provision {
            cadre = List.copyOf(cadre);
        }
    }

    /**
     * Judge what the peer says of the database that it has made: {@link SessionAction.Judged}.
     *
     * @param within how long it may take, microseconds
     */
    record JudgeDatabase(long session, int step, PeerId peer, Tally tally, long within)
            implements OfHooks, Effect.Request {}

    /** What was asked of a hook for a session is not wanted any more: stop it. */
    record Stop(long session) implements OfHooks, Effect.Fire {}
}
