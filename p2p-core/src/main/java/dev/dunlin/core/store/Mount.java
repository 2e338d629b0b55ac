package dev.dunlin.core.store;

import dev.dunlin.core.state.Due;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One machine at its place in the root. The store's own machine has no place there. */
final class Mount<R, S, A extends Action> {
    final int index;
    final String name;
    final Machine<? super R, S, A> machine;
    final List<Dues<S, ?, ?, A>> dues;
    private final @Nullable Function<R, S> get;
    private final @Nullable BiFunction<R, S, R> set;

    Mount(
            int index,
            Machine<? super R, S, A> machine,
            @Nullable Function<R, S> get,
            @Nullable BiFunction<R, S, R> set) {
        this.index = index;
        this.name = machine.name();
        this.machine = machine;
        this.dues = machine.dues();
        this.get = get;
        this.set = set;
    }

    /** Its state in a moment. */
    @SuppressWarnings("unchecked") // without a place in the root it is the store's own
    S read(NodeState own, R root) {
        return get == null ? (S) own : get.apply(root);
    }

    /** The root with another state of it. */
    @SuppressWarnings("unchecked") // as the caller says
    R written(R root, Object state) {
        return set == null ? root : set.apply(root, (S) state);
    }

    /** When the first of its entries is due. */
    long nextDue(Object state) {
        @SuppressWarnings("unchecked") // as the caller says
        S own = (S) state;
        long next = Due.NEVER;
        for (int i = 0; i < dues.size(); i++) {
            next = Math.min(next, dues.get(i).table().apply(own).nextDue());
        }
        return next;
    }
}
