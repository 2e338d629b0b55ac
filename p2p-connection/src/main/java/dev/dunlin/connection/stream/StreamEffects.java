package dev.dunlin.connection.stream;

import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.NodeEffect;

/** The one handler of the stream machine's effects: from an effect to the service's method. */
public final class StreamEffects {

    private StreamEffects() {}

    /** Carries out an effect. */
    public static void handle(ActionId id, StreamEffect effect, StreamService service) {
        switch (effect) {
            case StreamEffect.OpenInit init -> service.open(id, init);
            case StreamEffect.CancelOpen cancel -> service.cancel(id, cancel);
            case StreamEffect.LookInit look -> service.look(id, look);
            case StreamEffect.CloseInit init -> service.close(id, init);
        }
    }

    /** Resets a stream that no state holds; does nothing for handles of other kinds. */
    public static void closeOrphan(ActionId id, NodeEffect.CloseHandle effect, StreamService service) {
        if (effect.handle().kind().equals(StreamService.STREAM)) {
            service.close(id, new StreamEffect.CloseInit(effect.handle(), CloseMode.RESET));
        }
    }
}
