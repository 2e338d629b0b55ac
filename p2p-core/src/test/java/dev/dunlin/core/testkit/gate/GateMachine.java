package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.Machine;

/** The gates. */
public final class GateMachine {

    private GateMachine() {}

    /** The registration. */
    public static final Machine<Object, GateState, GateAction> GATE = Machine.of("gate", GateState.INITIAL)
            .actions(GateAction.class, GateEffect.class, GateOutcome.class)
            .boots((own, booted, ctx) -> GateState.INITIAL)
            .guards(GateGuards.GUARDS)
            .reduces(GateReducer::reduce)
            .due(GateAction.Expired.class, GateState::gates, GateAction.Expired::new)
            .on(BellAction.Rang.class, rang -> !rang.gate().isEmpty(), rang -> new GateAction.Open(rang.gate()))
            .transitions("""
                    shut > opening: open
                    opening > open: opened
                    opening > shut: jammed, expired, booted
                    open > closing: expired, shut
                    open > shut: closed, booted
                    closing > shut: closed, booted
                    all: closed""")
            .phases(GateState::phase)
            .invariants(GateInvariants.ALL)
            .handles(GateState::handles)
            .budget(1_024);
}
