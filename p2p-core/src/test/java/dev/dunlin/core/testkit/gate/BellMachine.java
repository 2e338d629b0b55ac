package dev.dunlin.core.testkit.gate;

import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;

/** The bell that the gates listen to: about as small as a machine can be. */
public final class BellMachine {

    private BellMachine() {}

    private static final Guards<Object, BellState, BellAction> GUARDS = Guards.<Object, BellState, BellAction>of()
            .on(BellAction.Rang.class, when("has-power", (own, rang) -> own.battery() > 0))
            .build();

    /** The registration. */
    public static final Machine<Object, BellState, BellAction> BELL = Machine.of("bell", BellState.INITIAL)
            .actions(BellAction.class)
            .guards(GUARDS)
            .reduces((own, action, ctx) -> new BellState(own.battery() - 1))
            .transitions("""
                    ready: rang
                    ready > empty: rang""")
            .phases((own, subject) -> own.battery() > 0 ? "ready" : "empty")
            .budget(64);
}
