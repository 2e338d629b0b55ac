package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.CloseTimedOut;
import dev.dunlin.connection.ConnectionAction.DialTimedOut;
import dev.dunlin.connection.ConnectionAction.IdleTimedOut;
import dev.dunlin.connection.ConnectionAction.ListenTimedOut;
import dev.dunlin.connection.ConnectionAction.Reset;
import dev.dunlin.connection.ConnectionAction.Retry;
import dev.dunlin.connection.ConnectionAction.StopTimedOut;
import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.Connection;
import dev.dunlin.connection.ConnectionState.ConnectionFailed;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.connection.ConnectionState.Listening;
import dev.dunlin.connection.ConnectionState.Opening;
import dev.dunlin.connection.ConnectionState.Stopping;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Draws;
import dev.dunlin.core.store.Handle;

/** What the connection machine does when deadlines come, and when they come. */
final class ConnectionClock {

    /**
     * The most deadlines of each kind that one tick handles: each may end the wait of
     * {@link ConnectionConfig#MOST_WAITERS}.
     */
    static final int MAX_DUE = 16;

    private ConnectionClock() {}

    /** When a connection becomes idle. */
    static long idleAt(ConnectionConfig config, Connection connection) {
        return config.idleTimeout() == 0 || connection.users() > 0
                ? Deadlines.NEVER
                : connection.lastUsed() + config.idleTimeout();
    }

    /**
     * The delay before the next attempt: doubled with each attempt up to the cap, the upper half of it drawn at random,
     * so that nodes that failed together do not come back together.
     *
     * @param attempts attempts made so far
     * @return microseconds, at least 1
     */
    static long backOff(ConnectionConfig config, int attempts, Draws random) {
        long delay = config.retryBase();
        for (int i = 1; i < attempts && delay < config.retryMax(); i++) {
            delay *= 2;
        }
        delay = Math.min(delay, config.retryMax());
        return Math.max(1, delay - random.nextLong(delay / 2 + 1));
    }

    /** One action for each deadline that has come, so that each is about one peer, connection or listener. */
    static ConnectionState tick(ConnectionState own, Context ctx) {
        ConnectionState after = own;
        int free = own.freeDials();
        for (PeerId peer : own.due().peers().due(ctx.now(), MAX_DUE)) {
            switch (own.phaseOf(peer)) {
                case Connecting dialling -> ctx.then(new DialTimedOut(dialling.dial(), peer));
                case Connected _ -> ctx.then(new DialTimedOut(own.dialOf(peer), peer));
                case ConnectionFailed failure when failure.hasGivenUp() -> ctx.then(new Reset(peer));
                case ConnectionFailed failure -> {
                    if (free > 0) {
                        free--;
                        ctx.then(new Retry(peer));
                    } else {
                        after = postponed(after, failure, ctx);
                    }
                }
                case Disconnected _ -> throw new IllegalStateException("a deadline of nobody: " + peer);
            }
        }
        for (Handle handle : own.due().connections().due(ctx.now(), MAX_DUE)) {
            Connection connection = own.connections().at(handle);
            ctx.then(
                    connection.closing()
                            ? new CloseTimedOut(handle, connection.peer())
                            : new IdleTimedOut(handle, connection.peer()));
        }
        for (Multiaddr address : own.due().listeners().due(ctx.now(), MAX_DUE)) {
            switch (own.listeners().at(address)) {
                case Opening opening -> ctx.then(new ListenTimedOut(opening.number(), address));
                case Stopping stopping -> ctx.then(new StopTimedOut(stopping.listener(), address));
                case Listening _ -> throw new IllegalStateException("an open listener has no deadline: " + address);
            }
        }
        return after;
    }

    // No room for a dial now: not an attempt, so the count stays.
    private static ConnectionState postponed(ConnectionState own, ConnectionFailed failure, Context ctx) {
        long later = ctx.now() + backOff(own.config(), failure.attempts(), ctx.random());
        return own.withDue(due -> due.with(failure.peer(), later));
    }
}
