package dev.dunlin.core.testkit.gate;

import static dev.dunlin.core.store.Guards.clause;

import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.testkit.gate.GateState.Gate;
import java.util.List;

/** When a gate may do what. */
final class GateGuards {

    static final int MAX_GATES = 3;
    static final int MAX_NAME = 16;

    static final Guards<Object, GateState, GateAction> GUARDS = Guards.<Object, GateState, GateAction>of()
            .on(
                    GateAction.Open.class,
                    clause(
                            "name-is-short",
                            (view, own, action, now) -> action.gate().length() <= MAX_NAME),
                    clause("is-shut", (view, own, action, now) -> !own.gates().has(action.gate())),
                    clause(
                            "has-room",
                            (view, own, action, now) -> own.gates().size() < MAX_GATES,
                            (view, own, action, now) -> List.of(
                                    Operand.of("gates", own.gates().size()), Operand.of("maxGates", MAX_GATES))))
            .on(
                    GateAction.Opened.class,
                    clause(
                            "was-asked",
                            (view, own, action, now) ->
                                    own.gates().find(action.gate()).orElse(null) instanceof Gate.Opening opening
                                            && opening.asked().equals(action.asked())))
            .on(
                    GateAction.Jammed.class,
                    clause(
                            "is-opening",
                            (view, own, action, now) ->
                                    own.gates().find(action.gate()).orElse(null) instanceof Gate.Opening))
            .on(
                    GateAction.Shut.class,
                    clause(
                            "is-open",
                            (view, own, action, now) ->
                                    own.gates().find(action.gate()).orElse(null) instanceof Gate.Open))
            .on(
                    GateAction.Closed.class,
                    clause(
                            "is-held",
                            (view, own, action, now) ->
                                    own.heldBy(action.handle()).isPresent()))
            .on(
                    GateAction.Tick.class,
                    clause("is-due", (view, own, action, now) -> own.deadlines().next() <= now))
            .on(
                    GateAction.Expired.class,
                    clause("is-due", (view, own, action, now) -> own.deadlines().isDue(action.gate(), now)))
            .always(GateAction.Restarted.class)
            .build();

    private GateGuards() {}
}
