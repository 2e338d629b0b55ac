package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Action;

/**
 * One step of a random sequence. What it means is decided when its turn comes, from the state reached so far, so a
 * sequence from which steps were taken out is still a sequence.
 */
public sealed interface Move {

    /**
     * The world says this; handles and effect ids in it are placeholders, see {@link TypeArbitraries#handles}.
     *
     * @param action the wish or fact
     */
    record Say(Action action) implements Move {}

    /**
     * A service answers; nothing happens if nothing awaits an answer.
     *
     * @param effect picks the effect among those awaiting
     * @param answer picks the answer among {@link MachineLaws#answers}
     */
    record Answer(int effect, int answer) implements Move {}

    /**
     * Time passes.
     *
     * @param pace how far
     * @param micros for the paces that need it
     */
    record Wait(Pace pace, long micros) implements Move {}

    /** The node is stopped and boots again. */
    record Reboot() implements Move {}

    /** How far time passes. */
    enum Pace {
        /** Up to the next deadline. */
        TO_DEADLINE,
        /** Up to one microsecond before the next deadline. */
        BEFORE_DEADLINE,
        /** By some microseconds, each tick in time. */
        BY,
        /** By some microseconds past the next deadline, all ticks late. */
        LATE
    }
}
