package dev.dunlin.connection.ping;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;

/** What the ping machine asks of the world. */
public sealed interface PingEffect extends Effect {

    /** Send a ping on our stream. Answered by {@link PingAction.PongReceived} or {@link PingAction.PongLost}. */
    record SendPing(Handle stream, PeerId peer) implements PingEffect, Effect.Request {}

    /** Answer every ping on a stream that the peer opened, until it ends. */
    record Echo(Handle stream) implements PingEffect, Effect.Fire {}
}
