package dev.dunlin.connection;

import dev.dunlin.connection.Connection.Stage;
import dev.dunlin.connection.ConnectionAction.CloseTimedOut;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.ConnectionDue;
import dev.dunlin.connection.ConnectionAction.DrainTimedOut;
import dev.dunlin.connection.ConnectionAction.IdleTimedOut;
import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The part of the connection machine's reducer that is about open connections: their use, their choice and their end. */
final class Connections {

    private Connections() {}

    /** What a connection that is due becomes. */
    static ConnectionDue due(Handle handle, Connection connection) {
        return switch (connection.stage()) {
            case OPEN -> new IdleTimedOut(handle, connection.peer());
            case DRAINING -> new DrainTimedOut(handle, connection.peer());
            case CLOSING -> new CloseTimedOut(handle, connection.peer());
        };
    }

    /** A connection that has just come up. */
    static Connection fresh(
            PeerId peer, Direction direction, Multiaddr remoteAddress, Bytes handshakeHash, Context ctx) {
        long now = ctx.now();
        return new Connection(
                peer, direction, remoteAddress, handshakeHash, now, now, 0, Stage.OPEN, Optional.empty(), Due.NEVER);
    }

    /**
     * This with a connection that came up.
     *
     * @param connected the phase of its peer without it: with no connection yet, or with others
     */
    static ConnectionState opened(ConnectionState own, Connected connected, Handle handle, Connection connection) {
        List<Handle> open = new ArrayList<>(connected.open());
        open.add(handle);
        return chosen(own.withOpen(own.open().with(handle, connection)), connected, open);
    }

    /**
     * Which open connection of a peer would go for one that it opens now. A machine that has lost its address leaves connections behind
     * which look open here until the system finds out that nobody is there; were they kept, they would take all its places in the end,
     * and it could not come back. The one goes that nobody has used for longest; or if all are used, the oldest from another host.
     *
     * @param from where the newcomer is
     */
    static Optional<Handle> replaceable(ConnectionState own, List<Handle> open, Multiaddr from) {
        Comparator<Handle> byUse =
                Comparator.comparingLong(handle -> own.connections().at(handle).lastUsed());
        Comparator<Handle> byAge =
                Comparator.comparingLong(handle -> own.connections().at(handle).openedAt());
        Optional<Handle> unused = open.stream()
                .filter(handle -> own.connections().at(handle).users() == 0)
                .min(byUse);
        return unused.or(() -> open.stream()
                .filter(handle ->
                        !own.connections().at(handle).remoteAddress().host().equals(from.host()))
                .min(byAge));
    }

    /** This with no more open connections of a peer than it may have, once it has opened the newest. */
    static ConnectionState withinShare(ConnectionState own, Handle newest, Context ctx) {
        Connection came = own.connections().at(newest);
        if (!(own.phaseOf(came.peer()) instanceof Connected connected)
                || ConnectionGuards.placesTaken(own, came.peer())
                        <= own.config().maxPerPeer()) {
            return own;
        }
        List<Handle> others = connected.open().stream()
                .filter(handle -> !handle.equals(newest))
                .toList();
        Handle old = replaceable(own, others, came.remoteAddress()).orElseThrow();
        ConnectionState without = withoutOpen(own, old, CloseReason.SPARE.words(), ctx);
        return leave(without, old, CloseReason.SPARE, ctx);
    }

    // With the connection chosen anew on which new streams are opened, and with the deadlines, which depend on that.
    private static ConnectionState chosen(ConnectionState own, Connected connected, List<Handle> open) {
        Handle current = Choice.of(own, open);
        Multiaddr remote = own.connections().at(current).remoteAddress();
        ConnectionState after = own.withPhase(connected.peer(), connected.withOpen(open, current, remote));
        for (Handle handle : open) {
            after = timed(after, handle, after.connections().at(handle));
        }
        return after;
    }

    /** This with the deadlines of a peer's open connections as they are to be, after it is kept or is no longer. */
    static ConnectionState timed(ConnectionState own, PeerId peer) {
        ConnectionState after = own;
        if (own.phaseOf(peer) instanceof Connected connected) {
            for (Handle handle : connected.open()) {
                after = timed(after, handle, after.connections().at(handle));
            }
        }
        return after;
    }

    // An open connection with the deadline that it has by its use.
    private static ConnectionState timed(ConnectionState own, Handle handle, Connection connection) {
        return own.withOpen(own.open().changed(handle, connection.until(idleAt(own, handle, connection))));
    }

    private static long idleAt(ConnectionState own, Handle handle, Connection connection) {
        if (connection.users() > 0) {
            return Due.NEVER;
        }
        if (isSpare(own, handle, connection)) {
            return connection.lastUsed() + own.config().spareTimeout();
        }
        return own.config().idleTimeout() == 0 || own.isKept(connection.peer())
                ? Due.NEVER
                : connection.lastUsed() + own.config().idleTimeout();
    }

    private static boolean isSpare(ConnectionState own, Handle handle, Connection connection) {
        return own.phaseOf(connection.peer()) instanceof Connected connected
                && !connected.current().equals(handle);
    }

