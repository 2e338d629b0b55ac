package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;

/** How a wish of those who operate a node ends; exactly one of these, or {@link dev.dunlin.core.store.NodeOutcome.Refused}. */
public sealed interface LedgerOutcome extends Outcome {

    /** The ledger has answered. */
    record Answered(Ticket ticket, LedgerAnswer answer) implements LedgerOutcome {}

    /**
     * It has not. Whether a token was added or revoked is not known then.
     *
     * @param why in words for operators, a sentence without its full stop
     */
    record Unanswered(Ticket ticket, String why) implements LedgerOutcome {}
}
