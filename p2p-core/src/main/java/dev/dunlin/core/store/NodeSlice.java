package dev.dunlin.core.store;

import dev.dunlin.core.state.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The store's own machine: boots, clock steps, and the table of open handles. */
final class NodeSlice implements Slice<Object, NodeState, NodeAction> {

    /** Its name. */
    static final String NAME = "node";

    private static final TypeTable TYPES = TypeTable.of(NAME)
            .action("booted", NodeAction.Booted.class)
            .action("clockStepped", NodeAction.ClockStepped.class)
            .action("closeHandle", NodeEffect.CloseHandle.class)
            .build();

    private static final Guards<Object, NodeState, NodeAction> GUARDS = Guards.<Object, NodeState, NodeAction>of()
            .on(
                    NodeAction.Booted.class,
                    Guards.clause(
                            "run-is-the-next",
                            (view, own, action, now) -> action.run() == own.run() + 1,
                            (view, own, action, now) ->
                                    List.of(Operand.of("run", action.run()), Operand.of("last", own.run()))))
            .on(NodeAction.ClockStepped.class, Guards.clause("has-booted", (view, own, action, now) -> own.run() > 0))
            .build();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<NodeAction> actions() {
        return NodeAction.class;
    }

    @Override
    public Class<NodeState> state() {
        return NodeState.class;
    }

    @Override
    public TypeTable types() {
        return TYPES;
    }

    @Override
    public NodeState initial() {
        return NodeState.INITIAL;
    }

    @Override
    public Guards<Object, NodeState, NodeAction> guards() {
        return GUARDS;
    }

    @Override
    public NodeState reduce(NodeState own, NodeAction action, Context ctx) {
        return switch (action) {
            case NodeAction.Booted(long run, String build, var config, long wallTime, long seed) ->
                new NodeState(run, build, config, wallTime, seed, Table.empty());
            case NodeAction.ClockStepped _ -> own;
        };
    }

    @Override
    public List<Transition> transitions() {
        return List.of(
                new Transition("new", "booted", "booted"),
                new Transition("booted", "booted", "booted"),
                new Transition("booted", "clockStepped", "booted"));
    }

    @Override
    public String phase(NodeState own, Subject subject) {
        return own.run() == 0 ? "new" : "booted";
    }

    @Override
    public Subject about(NodeAction action) {
        return Subject.MACHINE;
    }

    @Override
    public List<Invariant<NodeState>> invariants() {
        return List.of(new Invariant<>("handles-of-this-run", own -> {
            for (Map.Entry<Handle, NodeState.Holding> entry : own.handles()) {
                if (entry.getKey().run() != own.run()) {
                    return Optional.of(entry.getKey() + " is of another run than " + own.run());
                }
            }
            return Optional.empty();
        }));
    }

    @Override
    public long byteBudget() {
        return 64L << 20;
    }
}
