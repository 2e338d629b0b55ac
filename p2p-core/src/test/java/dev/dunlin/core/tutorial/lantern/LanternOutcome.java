package dev.dunlin.core.tutorial.lantern;

import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;

/** What whoever wanted a lantern lit is told. */
sealed interface LanternOutcome extends Outcome {
    /** The match has caught, or not in time. */
    record Tried(Ticket ticket, String lantern, boolean lit) implements LanternOutcome {}
}
