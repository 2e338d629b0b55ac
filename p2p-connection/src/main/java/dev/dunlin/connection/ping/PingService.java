package dev.dunlin.connection.ping;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;

/** Carries ping streams' bytes: {@link PingExchange} and {@link PongEcho} behind a transport. Never blocks or fails. */
public interface PingService {

    /** Sends 32 random bytes, and answers the effect of this id once; the stream's end is an answer, too. */
    void sendPing(ActionId id, Handle stream, PeerId peer);

    /** Sends back what comes on a stream, 32 bytes at a time, and closes our side when the peer has closed its own. */
    void echo(Handle stream);

    /** Carries out an effect. */
    default void handle(ActionId id, PingEffect effect) {
        switch (effect) {
            case PingEffect.SendPing(var stream, var peer) -> sendPing(id, stream, peer);
            case PingEffect.Echo(var stream) -> echo(stream);
        }
    }
}
