package dev.dunlin.core.testkit.gate;

import static dev.dunlin.core.store.Guards.clause;

import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.TypeTable;
import java.util.List;

/** The bell that the gates listen to: about as small as a machine can be. */
public final class BellSlice implements Slice<Object, BellState, BellAction> {

    @Override
    public String name() {
        return "bell";
    }

    @Override
    public Class<BellAction> actions() {
        return BellAction.class;
    }

    @Override
    public Class<BellState> state() {
        return BellState.class;
    }

    @Override
    public TypeTable types() {
        return TypeTable.of("bell").action("rang", BellAction.Rang.class).build();
    }

    @Override
    public BellState initial() {
        return BellState.INITIAL;
    }

    @Override
    public Guards<Object, BellState, BellAction> guards() {
        return Guards.<Object, BellState, BellAction>of()
                .on(BellAction.Rang.class, clause("has-power", (view, own, action, now) -> own.battery() > 0))
                .build();
    }

    @Override
    public BellState reduce(BellState own, BellAction action, Context ctx) {
        return new BellState(own.battery() - 1);
    }

    @Override
    public List<Transition> transitions() {
        return List.of(new Transition("ready", "rang", "ready"), new Transition("ready", "rang", "empty"));
    }

    @Override
    public String phase(BellState own, Subject subject) {
        return own.battery() > 0 ? "ready" : "empty";
    }

    @Override
    public Subject about(BellAction action) {
        return Subject.MACHINE;
    }

    @Override
    public long byteBudget() {
        return 64;
    }
}
