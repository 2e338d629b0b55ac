package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Store;

/** Writes a value and reads it back: what a log, a snapshot or the wire does to it. */
public interface RoundTrip {

    /** An action, written and read back. */
    Action action(Action action);

    /**
     * A machine's state, written and read back.
     *
     * @param machine the machine's name
     * @param state its state
     */
    Object state(String machine, Object state);

    /** By the codec of a store's machines, as the action log and its snapshots do it. */
    static RoundTrip json(Store<?> store) {
        return new JsonRoundTrip(store);
    }

    /**
     * Takes every value apart down to its records' components, and makes it again by the canonical constructors: what any
     * codec must do. Tables are filled in reverse order of their keys.
     */
    static RoundTrip structural() {
        return new RoundTrip() {
            @Override
            public Action action(Action action) {
                return (Action) Values.rebuilt(action);
            }

            @Override
            public Object state(String machine, Object state) {
                return Values.rebuilt(state);
            }
        };
    }
}
