package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.connection.ConnectionState.Connection;
import dev.dunlin.connection.ConnectionState.Phase;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.List;

/** The part of the connection machine's reducer that is about open connections: their table, and what is counted of it. */
final class Sockets {

    private Sockets() {}

    /** A connection that has just come up. */
    static Connection connection(
            PeerId peer, Direction direction, Multiaddr remoteAddress, Bytes handshakeHash, long now) {
        return new Connection(peer, direction, remoteAddress, handshakeHash, now, now, 0, false);
    }

    /** This with a connection that came up; its peer's phase is the caller's. */
    static ConnectionState opened(ConnectionState own, Handle handle, Connection connection) {
        PeerId peer = connection.peer();
        return own.withConnections(
                        own.connections().with(handle, connection),
                        own.held().with(peer, own.held().or(peer, 0) + 1),
                        own.inbound() + (connection.direction() == Direction.INBOUND ? 1 : 0))
                .withConnectionDeadlines(
                        own.connectionDeadlines().with(handle, ConnectionClock.idleAt(own.config(), connection)));
    }

    /** This with more or fewer users of a connection. */
    static ConnectionState used(ConnectionState own, Handle handle, int change, long now) {
        Connection used = own.connections().at(handle).used(now, change);
        ConnectionState after = own.withConnection(handle, used);
        return used.closing()
                ? after
                : after.withConnectionDeadlines(
                        after.connectionDeadlines().with(handle, ConnectionClock.idleAt(own.config(), used)));
    }

    /** Asks for a connection to be closed; its peer is no longer connected by it. */
    static ConnectionState close(ConnectionState own, Handle handle, CloseReason reason, Context ctx) {
        return closing(withoutOpen(own, handle), handle, reason, ctx);
    }

    /** Asks for a connection to be closed; its peer's phase is the caller's. */
    static ConnectionState closing(ConnectionState own, Handle handle, CloseReason reason, Context ctx) {
        ctx.effect(new ConnectionEffect.DisconnectInit(handle, reason));
        return own.withConnection(handle, own.connections().at(handle).asClosing())
                .withConnectionDeadlines(own.connectionDeadlines()
                        .with(handle, ctx.now() + own.config().closeTimeout()));
    }

    /** This without a connection that the world says is closed. */
    static ConnectionState closed(ConnectionState own, Handle handle) {
        Connection connection = own.connections().at(handle);
        ConnectionState left = withoutOpen(own, handle);
        int held = left.held().or(connection.peer(), 0) - 1;
        return left.withConnections(
                        left.connections().without(handle),
                        held > 0
                                ? left.held().with(connection.peer(), held)
                                : left.held().without(connection.peer()),
                        left.inbound() - (connection.direction() == Direction.INBOUND ? 1 : 0))
                .withConnectionDeadlines(left.connectionDeadlines().without(handle));
    }

    // The phase of the peer when one of its open connections goes.
    private static ConnectionState withoutOpen(ConnectionState own, Handle handle) {
        PeerId peer = own.connections().at(handle).peer();
        if (!(own.phaseOf(peer) instanceof Connected connected)
                || !connected.open().contains(handle)) {
            return own;
        }
        List<Handle> rest = new ArrayList<>(connected.open());
        rest.remove(handle);
        if (!rest.isEmpty()) {
            Multiaddr address = own.connections().at(rest.getLast()).remoteAddress();
            return with(
                    own,
                    peer,
                    new Connected(connected.time(), peer, address, connected.addresses(), rest, connected.racing()));
        }
        return connected.racing().isPresent()
                ? with(own, peer, connected.racing().get())
                : forgotten(own, peer);
    }

    /** This with a peer in a phase. */
    static ConnectionState with(ConnectionState own, PeerId peer, Phase phase) {
        return own.withPeers(own.peers().with(peer, phase));
    }

    /** This with a peer disconnected and without a deadline. */
    static ConnectionState forgotten(ConnectionState own, PeerId peer) {
        return own.withPeers(own.peers().without(peer))
                .withPeerDeadlines(own.peerDeadlines().without(peer));
    }
}
