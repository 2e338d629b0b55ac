package dev.dunlin.connection;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.store.Handle;

/**
 * When something must happen in the connection machine if nothing else does.
 *
 * @param peers of a dial: its end; of a failure: the retry, or when it is forgotten
 * @param connections of an open connection without users: when it is idle; of a closing one: when it is dropped
 * @param listeners of an opening listener: its end; of a stopping one: when it is asked again
 */
public record ConnectionDeadlines(
        Deadlines<PeerId> peers, Deadlines<Handle> connections, Deadlines<Multiaddr> listeners) {

    /** None. */
    static final ConnectionDeadlines NONE =
            new ConnectionDeadlines(Deadlines.none(), Deadlines.none(), Deadlines.none());

    /** The first of all. */
    long next() {
        return Math.min(peers.next(), Math.min(connections.next(), listeners.next()));
    }

    ConnectionDeadlines withPeers(Deadlines<PeerId> changed) {
        return new ConnectionDeadlines(changed, connections, listeners);
    }

    ConnectionDeadlines with(PeerId peer, long time) {
        return withPeers(peers.with(peer, time));
    }

    ConnectionDeadlines without(PeerId peer) {
        return withPeers(peers.without(peer));
    }

    ConnectionDeadlines with(Handle connection, long time) {
        return new ConnectionDeadlines(peers, connections.with(connection, time), listeners);
    }

    ConnectionDeadlines without(Handle connection) {
        return new ConnectionDeadlines(peers, connections.without(connection), listeners);
    }

    ConnectionDeadlines with(Multiaddr listener, long time) {
        return new ConnectionDeadlines(peers, connections, listeners.with(listener, time));
    }

    ConnectionDeadlines without(Multiaddr listener) {
        return new ConnectionDeadlines(peers, connections, listeners.without(listener));
    }
}
