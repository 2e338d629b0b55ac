package dev.dunlin.connection.stream;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/** What the stream machine asks of the world. */
public sealed interface StreamEffect extends Effect {

    /**
     * Open a stream and agree on one of the protocols. Answered by {@link StreamAction.StreamOpened} or
     * {@link StreamAction.OpenFailed}.
     *
     * @param number the number to be echoed
     * @param ticket the ticket to be echoed
     * @param protocols best first, at least one
     * @param lazy whether it is open as soon as the one protocol is proposed
     */
    record OpenInit(long number, Ticket ticket, PeerId peer, Handle connection, List<String> protocols, boolean lazy)
            implements StreamEffect, Effect.Request {
        /** Copies the list. */
        public OpenInit {
            protocols = List.copyOf(protocols);
        }
    }

    /** Give up an opening; it is answered all the same. */
    record CancelOpen(long number) implements StreamEffect, Effect.Fire {}

    /** Look how long nothing has moved on a stream. Answered by {@link StreamAction.StreamSeen}. */
    record LookInit(Handle stream) implements StreamEffect, Effect.Request {}

    /** Close a stream. {@link StreamAction.StreamClosed} follows. */
    record CloseInit(Handle stream, CloseMode mode) implements StreamEffect, Effect.Fire {}
}
