package dev.dunlin.connection.ping;

import dev.dunlin.core.store.ActionId;

/** Hands the ping machine's effects to the service. */
public final class PingEffects {

    private PingEffects() {}

    /** Hands one effect to the service. */
    public static void handle(ActionId id, PingEffect effect, PingService service) {
        switch (effect) {
            case PingEffect.Throw(var stream, var peer, int number) -> service.throwBall(id, stream, peer, number);
            case PingEffect.Echo(var stream) -> service.echo(stream);
        }
    }
}
