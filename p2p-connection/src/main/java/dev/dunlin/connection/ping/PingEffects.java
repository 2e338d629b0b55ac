package dev.dunlin.connection.ping;

import dev.dunlin.core.store.ActionId;

/** The one handler of the ping machine's effects: from an effect to the service's method. */
public final class PingEffects {

    private PingEffects() {}

    /** Carries out an effect. */
    public static void handle(ActionId id, PingEffect effect, PingService service) {
        switch (effect) {
            case PingEffect.Throw(var stream, var peer, int number) -> service.throwBall(id, stream, peer, number);
            case PingEffect.Echo(var stream) -> service.echo(stream);
        }
    }
}
