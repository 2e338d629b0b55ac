package dev.dunlin.node;

import dev.dunlin.core.store.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The states of the machines that extensions brought, in mounting order. Immutable. */
public final class ExtensionStates {

    /** Of no machines. */
    static final ExtensionStates NONE = new ExtensionStates(List.of(), List.of());

    private final List<String> names;
    private final List<Object> states;

    private ExtensionStates(List<String> names, List<Object> states) {
        this.names = names;
        this.states = states;
    }

    /** Before the first boot. */
    static ExtensionStates of(List<? extends Machine<?, ?, ?>> machines) {
        return new ExtensionStates(
                machines.stream().<String>map(Machine::name).toList(),
                machines.stream().<Object>map(Machine::initial).toList());
    }

    /** Of a machine, by its name; empty if nobody has brought it. */
    public Optional<Object> of(String machine) {
        int place = names.indexOf(machine);
        return place < 0 ? Optional.empty() : Optional.of(states.get(place));
    }

    /** Of the machine in this place. */
    Object at(int place) {
        return states.get(place);
    }

    /** These with another state in one place. */
    ExtensionStates with(int place, Object changed) {
        List<Object> all = new ArrayList<>(states);
        all.set(place, changed);
        return new ExtensionStates(names, all);
    }
}
