package dev.dunlin.core.store;

import dev.dunlin.core.state.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The store's own machine: boots, the wall clock, ticks, refusals, and the table of open handles. */
final class NodeMachine {

    /** Its name. */
    static final String NAME = "node";

    private NodeMachine() {}

    private static final Guards<Object, NodeState, NodeAction> GUARDS = Guards.<Object, NodeState, NodeAction>of()
            .on(
                    NodeAction.Booted.class,
                    Guards.clause(
                            "run-is-the-next",
                            (view, own, action, now) -> action.run() == own.run() + 1,
                            (view, own, action, now) ->
                                    List.of(Operand.of("run", action.run()), Operand.of("last", own.run()))))
            .on(NodeAction.ClockStepped.class, Guards.clause("has-booted", (view, own, action, now) -> own.run() > 0))
            // What the machines have to say of it is asked in Reconfiguring.
            .on(NodeAction.Configure.class, Guards.clause("has-booted", (view, own, action, now) -> own.run() > 0))
            .always(NodeAction.Tick.class)
            .build();

    static final Machine<Object, NodeState, NodeAction> NODE = Machine.of(NAME, NodeState.INITIAL)
            .actions(NodeAction.class, NodeEffect.class, NodeOutcome.class)
            .guards(GUARDS)
            .reduces(NodeMachine::reduce)
            .transitions("""
                    new, booted > booted: booted
                    booted: clockStepped, configure
                    *: tick""")
            .phases((own, subject) -> own.run() == 0 ? "new" : "booted")
            .invariants(List.of(new Invariant<>("handles-of-this-run", NodeMachine::ofAnotherRun)))
            .budget(64L << 20);

    private static NodeState reduce(NodeState own, NodeAction action, Context ctx) {
        return switch (action) {
            case NodeAction.Booted(long run, String build, var config, long wallTime, long seed) ->
                new NodeState(run, build, config, wallTime, seed, wallTime - ctx.now(), Table.empty());
            case NodeAction.ClockStepped(long _, long by) -> own.withWallOffset(by);
            case NodeAction.Configure(Table<String, String> changes, Ticket ticket) -> {
                ctx.then(new NodeOutcome.Configured(ticket, changes));
                yield own.withConfig(Reconfiguring.with(own.config(), changes));
            }
            case NodeAction.Tick _ -> own;
        };
    }

    private static Optional<String> ofAnotherRun(NodeState own) {
        for (Map.Entry<Handle, NodeState.Holding> entry : own.handles()) {
            if (entry.getKey().run() != own.run()) {
                return Optional.of(entry.getKey() + " is of another run than " + own.run());
            }
        }
        return Optional.empty();
    }
}
