package dev.dunlin.connection.stage;

import dev.dunlin.core.state.Content;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeState;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What must hold after every input: invariants, budgets, and that the open handles are those in the state. */
final class Audit {

    private Audit() {}

    static void check(Store<SimRoot> store, Input input) {
        Map<String, Object> states = store.statesOf(store.state());
        TreeSet<Handle> inState = new TreeSet<>();
        for (Slice<? super SimRoot, ?, ?> slice : store.slices()) {
            check(slice, states.get(slice.name()), inState, input);
        }
        TreeSet<Handle> held = new TreeSet<>();
        store.state().node().handles().each((handle, holding) -> {
            if (holding == NodeState.Holding.STATE) {
                held.add(handle);
            }
        });
        if (!held.equals(inState)) {
            throw new AssertionError("after " + input + " the world holds " + held + ", the state " + inState);
        }
    }

    private static <S> void check(
            Slice<? super SimRoot, S, ?> slice, @Nullable Object state, TreeSet<Handle> inState, Input input) {
        S own = Objects.requireNonNull(slice.state().cast(state));
        slice.invariants()
                .forEach(invariant -> invariant.violation().apply(own).ifPresent(why -> {
                    throw new AssertionError("after " + input + " " + invariant.name() + " is violated: " + why);
                }));
        slice.handles(own).forEach(inState::add);
        if (Content.bytes(own) > slice.byteBudget()) {
            throw new AssertionError("after " + input + " " + slice.name() + " is over its budget");
        }
    }
}
