package dev.dunlin.node.stepper;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A recorded past that is gone through. It does not change: an answer depends on the question alone. All text is fit for a terminal.
 */
public interface Past {

    /** The past cannot be read there; the message is one sentence. */
    final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** With a sentence. */
        public Unreadable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Watches a long way to a step. */
    @FunctionalInterface
    interface Watcher {
        /**
         * Whether it is to be gone on; asked every some hundred steps.
         *
         * @param step where it is
         * @param to where it is to get
         */
        boolean goesOn(long step, long to);
    }

    /** From now on, somebody watches the way to a step that has to be replayed. Who stops it has {@link Unreadable} thrown. */
    void watched(Watcher by);

    /** What it is called, such as its folder. */
    String name();

    /** The earliest step whose state is known; the first that has an input is the next one. */
    long first();

    /** The last step. */
    long last();

    /** Why there is nothing behind the last step, in one sentence. */
    String end();

    /**
     * A step's input.
     *
     * @param step from {@code first() + 1} to {@code last()}
     * @throws Unreadable if it cannot be read
     */
    Row row(long step);

    /**
     * Inputs around a step that fit a filter, in order.
     *
     * @param step where they are looked for; belongs to those that follow
     * @param before the most that stand before it
     * @param after the most that follow
     */
    List<Row> around(Wanted wanted, long step, int before, int after);

    /** The next step behind one that fits a filter, or the last one before it. */
    OptionalLong find(Wanted wanted, long from, boolean isForward);

    /** The subject of a step's input as {@code kind:key}; empty if it is about its machine as a whole. */
    Optional<String> subject(long step);

    /** The peer that a step is about. */
    Optional<String> peer(long step);

    /** Whether what a step led to and its state are known at once; otherwise many steps have to be replayed. */
    boolean isNear(long step);

    /** What a step led to, a line each. */
    List<String> ledTo(long step);

    /** The fields that a step changed, a line each. */
    List<String> changed(long step);

    /** The state after a step, as indented JSON. */
    List<String> state(long step);

    /** How many inputs came when; empty as long as that is being counted. */
    Optional<Density> density();
}
