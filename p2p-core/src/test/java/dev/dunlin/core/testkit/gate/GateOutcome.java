package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;

/** What whoever wanted a gate open is told. */
public sealed interface GateOutcome extends Outcome {

    /** It stands open. */
    record Passable(Ticket ticket, String gate) implements GateOutcome {}

    /** It stays shut. */
    record Stuck(Ticket ticket, String gate) implements GateOutcome {}
}
