package dev.dunlin.core.testkit.gate;

import static dev.dunlin.core.store.Clauses.when;

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
                    when("name-is-short", (own, wish) -> wish.gate().length() <= MAX_NAME),
                    when("is-shut", (own, wish) -> !own.gates().has(wish.gate())),
                    when(
                            "has-room",
                            (own, wish) -> own.gates().size() < MAX_GATES,
                            (own, wish) -> List.of(
                                    Operand.of("gates", own.gates().size()), Operand.of("maxGates", MAX_GATES))))
            .on(GateAction.Opened.class, when("was-asked", GateGuards::wasAsked))
            .on(GateAction.Jammed.class, when("is-opening", (own, fact) -> is(Gate.Opening.class, own, fact)))
            .on(GateAction.Shut.class, when("is-open", (own, wish) -> is(Gate.Open.class, own, wish)))
            .on(
                    GateAction.Closed.class,
                    when("is-held", (own, fact) -> own.heldBy(fact.handle()).isPresent()))
            .always(GateAction.Expired.class)
            .build();

    private GateGuards() {}

    private static boolean is(Class<? extends Gate> what, GateState own, GateAction.OfGate about) {
        return own.gates().find(about.gate()).filter(what::isInstance).isPresent();
    }

    private static boolean wasAsked(GateState own, GateAction.Opened fact) {
        return own.gates().find(fact.gate()).orElse(null) instanceof Gate.Opening opening
                && opening.asked().equals(fact.asked());
    }
}
