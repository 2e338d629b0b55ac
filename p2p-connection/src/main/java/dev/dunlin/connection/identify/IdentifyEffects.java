package dev.dunlin.connection.identify;

import dev.dunlin.core.store.ActionId;

/** The one handler of the identify machine's effects: from an effect to the service's method. */
public final class IdentifyEffects {

    private IdentifyEffects() {}

    /** Carries out an effect. */
    public static void handle(ActionId id, IdentifyEffect effect, IdentifyService service) {
        switch (effect) {
            case IdentifyEffect.Read(var stream, var peer) -> service.read(id, stream, peer);
            case IdentifyEffect.Send(var stream, var peer, var content) -> service.send(id, stream, peer, content);
        }
    }
}
