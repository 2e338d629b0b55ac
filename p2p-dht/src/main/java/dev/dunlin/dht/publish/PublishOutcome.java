package dev.dunlin.dht.publish;

import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;

/** What who asks the publish machine is told. That something is published is not told: {@link PublishState} says how it stands. */
public sealed interface PublishOutcome extends Outcome {

    /**
     * The keys of a {@link PublishAction.Keep} are kept published from now on.
     *
     * @param added how many were not before
     */
    record Kept(Ticket ticket, int added) implements PublishOutcome {}

    /**
     * The keys of a {@link PublishAction.Forget} are kept published no more.
     *
     * @param removed how many were
     */
    record Forgotten(Ticket ticket, int removed) implements PublishOutcome {}

    /** The value of a {@link PublishAction.KeepValue} is kept published from now on. */
    record ValueKept(Ticket ticket) implements PublishOutcome {}

    /** The value of a {@link PublishAction.ForgetValue} is kept published no more. */
    record ValueForgotten(Ticket ticket) implements PublishOutcome {}
}
