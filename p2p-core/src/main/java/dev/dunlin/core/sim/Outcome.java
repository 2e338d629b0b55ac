package dev.dunlin.core.sim;

import dev.dunlin.core.state.Digest;
import java.util.List;
import java.util.Optional;

/**
 * What became of a run.
 *
 * @param plan what was run
 * @param violation what it found wrong
 * @param digest of all that happened on all nodes: equal for equal runs
 * @param events how many events of the world there were
 * @param inputs how many inputs all nodes took
 * @param actions how many actions and effects they led to, themselves included
 * @param rejections how many of them were disabled
 * @param refused how much new work the doors of nodes that were up did not let in
 * @param crashes how often a node went down
 * @param time virtual time that passed, in microseconds
 */
public record Outcome(
        Plan plan,
        Optional<Violation> violation,
        Digest digest,
        long events,
        long inputs,
        long actions,
        long rejections,
        long refused,
        long crashes,
        long time) {

    /** This outcome, with what was found wrong. */
    Outcome withViolation(Violation found) {
        return new Outcome(
                plan, Optional.of(found), digest, events, inputs, actions, rejections, refused, crashes, time);
    }

    /** This outcome, its plan without faults, wishes and misdeeds: for who keeps many. */
    public Outcome withoutLists() {
        Plan bare = plan.withFaults(List.of()).withWishes(List.of()).withMisdeeds(List.of());
        return new Outcome(bare, violation, digest, events, inputs, actions, rejections, refused, crashes, time);
    }
}
