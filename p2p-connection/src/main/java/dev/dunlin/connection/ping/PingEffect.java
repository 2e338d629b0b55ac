package dev.dunlin.connection.ping;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;

/** What the ping machine asks of the world. */
public sealed interface PingEffect extends Effect {

    /**
     * Throw a ball of 32 random bytes. Answered by {@link PingAction.Caught} or {@link PingAction.Missed}.
     *
     * @param stream our open ping stream
     * @param peer at its other end, for the answer
     * @param number the ball's number on this stream, for the answer
     */
    record Throw(Handle stream, PeerId peer, int number) implements PingEffect, Effect.Request {}

    /**
     * Send every ball back until the stream ends.
     *
     * @param stream a ping stream that the peer opened
     */
    record Echo(Handle stream) implements PingEffect, Effect.Fire {}
}
