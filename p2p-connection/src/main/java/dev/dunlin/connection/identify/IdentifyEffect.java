package dev.dunlin.connection.identify;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;

/** What the identify machine asks of the world. */
public sealed interface IdentifyEffect extends Effect {

    /**
     * Read what the peer says until the stream ends. Answered by {@link IdentifyAction.Received} or
     * {@link IdentifyAction.ReadFailed}.
     *
     * @param peer at the other end, for the answer
     */
    record Read(Handle stream, PeerId peer) implements IdentifyEffect, Effect.Request {}

    /**
     * Say who we are, sealed with our key, and close our side. Answered by {@link IdentifyAction.Sent} or
     * {@link IdentifyAction.SendFailed}.
     *
     * @param peer at the other end, for the answer
     */
    record Send(Handle stream, PeerId peer, IdentifyContent content) implements IdentifyEffect, Effect.Request {}
}
