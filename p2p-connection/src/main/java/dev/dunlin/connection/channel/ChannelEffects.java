package dev.dunlin.connection.channel;

import dev.dunlin.core.store.ActionId;

/** Hands effects to the service. */
public final class ChannelEffects {

    private ChannelEffects() {}

    /** Carries out one. */
    public static void handle(ActionId id, ChannelEffect effect, ChannelService service) {
        switch (effect) {
            case ChannelEffect.ReadInit init -> service.read(id, init);
            case ChannelEffect.WriteInit init -> service.write(id, init);
            case ChannelEffect.FinishInit init -> service.finish(init);
            case ChannelEffect.ServeInit init -> service.serve(init);
            case ChannelEffect.UnserveInit init -> service.unserve(init);
        }
    }
}
