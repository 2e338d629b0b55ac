package dev.dunlin.dht.operation;

import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;

/** What the asker of an operation is told: any number of {@link Told}, then one {@link Done}. */
public sealed interface OperationOutcome extends Outcome {

    /** What was found on the way. */
    sealed interface Told extends OperationOutcome, Progress {}

    /** Somebody provides the content. Each is told once. */
    record ProviderFound(Ticket ticket, PeerInfo provider) implements Told {}

    /** A better value than those before was found. */
    record ValueFound(Ticket ticket, ValueRecord record) implements Told {}

    /**
     * The operation is over.
     *
     * @param found what it has found; what was told on the way once more
     * @param closest the nodes nearest to the key that have answered, the nearest first
     * @param effort what its lookups took
     * @param stored with how many nodes something is stored
     * @param failed how many have not stored it
     * @param took how long it took, microseconds
     */
    record Done(
            Ticket ticket,
            Result result,
            Goal.Found found,
            List<Contact> closest,
            Effort effort,
            int stored,
            int failed,
            long took)
            implements OperationOutcome {
        /** Copies the list. */
        public Done {
            closest = List.copyOf(closest);
        }
    }

    /** Why an operation is over. */
    enum Result {
        /** It has done what can be done: what was looked for is found, or is not there. */
        FINISHED,
        /** This node knows nobody in any network, or nobody has answered. */
        NO_ANSWERS,
        /** Nobody has stored it. */
        NOT_STORED,
        /** Its time is over. */
        TIMED_OUT,
        /** It was stopped by its asker. */
        STOPPED
    }
}
