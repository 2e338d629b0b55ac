package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Slice;
import java.util.ArrayList;
import java.util.List;

/** A slice that does all as another, and what was reduced on it since that was last asked. */
final class Watched<V, S, A extends Action> {

    private final Slice<V, S, A> slice;
    private List<Reduction<S, A>> reductions = new ArrayList<>();

    /** One enabled action, and the state before and after it. */
    record Reduction<S, A>(S before, A action, S after) {}

    Watched(Slice<V, S, A> watched) {
        slice = Altered.of(watched).reducing((own, action, ctx) -> {
            S after = watched.reduce(own, action, ctx);
            reductions.add(new Reduction<>(own, action, after));
            return after;
        });
    }

    /** What is to be mounted. */
    Slice<V, S, A> slice() {
        return slice;
    }

    List<Reduction<S, A>> taken() {
        List<Reduction<S, A>> taken = reductions;
        reductions = new ArrayList<>();
        return taken;
    }
}
