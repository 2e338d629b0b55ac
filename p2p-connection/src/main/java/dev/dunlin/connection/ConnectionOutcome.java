package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.OfListener;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/** How the wishes of the connection machine end. */
public sealed interface ConnectionOutcome extends Outcome {

    /**
     * Outcome of {@link ConnectionAction.Connect} and {@link ConnectionAction.Await}: there is a connection.
     *
     * @param connection the newest one
     */
    record ConnectDone(Ticket ticket, PeerId peer, Handle connection) implements ConnectionOutcome, OfPeer {}

    /** Outcome of both: all attempts failed, or the wish was cancelled. */
    record ConnectGaveUp(Ticket ticket, PeerId peer, ConnectionError error) implements ConnectionOutcome, OfPeer {}

    /**
     * Outcome of {@link ConnectionAction.Listen}: the listener is open.
     *
     * @param bound the addresses it has in truth; at most {@link ConnectionAction#MAX_ADDRESSES}
     */
    record ListenDone(Ticket ticket, Multiaddr requested, List<Multiaddr> bound)
            implements ConnectionOutcome, OfListener {
        /** Copies the list and checks its bound. */
        public ListenDone {
            bound = ConnectionAction.bounded(bound);
        }
    }

    /** Outcome of it: the listener could not be opened. */
    record ListenGaveUp(Ticket ticket, Multiaddr requested, ConnectionError error)
            implements ConnectionOutcome, OfListener {}
}
