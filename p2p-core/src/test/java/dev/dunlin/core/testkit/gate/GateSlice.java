package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.On;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.TypeTable;
import dev.dunlin.core.testkit.gate.GateState.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The gates. */
public final class GateSlice implements Slice<Object, GateState, GateAction> {

    private static final TypeTable TYPES = TypeTable.of("gate")
            .action("open", GateAction.Open.class)
            .action("opened", GateAction.Opened.class)
            .action("jammed", GateAction.Jammed.class)
            .action("shut", GateAction.Shut.class)
            .action("closed", GateAction.Closed.class)
            .action("tick", GateAction.Tick.class)
            .action("expired", GateAction.Expired.class)
            .action("restarted", GateAction.Restarted.class)
            .action("unlock", GateEffect.Unlock.class)
            .action("lock", GateEffect.Lock.class)
            .variant(Gate.class, "opening", Gate.Opening.class)
            .variant(Gate.class, "open", Gate.Open.class)
            .variant(Gate.class, "closing", Gate.Closing.class)
            .build();

    @Override
    public String name() {
        return "gate";
    }

    @Override
    public Class<GateAction> actions() {
        return GateAction.class;
    }

    @Override
    public Class<GateState> state() {
        return GateState.class;
    }

    @Override
    public TypeTable types() {
        return TYPES;
    }

    @Override
    public GateState initial() {
        return GateState.INITIAL;
    }

    @Override
    public Guards<Object, GateState, GateAction> guards() {
        return GateGuards.GUARDS;
    }

    @Override
    public GateState reduce(GateState own, GateAction action, Context ctx) {
        return GateReducer.reduce(own, action, ctx);
    }

    @Override
    public long nextDeadline(GateState own) {
        return own.deadlines().next();
    }

    @Override
    public Optional<GateAction> tick() {
        return Optional.of(new GateAction.Tick());
    }

    @Override
    public List<On<?, ? extends GateAction>> observes() {
        return List.of(
                On.each(NodeAction.Booted.class, booted -> new GateAction.Restarted()),
                new On<>(
                        BellAction.Rang.class,
                        rang -> rang.gate().isEmpty()
                                ? Optional.empty()
                                : Optional.of(new GateAction.Open(rang.gate()))));
    }

    @Override
    public List<Transition> transitions() {
        return List.of(
                new Transition("shut", "open", "opening"),
                new Transition("opening", "opened", "open"),
                new Transition("opening", "jammed", "shut"),
                new Transition("opening", "expired", "shut"),
                new Transition("open", "expired", "closing"),
                new Transition("open", "shut", "closing"),
                new Transition("open", "closed", "shut"),
                new Transition("closing", "closed", "shut"),
                new Transition("opening", "restarted", "shut"),
                new Transition("open", "restarted", "shut"),
                new Transition("closing", "restarted", "shut"),
                new Transition("all", "tick", "all"),
                new Transition("all", "restarted", "all"),
                new Transition("all", "closed", "all"));
    }

    @Override
    public String phase(GateState own, Subject subject) {
        if (subject.equals(Subject.MACHINE)) {
            return "all";
        }
        return own.gates()
                .find(subject.key())
                .map(gate -> switch (gate) {
                    case Gate.Opening _ -> "opening";
                    case Gate.Open _ -> "open";
                    case Gate.Closing _ -> "closing";
                })
                .orElse("shut");
    }

    @Override
    public Subject about(GateAction action) {
        return switch (action) {
            case GateAction.Open(String gate) -> Subject.of("gate", gate);
            case GateAction.Opened(String gate, var _, var _) -> Subject.of("gate", gate);
            case GateAction.Jammed(String gate) -> Subject.of("gate", gate);
            case GateAction.Shut(String gate) -> Subject.of("gate", gate);
            case GateAction.Expired(String gate) -> Subject.of("gate", gate);
            case GateAction.Closed _ -> Subject.MACHINE;
            case GateAction.Tick _ -> Subject.MACHINE;
            case GateAction.Restarted _ -> Subject.MACHINE;
        };
    }

    @Override
    public List<Invariant<GateState>> invariants() {
        return List.of(
                new Invariant<>(
                        "at-most-three",
                        own -> own.gates().size() <= GateGuards.MAX_GATES
                                ? Optional.empty()
                                : Optional.of(own.gates().size() + " gates are not shut")),
                new Invariant<>("opening-has-a-deadline", own -> {
                    for (var entry : own.gates()) {
                        if (!(entry.getValue() instanceof Gate.Closing)
                                && own.deadlines().at(entry.getKey()).isEmpty()) {
                            return Optional.of(entry.getKey() + " has none");
                        }
                    }
                    return Optional.empty();
                }));
    }

    @Override
    public Iterable<Handle> handles(GateState own) {
        List<Handle> held = new ArrayList<>();
        own.gates().each((name, gate) -> gate.held().ifPresent(held::add));
        return held;
    }

    @Override
    public long byteBudget() {
        return 1_024;
    }
}
