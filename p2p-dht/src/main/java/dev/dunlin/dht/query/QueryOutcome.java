package dev.dunlin.dht.query;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.wire.KadAnswer;
import java.util.List;
import java.util.Optional;

/** What the asker of a query is told: any number of {@link Told}, then one {@link Done}. */
public sealed interface QueryOutcome extends Outcome {

    /**
     * A node has answered.
     *
     * @param from where from, if that is known
     * @param hops how many questions lie between this node and it
     * @param answer as it came: its addresses are not filtered
     */
    record Told(Ticket ticket, PeerId peer, Optional<Multiaddr> from, int hops, KadAnswer answer)
            implements QueryOutcome, Progress, OfPeer {}

    /**
     * The query is over.
     *
     * @param query its number, as the log has it
     * @param closest who has answered, the nearest first; of a lookup of several paths as many of each as were wanted
     * @param requests how many were asked
     * @param answers how many have answered
     * @param failures how many have not, and will not
     * @param dropped how many nodes that answers named were not taken, for want of room
     * @param took how long it ran, microseconds
     * @param parts the part of each node, if the lookup was {@linkplain QueryAction.Start#isTraced traced}: those that were asked in that
     *     order, then those that were not, the nearest first; at most {@link Part#MOST}
     */
    record Done(
            Ticket ticket,
            long query,
            End end,
            List<Candidate> closest,
            int requests,
            int answers,
            int failures,
            long dropped,
            long took,
            List<Part> parts)
            implements QueryOutcome {
        /** Copies the lists. */
        public Done {
            closest = List.copyOf(closest);
            parts = List.copyOf(parts);
        }
    }

    /** Why a query is over. */
    enum End {
        /** It came as near as it was to, or nobody is left to ask. */
        CONVERGED,
        /** It began with nobody. */
        NO_CONTACTS,
        /** Nobody has answered. */
        NO_ANSWERS,
        /** Its time is over. */
        TIMED_OUT,
        /** It was stopped by its asker. */
        STOPPED
    }
}
