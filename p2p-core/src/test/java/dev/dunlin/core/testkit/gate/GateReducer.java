package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.gate.GateState.Gate;

/** What becomes of gates. */
final class GateReducer {

    static final long PATIENCE = 5_000_000;
    static final long JITTER = 1_000_000;
    static final long OPEN_FOR = 30_000_000;

    private GateReducer() {}

    static GateState reduce(GateState own, GateAction action, Context ctx) {
        return switch (action) {
            case GateAction.Open(String gate, Ticket ticket) -> {
                ActionId asked = ctx.effect(new GateEffect.Unlock(gate));
                long until = ctx.now() + PATIENCE + ctx.random().nextLong(JITTER);
                yield own.with(gate, new Gate.Opening(asked, ticket, until));
            }
            case GateAction.Opened(String gate, ActionId _, Handle handle) -> {
                tell(own, gate, true, ctx);
                yield own.with(gate, new Gate.Open(handle, ctx.now() + OPEN_FOR));
            }
            case GateAction.Jammed(String gate) -> givenUp(own, gate, ctx);
            case GateAction.Shut(String gate) -> shut(own, gate, ctx);
            case GateAction.Closed(Handle handle) ->
                own.heldBy(handle).map(own::without).orElse(own);
            case GateAction.Expired(String gate) ->
                own.gates().at(gate) instanceof Gate.Open ? shut(own, gate, ctx) : givenUp(own, gate, ctx);
        };
    }

    private static void tell(GateState own, String gate, boolean opened, Context ctx) {
        if (own.gates().at(gate) instanceof Gate.Opening(ActionId _, Ticket ticket, long _) && !ticket.isNone()) {
            ctx.then(opened ? new GateOutcome.Passable(ticket, gate) : new GateOutcome.Stuck(ticket, gate));
        }
    }

    private static GateState givenUp(GateState own, String gate, Context ctx) {
        tell(own, gate, false, ctx);
        return own.without(gate);
    }

    private static GateState shut(GateState own, String gate, Context ctx) {
        Handle handle = own.gates().at(gate).held().orElseThrow();
        ctx.effect(new GateEffect.Lock(handle));
        return own.with(gate, new Gate.Closing(handle));
    }
}
