package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All gates that are not shut.
 *
 * @param gates by name
 */
public record GateState(Table<String, Gate> gates) {

    /** All gates are shut. */
    public static final GateState INITIAL = new GateState(Table.empty());

    /** A gate that is not shut. */
    public sealed interface Gate extends Due {

        /**
         * The motor was asked.
         *
         * @param asked the request
         * @param ticket of who wants it open
         * @param at when it is given up
         */
        record Opening(ActionId asked, Ticket ticket, long at) implements Gate {}

        /**
         * It stands open.
         *
         * @param handle what the motor holds it by
         * @param at when it is to be shut
         */
        record Open(Handle handle, long at) implements Gate {}

        /**
         * The motor was told to shut it.
         *
         * @param handle what the motor still holds it by
         */
        record Closing(Handle handle) implements Gate {
            @Override
            public long at() {
                return NEVER;
            }
        }

        /** What the motor holds it by, if it does. */
        default Optional<Handle> held() {
            return switch (this) {
                case Opening _ -> Optional.empty();
                case Open(Handle handle, long _) -> Optional.of(handle);
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

    List<Handle> handles() {
        List<Handle> held = new ArrayList<>();
        gates.each((name, gate) -> gate.held().ifPresent(held::add));
        return held;
    }

    String phase(Subject subject) {
        if (subject.equals(Subject.MACHINE)) {
            return "all";
        }
        return gates.find(subject.key())
                .map(gate -> switch (gate) {
                    case Gate.Opening _ -> "opening";
                    case Gate.Open _ -> "open";
                    case Gate.Closing _ -> "closing";
                })
                .orElse("shut");
    }

    GateState with(String name, Gate gate) {
        return new GateState(gates.with(name, gate));
    }

    GateState without(String name) {
        return new GateState(gates.without(name));
    }
}