    /** This with more or fewer users of a connection; one that drains is closed when the last is gone. */
    static ConnectionState used(ConnectionState own, Handle handle, int change, Context ctx) {
        Connection connection = own.connections().at(handle).used(ctx.now(), change);
        ConnectionState after = own.withOpen(own.open().changed(handle, connection));
        return switch (connection.stage()) {
            case OPEN -> timed(after, handle, connection);
            case DRAINING ->
                connection.users() == 0
                        ? closing(after, handle, connection.reason().orElseThrow(), ctx)
                        : after;
            case CLOSING -> after;
        };
    }

    /** This with a connection that somebody was told of just now: it is not idle before he can use it. */
    static ConnectionState told(ConnectionState own, Handle handle, Context ctx) {
        return used(own, handle, 0, ctx);
    }

    /** Nobody has used an open connection for too long. */
    static ConnectionState idle(ConnectionState own, Handle handle, Context ctx) {
        Connection connection = own.connections().at(handle);
        boolean isSpare = isSpare(own, handle, connection);
        if (!isSpare
                && connection.direction() == Direction.INBOUND
                && own.connections().size() <= own.config().lowWater()) {
            return own.withOpen(own.open()
                    .changed(handle, connection.until(ctx.now() + own.config().idleTimeout())));
        }
        CloseReason reason = isSpare ? CloseReason.SPARE : CloseReason.IDLE;
        return closing(withoutOpen(own, handle, reason.words(), ctx), handle, reason, ctx);
    }

    /** The other side takes no new streams on a connection. */
    static ConnectionState wentAway(ConnectionState own, Handle handle, Context ctx) {
        String why = CloseReason.WENT_AWAY.words();
        return draining(withoutOpen(own, handle, why, ctx), handle, CloseReason.WENT_AWAY, Due.NEVER, ctx);
    }

    /** Ends a connection in order, for which this node says that it takes no new streams; its peer's phase is the caller's. */
    static ConnectionState leave(ConnectionState own, Handle handle, Context ctx) {
        return leave(own, handle, CloseReason.LOCAL, ctx);
    }

    private static ConnectionState leave(ConnectionState own, Handle handle, CloseReason reason, Context ctx) {
        if (own.connections().at(handle).users() > 0) {
            ctx.effect(new ConnectionEffect.GoAwayInit(handle));
        }
        long until = ctx.now() + own.config().drainTimeout();
        return draining(own, handle, reason, until, ctx);
    }

    private static ConnectionState draining(
            ConnectionState own, Handle handle, CloseReason reason, long until, Context ctx) {
        Connection connection = own.connections().at(handle);
        return connection.users() == 0
                ? closing(own, handle, reason, ctx)
                : own.withOpen(own.open().changed(handle, connection.ending(Stage.DRAINING, reason, until)));
    }

    /** Asks for a connection to be closed; its peer's phase is the caller's. */
    static ConnectionState closing(ConnectionState own, Handle handle, CloseReason reason, Context ctx) {
        ctx.effect(new ConnectionEffect.DisconnectInit(handle, reason));
        long until = ctx.now() + own.config().closeTimeout();
        return own.withOpen(
                own.open().changed(handle, own.connections().at(handle).ending(Stage.CLOSING, reason, until)));
    }

    /** A connection that drains has done so for too long. */
    static ConnectionState drained(ConnectionState own, Handle handle, Context ctx) {
        return closing(own, handle, own.connections().at(handle).reason().orElseThrow(), ctx);
    }

    /** This without a connection that the world says is closed; how it ended is remembered where it was the last one. */
    static ConnectionState closed(ConnectionState own, Closed fact, Context ctx) {
        Handle handle = fact.connection();
        Connection gone = own.connections().at(handle);
        // What is closed on request while the node stops is closed because it does.
        CloseReason reason =
                own.draining() && fact.reason() == CloseReason.LOCAL ? CloseReason.SHUTDOWN : fact.reason();
        String why = reason.words(fact.detail());
        ConnectionState left = withoutOpen(own, handle, why, ctx);
        left = left.withOpen(left.open().without(handle));
        return left.open().held().has(gone.peer())
                ? left
                : left.withEnds(left.ends()
                        .with(
                                gone.peer(),
                                ctx.now(),
                                gone.openedAt(),
                                gone.remoteAddress(),
                                Optional.of(reason),
                                fact.detail(),
                                own.config().maxEnds()));
    }

    /** This with what is remembered of a peer that somebody no longer wants, before there was a connection. */
    static ConnectionState calledOff(ConnectionState own, PeerId peer, Multiaddr address, Context ctx) {
        long now = ctx.now();
        Optional<CloseReason> reason = own.draining() ? Optional.of(CloseReason.SHUTDOWN) : Optional.empty();
        return own.withEnds(own.ends()
                .with(peer, now, now, address, reason, "", own.config().maxEnds()));
    }

    // The phase of the peer when one of its open connections goes.
    private static ConnectionState withoutOpen(ConnectionState own, Handle handle, String why, Context ctx) {
        PeerId peer = own.connections().at(handle).peer();
        if (!(own.phaseOf(peer) instanceof Connected connected)
                || !connected.open().contains(handle)) {
            return own;
        }
        List<Handle> rest = new ArrayList<>(connected.open());
        rest.remove(handle);
        if (!rest.isEmpty()) {
            return chosen(own, connected, rest);
        }
        return connected.racing().isPresent()
                ? own.withPhase(peer, connected.racing().get())
                : Keeps.lost(own, connected, why, ctx);
    }
}
