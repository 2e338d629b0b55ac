package dev.dunlin.core.testkit.gate;

import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.testkit.gate.GateState.Gate;

/** What becomes of gates. */
final class GateReducer {

    static final long PATIENCE = 5_000_000;
    static final long JITTER = 1_000_000;
    static final long OPEN_FOR = 30_000_000;

    private static final int TICK_CAP = 2;

    private GateReducer() {}

    static GateState reduce(GateState own, GateAction action, Context ctx) {
        return switch (action) {
            case GateAction.Open(String gate) ->
                own.with(
                        gate,
                        new Gate.Opening(ctx.effect(new GateEffect.Unlock(gate))),
                        ctx.now() + PATIENCE + ctx.random().nextLong(JITTER));
            case GateAction.Opened(String gate, var _, Handle handle) ->
                own.with(gate, new Gate.Open(handle), ctx.now() + OPEN_FOR);
            case GateAction.Jammed(String gate) -> own.without(gate);
            case GateAction.Shut(String gate) -> shut(own, gate, ctx);
            case GateAction.Closed(Handle handle) ->
                own.heldBy(handle).map(own::without).orElse(own);
            case GateAction.Tick _ -> {
                own.deadlines().due(ctx.now(), TICK_CAP).forEach(gate -> ctx.then(new GateAction.Expired(gate)));
                yield own;
            }
            case GateAction.Expired(String gate) ->
                own.gates().at(gate) instanceof Gate.Open ? shut(own, gate, ctx) : own.without(gate);
            case GateAction.Restarted _ -> GateState.INITIAL;
        };
    }

    private static GateState shut(GateState own, String gate, Context ctx) {
        Handle handle = own.gates().at(gate).held().orElseThrow();
        ctx.effect(new GateEffect.Lock(handle));
        return own.with(gate, new Gate.Closing(handle), Deadlines.NEVER);
    }
}
