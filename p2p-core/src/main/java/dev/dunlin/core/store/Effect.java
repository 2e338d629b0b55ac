package dev.dunlin.core.store;

/**
 * A request to the world: plain data that a service carries out. It has no reducer and no guard, and exactly one
 * handler. Every effect is one of {@link Request}, {@link Subscription} and {@link Fire}; mounting checks it.
 */
public interface Effect extends Action {

    /**
     * Is answered by exactly one action, which carries this effect's id. When the answer is no longer wanted it is a
     * recorded rejection. The deadline stands in the state of who asked.
     */
    interface Request extends Effect {

        /** Whether its answer waits for somebody who owes none, such as the next message of a peer: that it is late says nothing. */
        default boolean isOpenEnded() {
            return false;
        }
    }

    /** Gives facts until a {@link Action.EndsHandle} says that it is over. */
    interface Subscription extends Effect {}

    /** Has no answer. */
    interface Fire extends Effect {}

    /**
     * Runs only when the log is forced up to the input that led to it; later effects to the same service wait behind it. After
     * a crash it may run again, so its handler is idempotent.
     */
    interface Durable {}
}
