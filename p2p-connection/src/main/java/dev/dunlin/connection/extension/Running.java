package dev.dunlin.connection.extension;

import java.time.Duration;

/** An extension's services in one node, from its start to its end. */
public interface Running {

    /** No services. */
    Running NOTHING = new Running() {};

    /**
     * The node takes work now.
     *
     * @throws RuntimeException if the services cannot work; the node stops then, and tells the message
     */
    default void started() {}

    /** The node is about to stop: who comes from now on is turned away, and what goes on may come to its end. Returns at once; never throws. */
    default void drain() {}

    /** Whether nothing new is begun any more; quick, from any thread. Asked after {@link #drain}. */
    default boolean isShut() {
        return true;
    }

    /** Whether all has ended that may come to its end; quick, from any thread. Asked after {@link #drain}. */
    default boolean isDrained() {
        return true;
    }

    /** How long that may take, at most. */
    default Duration drainsWithin() {
        return Duration.ZERO;
    }

    /** The node stops: nothing new is handed in after this. Never throws. */
    default void close() {}
}
