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
        return own.withOpen(own.open().with(handle, connection))
                .withDue(due -> due.with(handle, ConnectionClock.idleAt(own.config(), connection)));
    }

    /** This with more or fewer users of a connection. */
    static ConnectionState used(ConnectionState own, Handle handle, int change, long now) {
        Connection used = own.connections().at(handle).used(now, change);
        ConnectionState after = own.withOpen(own.open().changed(handle, used));
        return used.closing()
                ? after
                : after.withDue(due -> due.with(handle, ConnectionClock.idleAt(own.config(), used)));
    }

    /** Asks for a connection to be closed; its peer is no longer connected by it. */
    static ConnectionState close(ConnectionState own, Handle handle, CloseReason reason, Context ctx) {
        return closing(withoutOpen(own, handle), handle, reason, ctx);
    }

    /** Asks for a connection to be closed; its peer's phase is the caller's. */
    static ConnectionState closing(ConnectionState own, Handle handle, CloseReason reason, Context ctx) {
        ctx.effect(new ConnectionEffect.DisconnectInit(handle, reason));
        return own.withOpen(
                        own.open().changed(handle, own.connections().at(handle).asClosing()))
                .withDue(due -> due.with(handle, ctx.now() + own.config().closeTimeout()));
    }

    /** This without a connection that the world says is closed. */
    static ConnectionState closed(ConnectionState own, Handle handle) {
        ConnectionState left = withoutOpen(own, handle);
        return left.withOpen(left.open().without(handle)).withDue(due -> due.without(handle));
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
        return own.withPhase(peer, phase);
    }

    /** This with a peer disconnected and without a deadline. */
    static ConnectionState forgotten(ConnectionState own, PeerId peer) {
        return own.withoutPhase(peer).withDue(due -> due.without(peer));
    }
}
