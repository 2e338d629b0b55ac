package dev.dunlin.core.store;

import dev.dunlin.core.state.Content;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Looks after a turn at what it may have broken: those invariants of the machines that changed which its actions can break, and
 * that the open handles are those in the state. From time to time it looks at all invariants and at the byte budgets. The same audit serves tests, the simulator and a running node. It sees turns in order. Not
 * thread-safe.
 */
public final class Audit {

    /** The name under which differing handles are reported. */
    public static final String HANDLES = "open-handles-are-those-in-the-state";

    /** The name under which a state that is too big is reported. */
    public static final String BUDGET = "state-is-within-its-byte-budget";

    /** The name under which an invariant is reported that an action broke which is not said to break it. */
    public static final String INDEX = "invariants-name-the-actions-that-break-them";

    /** All invariants are asked after every so many turns. */
    public static final int SWEEP_EVERY = 256;

    // Lookup only.
    private final Map<String, Machine<?, ?, ?>> machines = new HashMap<>();
    private final List<Machine<?, ?, ?>> ordered;
    private final Map<String, Object> states = new HashMap<>();
    private final boolean thorough;

    /**
     * What a turn broke.
     *
     * @param machine whose state breaks it
     * @param invariant its name
     * @param why the sentence that says how
     */
    public record Broken(String machine, String invariant, String why) {
        @Override
        public String toString() {
            return machine + " breaks " + invariant + ": " + why;
        }
    }

    private <R> Audit(Store<R> store, boolean thorough) {
        this.thorough = thorough;
        states.putAll(store.statesOf(store.state()));
        this.ordered = List.copyOf(store.machines());
        for (Machine<?, ?, ?> machine : ordered) {
            machines.put(machine.name(), machine);
        }
    }

    /** An audit of a store's turns, from its present state on. */
    public static <R> Audit of(Store<R> store) {
        return new Audit(store, false);
    }

    /** As {@link #of}, and every invariant of a changed machine is asked: for who has to know which turn broke it. */
    public static <R> Audit thorough(Store<R> store) {
        return new Audit(store, true);
    }

    /** What a turn broke, first in mounting order. */
    public Optional<Broken> after(Turn turn) {
        boolean handles = false;
        for (Turn.Changed change : turn.changed()) {
            Machine<?, ?, ?> machine = machines.get(change.machine());
            if (machine == null) {
                continue;
            }
            states.put(change.machine(), change.state());
            handles |= change.machine().equals(NodeMachine.NAME) || holdsHandles(machine, change);
        }
        for (Turn.Changed change : turn.changed()) {
            Machine<?, ?, ?> machine = machines.get(change.machine());
            Optional<Broken> broken = machine == null ? Optional.empty() : changed(machine, change.state(), turn);
            if (broken.isPresent()) {
                return broken;
            }
        }
        Optional<Broken> broken = handles ? handles() : Optional.empty();
        return broken.isPresent() || turn.number() % SWEEP_EVERY != 0 ? broken : sweep();
    }

    /** What is broken now, whatever broke it. */
    public Optional<Broken> sweep() {
        for (Machine<?, ?, ?> machine : ordered) {
            Optional<Broken> broken = all(machine, Objects.requireNonNull(states.get(machine.name())));
            if (broken.isPresent()) {
                return broken;
            }
        }
        return Optional.empty();
    }

    private static <S> Optional<Broken> all(Machine<?, S, ?> machine, Object state) {
        S own = machine.state().cast(state);
        for (Invariant<S> invariant : machine.invariants()) {
            Optional<String> why = invariant.violation().apply(own);
            if (why.isPresent()) {
                return Optional.of(
                        invariant.breakers().isEmpty()
                                ? new Broken(machine.name(), invariant.name(), why.get())
                                : new Broken(
                                        machine.name(),
                                        INDEX,
                                        invariant.name() + " was broken before, by an action that it does not name: "
                                                + why.get()));
            }
        }
        return tooBig(machine, own);
    }

    private static boolean mayBreak(Turn turn, Invariant<?> invariant) {
        boolean may = invariant.breakers().isEmpty() || turn.input().action() instanceof NodeAction.Booted;
        for (int i = 0; i < turn.size() && !may; i++) {
            may = invariant.breakers().contains(turn.entry(i).getClass()) && turn.rejection(i) == null;
        }
        return may;
    }

    private static <S> boolean holdsHandles(Machine<?, S, ?> machine, Turn.Changed change) {
        return machine.handles(machine.state().cast(change.state())).iterator().hasNext()
                || machine.handles(machine.state().cast(change.before()))
                        .iterator()
                        .hasNext();
    }

    private <S> Optional<Broken> changed(Machine<?, S, ?> machine, Object state, Turn turn) {
        S own = machine.state().cast(state);
        for (Invariant<S> invariant : machine.invariants()) {
            Optional<String> why = thorough || mayBreak(turn, invariant)
                    ? invariant.violation().apply(own)
                    : Optional.empty();
            if (why.isPresent()) {
                return Optional.of(new Broken(machine.name(), invariant.name(), why.get()));
            }
        }
        return thorough ? tooBig(machine, own) : Optional.empty();
    }

    // How big a state is, is found from the last one that was looked at, by this audit or by who writes the log:
    // seldom, or
    // the two would make one another's way long.
    private static <S> Optional<Broken> tooBig(Machine<?, S, ?> machine, S own) {
        long bytes = Content.bytes(own);
        return bytes > machine.byteBudget()
                ? Optional.of(new Broken(
                        machine.name(), BUDGET, "it has " + bytes + " bytes and may have " + machine.byteBudget()))
                : Optional.empty();
    }

    private Optional<Broken> handles() {
        TreeSet<Handle> inState = new TreeSet<>();
        for (Machine<?, ?, ?> machine : ordered) {
            add(machine, Objects.requireNonNull(states.get(machine.name())), inState);
        }
        List<Handle> missing = new ArrayList<>();
        if (states.get(NodeMachine.NAME) instanceof NodeState node) {
            node.handles().each((handle, holding) -> {
                if (holding == NodeState.Holding.STATE && !inState.remove(handle)) {
                    missing.add(handle);
                }
            });
        }
        if (missing.isEmpty() && inState.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Broken(
                NodeMachine.NAME,
                HANDLES,
                missing.isEmpty()
                        ? "the state holds " + inState + ", which nobody opened or which are closed"
                        : "open and in no state: " + missing));
    }

    private static <S> void add(Machine<?, S, ?> machine, Object state, TreeSet<Handle> to) {
        machine.handles(machine.state().cast(state)).forEach(to::add);
    }
}
