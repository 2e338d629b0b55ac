package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import java.util.Map;
import java.util.Optional;

/**
 * All gates that are not shut.
 *
 * @param gates by name
 * @param deadlines when an opening gate is given up, and an open one is shut
 */
public record GateState(Table<String, Gate> gates, Deadlines<String> deadlines) {

    /** All gates are shut. */
    public static final GateState INITIAL = new GateState(Table.empty(), Deadlines.none());

    /** A gate that is not shut. */
    public sealed interface Gate {

        /**
         * The motor was asked.
         *
         * @param asked the request
         */
        record Opening(ActionId asked) implements Gate {}

        /**
         * It stands open.
         *
         * @param handle what the motor holds it by
         */
        record Open(Handle handle) implements Gate {}

        /**
         * The motor was told to shut it.
         *
         * @param handle what the motor still holds it by
         */
        record Closing(Handle handle) implements Gate {}

        /** What the motor holds it by, if it does. */
        default Optional<Handle> held() {
            return switch (this) {
                case Opening _ -> Optional.empty();
                case Open(Handle handle) -> Optional.of(handle);
                case Closing(Handle handle) -> Optional.of(handle);
            };
        }
    }

    /** The name of the gate that is held by a handle. */
    Optional<String> heldBy(Handle handle) {
        for (Map.Entry<String, Gate> entry : gates) {
            if (entry.getValue().held().equals(Optional.of(handle))) {
                return Optional.of(entry.getKey());
            }
        }
        return Optional.empty();
    }

    GateState with(String name, Gate gate, long deadline) {
        return new GateState(gates.with(name, gate), deadlines.with(name, deadline));
    }

    GateState without(String name) {
        return new GateState(gates.without(name), deadlines.without(name));
    }
}
