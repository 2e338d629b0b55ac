package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import java.util.ArrayList;
import java.util.List;

/** A machine that does all as another, and what was reduced on it since that was last asked. */
final class Watched<V, S, A extends Action> {

    private final Machine<V, S, A> machine;
    private List<Reduction<S>> reductions = new ArrayList<>();

    /** One enabled action or boot, and the state before and after it. */
    record Reduction<S>(S before, Action action, S after) {
        boolean isBoot() {
            return action instanceof NodeAction.Booted;
        }
    }

    Watched(Machine<V, S, A> watched) {
        machine = watched.altered()
                .reduces((own, action, ctx) -> seen(own, action, watched.reduce(own, action, ctx)))
                .boots((own, booted, ctx) -> seen(own, booted, watched.boot(own, booted, ctx)))
                .budget(watched.byteBudget());
    }

    private S seen(S before, Action action, S after) {
        reductions.add(new Reduction<>(before, action, after));
        return after;
    }

    /** What is to be mounted. */
    Machine<V, S, A> machine() {
        return machine;
    }

    List<Reduction<S>> taken() {
        List<Reduction<S>> taken = reductions;
        reductions = new ArrayList<>();
        return taken;
    }
}
