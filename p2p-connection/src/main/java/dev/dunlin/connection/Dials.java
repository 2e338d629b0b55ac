package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.BackOffEnded;
import dev.dunlin.connection.ConnectionAction.DialTimedOut;
import dev.dunlin.connection.ConnectionAction.FailureForgotten;
import dev.dunlin.connection.ConnectionAction.PeerDue;
import dev.dunlin.connection.ConnectionOutcome.ConnectDone;
import dev.dunlin.connection.ConnectionOutcome.ConnectGaveUp;
import dev.dunlin.connection.ConnectionState.Attempt;
import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.ConnectionFailed;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.connection.ConnectionState.Phase;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Draws;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The part of the connection machine's reducer that is about dials: attempts, back-offs, and who waits. */
final class Dials {

    private Dials() {}

    /** What a peer that is due becomes. */
    static PeerDue due(PeerId peer, Phase phase) {
        return switch (phase) {
            case ConnectionFailed failure when failure.hasGivenUp() -> new FailureForgotten(peer);
            case ConnectionFailed _ -> new BackOffEnded(peer);
            case Connecting _, Connected _, Disconnected _ ->
                new DialTimedOut(phase.dialling().map(Connecting::dial).orElse(0L), peer);
        };
    }

    /** Dials one address of an attempt. */
    static ConnectionState dial(ConnectionState own, Attempt attempt, long began, int index, Context ctx) {
        long number = own.lastNumber() + 1;
        long until = ctx.now() + own.config().dialTimeout();
        Connecting dialling = new Connecting(began, attempt, index, number, until);
        ctx.effect(new ConnectionEffect.ConnectInit(number, attempt.peer(), dialling.address()));
        return own.withPhase(attempt.peer(), dialling).withLastNumber(number).withDials(1);
    }

    /** The next attempt after a failure. */
    static ConnectionState again(ConnectionState own, ConnectionFailed failure, Context ctx) {
        return dial(own, failure.attempt().next(), ctx.now(), 0, ctx);
    }

    /** Gives a dial up; the peer's phase is the caller's. */
    static ConnectionState cancel(ConnectionState own, Connecting dialling, Context ctx) {
        ctx.effect(new ConnectionEffect.CancelDial(dialling.dial()));
        return own.withDials(-1);
    }

    /** A dial succeeded. */
    static ConnectionState connected(ConnectionState own, ConnectionAction.Connected fact, Context ctx) {
        PeerId peer = fact.peer();
        Handle handle = fact.connection();
        Connecting dial = own.diallingTo(peer).orElseThrow();
        Connection connection = Sockets.connection(peer, Direction.OUTBOUND, fact.address(), fact.handshakeHash(), ctx);
        ConnectionState open = Sockets.opened(own.withDials(-1), handle, connection);
        List<Multiaddr> known = firstOf(dial.address(), dial.attempt().addresses());
        tell(dial.attempt().tickets(), peer, handle, ctx);
        if (own.phaseOf(peer) instanceof Connected before) {
            Connected both = before.withNewest(handle, fact.address())
                    .withAddresses(known)
                    .withRacing(Optional.empty());
            return Duplicates.settle(open.withPhase(peer, both), peer, handle, ctx);
        }
        return open.withPhase(
                peer, new Connected(ctx.now(), peer, fact.address(), known, List.of(handle), Optional.empty()));
    }

    /** A dial failed at one address. */
    static ConnectionState failed(ConnectionState own, ConnectionAction.ConnectionFailed fact, Context ctx) {
        PeerId peer = fact.peer();
        Connecting was = own.diallingTo(peer).orElseThrow();
        ConnectionState ended = own.withDials(-1);
        if (own.phaseOf(peer) instanceof Connected connected) {
            return ended.withPhase(peer, connected.withRacing(Optional.empty()));
        }
        return was.hasNext()
                ? dial(ended, was.attempt(), was.time(), was.index() + 1, ctx)
                : ended.withPhase(peer, failure(own.config(), was, fact.error(), ctx));
    }

    private static ConnectionFailed failure(
            ConnectionConfig config, Connecting was, ConnectionError error, Context ctx) {
        Attempt attempt = was.attempt();
        if (attempt.isLast()) {
            giveUp(attempt, error, ctx);
            long forgotten = ctx.now() + config.failedMemory();
            return new ConnectionFailed(ctx.now(), attempt.withTickets(List.of()), was.address(), error, forgotten);
        }
        long again = ctx.now() + backOff(config, attempt.attempts(), ctx.random());
        return new ConnectionFailed(ctx.now(), attempt, was.address(), error, again);
    }

    static ConnectionState timedOut(ConnectionState own, DialTimedOut due, Context ctx) {
        Multiaddr address = own.diallingTo(due.peer()).orElseThrow().address();
        ctx.effect(new ConnectionEffect.CancelDial(due.dial()));
        ctx.then(new ConnectionAction.ConnectionFailed(
                due.dial(),
                due.peer(),
                address,
                ConnectionError.of(ConnectionError.Kind.TIMED_OUT, "no connection came up in time")));
        return own;
    }

    // Without room for a dial it is no attempt, and the count stays.
    static ConnectionState backOffEnded(ConnectionState own, PeerId peer, Context ctx) {
        ConnectionFailed failure = own.failureOf(peer).orElseThrow();
        if (own.freeDials() > 0) {
            return again(own, failure, ctx);
        }
        long later = ctx.now() + backOff(own.config(), failure.attempt().attempts(), ctx.random());
        return own.withPhase(peer, failure.until(later));
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

    /** Tells all who wait that there is a connection. */
    static void tell(List<Ticket> tickets, PeerId peer, Handle connection, Context ctx) {
        for (Ticket ticket : tickets) {
            if (!ticket.isNone()) {
                ctx.then(new ConnectDone(ticket, peer, connection));
            }
        }
    }

    /** Tells all who wait that there is none. */
    static void giveUp(Attempt attempt, ConnectionError error, Context ctx) {
        for (Ticket ticket : attempt.tickets()) {
            ctx.then(new ConnectGaveUp(ticket, attempt.peer(), error));
        }
    }

    /** With one more who waits, unless it is nobody. */
    static List<Ticket> added(List<Ticket> tickets, Ticket ticket) {
        if (ticket.isNone()) {
            return tickets;
        }
        List<Ticket> all = new ArrayList<>(tickets);
        all.add(ticket);
        return all;
    }

    private static List<Multiaddr> firstOf(Multiaddr worked, List<Multiaddr> all) {
        List<Multiaddr> sorted = new ArrayList<>(all);
        sorted.remove(worked);
        sorted.addFirst(worked);
        return sorted;
    }
}
