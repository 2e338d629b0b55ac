package dev.dunlin.core.tutorial.lantern;

import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.tutorial.lantern.LanternState.Lantern;

/** What becomes of lanterns. */
final class LanternReducer {
    static final long PATIENCE = 5_000_000;
    static final long BURNS = 60_000_000;

    private LanternReducer() {}

    static LanternState reduce(LanternState own, LanternAction action, Context ctx) {
        return switch (action) {
            case LanternAction.Light(String name, Ticket ticket) -> {
                ctx.effect(new LanternEffect.Strike(name));
                yield new LanternState(own.lanterns().with(name, new Lantern(ticket, false, ctx.now() + PATIENCE)));
            }
            case LanternAction.Caught(String name) -> {
                Ticket ticket = own.lanterns().at(name).ticket();
                ctx.then(new LanternOutcome.Tried(ticket, name, true));
                yield new LanternState(own.lanterns().with(name, new Lantern(ticket, true, ctx.now() + BURNS)));
            }
            case LanternAction.Spent(String name) -> {
                if (own.lanterns().at(name) instanceof Lantern(Ticket ticket, boolean lit, long _) && !lit) {
                    ctx.then(new LanternOutcome.Tried(ticket, name, false));
                }
                yield new LanternState(own.lanterns().without(name));
            }
        };
    }
}
