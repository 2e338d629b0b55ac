package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.CloseTimedOut;
import dev.dunlin.connection.ConnectionAction.ConnectionDue;
import dev.dunlin.connection.ConnectionAction.IdleTimedOut;
import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.List;

/** The part of the connection machine's reducer that is about open connections, and what is counted of them. */
final class Sockets {

    private Sockets() {}

    /** What a connection that is due becomes. */
    static ConnectionDue due(Handle handle, Connection connection) {
        return connection.closing()
                ? new CloseTimedOut(handle, connection.peer())
                : new IdleTimedOut(handle, connection.peer());
    }

    /** A connection that has just come up. */
    static Connection connection(
            PeerId peer, Direction direction, Multiaddr remoteAddress, Bytes handshakeHash, Context ctx) {
        long now = ctx.now();
        return new Connection(peer, direction, remoteAddress, handshakeHash, now, now, 0, false, Due.NEVER);
    }

    /** This with a connection that came up; its peer's phase is the caller's. */
    static ConnectionState opened(ConnectionState own, Handle handle, Connection connection) {
        long idleAt = idleAt(own.config(), connection.openedAt(), 0);
        return own.withOpen(own.open().with(handle, connection.used(connection.openedAt(), 0, idleAt)));
    }

    /** This with more or fewer users of a connection. */
    static ConnectionState used(ConnectionState own, Handle handle, int change, Context ctx) {
        Connection connection = own.connections().at(handle);
        long at = connection.closing() ? connection.at() : idleAt(own.config(), ctx.now(), connection.users() + change);
        return own.withOpen(own.open().changed(handle, connection.used(ctx.now(), change, at)));
    }

    private static long idleAt(ConnectionConfig config, long lastUsed, int users) {
        return config.idleTimeout() == 0 || users > 0 ? Due.NEVER : lastUsed + config.idleTimeout();
    }

    /** Asks for a connection to be closed; its peer is no longer connected by it. */
    static ConnectionState close(ConnectionState own, Handle handle, CloseReason reason, Context ctx) {
        return closing(withoutOpen(own, handle), handle, reason, ctx);
    }

    /** Asks for a connection to be closed; its peer's phase is the caller's. */
    static ConnectionState closing(ConnectionState own, Handle handle, CloseReason reason, Context ctx) {
        ctx.effect(new ConnectionEffect.DisconnectInit(handle, reason));
        long until = ctx.now() + own.config().closeTimeout();
        return own.withOpen(
                own.open().changed(handle, own.connections().at(handle).closingUntil(until)));
    }

    /** This without a connection that the world says is closed. */
    static ConnectionState closed(ConnectionState own, Handle handle) {
        ConnectionState left = withoutOpen(own, handle);
        return left.withOpen(left.open().without(handle));
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
            Multiaddr newest = own.connections().at(rest.getLast()).remoteAddress();
            return own.withPhase(peer, connected.withOpen(rest, newest));
        }
        return connected.racing().isPresent()
                ? own.withPhase(peer, connected.racing().get())
                : own.withoutPhase(peer);
    }
}
