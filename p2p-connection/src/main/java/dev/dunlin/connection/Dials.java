package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.BackOffEnded;
import dev.dunlin.connection.ConnectionAction.DialTimedOut;
import dev.dunlin.connection.ConnectionAction.PeerDue;
import dev.dunlin.connection.ConnectionAction.Resolved;
import dev.dunlin.connection.ConnectionOutcome.ConnectDone;
import dev.dunlin.connection.ConnectionOutcome.ConnectGaveUp;
import dev.dunlin.connection.ConnectionState.AddressFailure;
import dev.dunlin.connection.ConnectionState.Attempt;
import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.ConnectionFailed;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.connection.ConnectionState.Phase;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Draws;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** The part of the connection machine's reducer that is about dials: attempts, lookups, back-offs, and who waits. */
final class Dials {

    private Dials() {}

    /** What a peer that is due becomes. */
    static PeerDue due(PeerId peer, Phase phase) {
        return switch (phase) {
            case ConnectionFailed _ -> new BackOffEnded(peer);
            case Connecting _, Connected _, Disconnected _ ->
                new DialTimedOut(phase.dialling().map(Connecting::dial).orElse(0L), peer);
        };
    }

    /** Begins an attempt: all its addresses that are worth a dial now. */
    static ConnectionState begin(ConnectionState own, Attempt attempt, Context ctx) {
        return next(own, attempt, ctx.now(), candidates(own, attempt.addresses()), ctx);
    }

    /** The next attempt after a failure. */
    static ConnectionState again(ConnectionState own, ConnectionFailed failure, Context ctx) {
        return begin(own, failure.attempt().next(), ctx);
    }

    // Dials the first of the addresses, or looks its name up.
    private static ConnectionState next(
            ConnectionState own, Attempt attempt, long began, List<Multiaddr> addresses, Context ctx) {
        long number = own.lastNumber() + 1;
        long until = ctx.now() + own.config().dialTimeout();
        Multiaddr address = addresses.getFirst();
        List<Multiaddr> left = addresses.subList(1, addresses.size());
        ctx.effect(
                DialOrder.hasName(address)
                        ? new ConnectionEffect.ResolveInit(number, attempt.peer(), address)
                        : new ConnectionEffect.ConnectInit(number, attempt.peer(), address));
        Connecting dialling = new Connecting(began, attempt, address, left, number, until);
        return withDial(own, dialling).withLastNumber(number).withDials(1);
    }

    // Beside a connection where there is one.
    private static ConnectionState withDial(ConnectionState own, Connecting dialling) {
        PeerId peer = dialling.attempt().peer();
        return own.withPhase(
                peer,
                own.phaseOf(peer) instanceof Connected connected
                        ? connected.withRacing(Optional.of(dialling))
                        : dialling);
    }

    /** A name was looked up: what it leads to is tried in its place, as far as it is worth a dial. */
    static ConnectionState resolved(ConnectionState own, Resolved fact, Context ctx) {
        PeerId peer = fact.peer();
        Connecting was = own.diallingTo(peer).orElseThrow();
        List<Multiaddr> found = candidates(own, worthDialling(own, fact.found(), peer)).stream()
                .filter(address -> !DialOrder.hasName(address))
                .toList();
        List<Multiaddr> left = new ArrayList<>(merged(found, was.left()));
        if (found.isEmpty()) {
            String text = "the name leads to no address that is worth a dial";
            return failed(own, was, ConnectionError.of(ConnectionError.Kind.RESOLUTION_FAILED, text), ctx);
        }
        int most = Math.min(left.size(), ConnectionState.MOST_LEFT);
        return next(own.withDials(-1), was.attempt(), was.time(), left.subList(0, most), ctx);
    }

    /** Gives a dial up; the peer's phase is the caller's. */
    static ConnectionState cancel(ConnectionState own, Connecting dialling, Context ctx) {
        ctx.effect(new ConnectionEffect.CancelDial(dialling.dial()));
        return own.withDials(-1);
    }

    /** A dial succeeded. */
    static ConnectionState connected(ConnectionState own, ConnectionAction.Connected fact, Context ctx) {
        PeerId peer = fact.peer();
        Connecting dial = own.diallingTo(peer).orElseThrow();
        List<Multiaddr> known = firstOf(dial.address(), dial.attempt().addresses(), own.config());
        Connected before = own.phaseOf(peer) instanceof Connected connected
                ? connected.withAddresses(known).withRacing(Optional.empty())
                : first(peer, fact.connection(), fact.address(), known, ctx);
        Connection connection = Connections.fresh(peer, Direction.OUTBOUND, fact.address(), fact.handshakeHash(), ctx);
        ConnectionState after = Connections.opened(
                own.withDials(-1).withFailures(own.failures().without(dial.address())),
                before,
                fact.connection(),
                connection);
        tell(dial.attempt().tickets(), peer, after.connectionTo(peer).orElseThrow(), ctx);
        return after;
    }

    /** The phase of a peer whose first connection has come up and is not in it yet. */
    static Connected first(PeerId peer, Handle handle, Multiaddr remote, List<Multiaddr> known, Context ctx) {
        return new Connected(ctx.now(), peer, remote, known, List.of(), handle, Optional.empty());
    }

    /** A dial failed at one address. */
    static ConnectionState failed(ConnectionState own, ConnectionAction.ConnectionFailed fact, Context ctx) {
        Connecting was = own.diallingTo(fact.peer()).orElseThrow();
        return failed(remembered(own, was, fact.error(), ctx), was, fact.error(), ctx);
    }

    private static ConnectionState failed(ConnectionState own, Connecting was, ConnectionError error, Context ctx) {
        PeerId peer = was.attempt().peer();
        ConnectionState ended = own.withDials(-1);
        if (own.phaseOf(peer) instanceof Connected connected) {
            return ended.withPhase(peer, connected.withRacing(Optional.empty()));
        }
        // An address that this node cannot dial is not tried again, unless it is the only one of a peer that is kept.
        List<Multiaddr> others = error.kind() == ConnectionError.Kind.UNSUPPORTED_ADDRESS
                ? was.attempt().addresses().stream()
                        .filter(known -> !known.equals(was.address()))
                        .toList()
                : was.attempt().addresses();
        Connecting tried = others.isEmpty() ? was : was.with(was.attempt().withAddresses(others));
        if (!was.left().isEmpty()) {
            return next(ended, tried.attempt(), was.time(), was.left(), ctx);
        }
        return ended.withPhase(
                peer,
                others.isEmpty() ? hopeless(own.config(), was, error, ctx) : failure(own.config(), tried, error, ctx));
    }

    // What failed at an address is no matter of the peer alone: whoever else is said to be there need not wait for it.
    private static ConnectionState remembered(ConnectionState own, Connecting was, ConnectionError error, Context ctx) {
        boolean isOfAddress = switch (error.kind()) {
            case UNREACHABLE, REFUSED, TIMED_OUT, RESOLUTION_FAILED, UNSUPPORTED_ADDRESS, IO -> true;
            default -> false;
        };
        Table<Multiaddr, AddressFailure> failures = own.failures();
        Optional<AddressFailure> before = failures.find(was.address());
        if (!isOfAddress || (before.isEmpty() && failures.size() >= ConnectionConfig.MOST_FAILED_ADDRESSES)) {
            return own;
        }
        int times = Math.min(before.map(AddressFailure::times).orElse(0) + 1, 64);
        long until = ctx.now() + backOff(own.config(), times, ctx.random());
        return own.withFailures(failures.with(was.address(), new AddressFailure(times, until)));
    }

    // Nobody waits for what cannot come, and nothing is tried again but a peer that is kept: it may get another
    // address.
    private static ConnectionFailed hopeless(
            ConnectionConfig config, Connecting was, ConnectionError error, Context ctx) {
        Attempt attempt = was.attempt();
        giveUp(attempt, error, ctx);
        Attempt left = attempt.withTickets(List.of());
        return waits(
                config,
                was,
                attempt.maxAttempts() == Attempt.ENDLESS ? left : left.atMost(attempt.attempts()),
                error,
                ctx);
    }

    private static ConnectionFailed failure(
            ConnectionConfig config, Connecting was, ConnectionError error, Context ctx) {
        Attempt attempt = was.attempt();
        if (attempt.attempts() < config.maxAttempts() && !attempt.isLast()) {
            return waits(config, was, attempt, error, ctx);
        }
        giveUp(attempt, error, ctx);
        return waits(config, was, attempt.withTickets(List.of()), error, ctx);
    }

    private static ConnectionFailed waits(
            ConnectionConfig config, Connecting was, Attempt attempt, ConnectionError error, Context ctx) {
        long again = attempt.isLast() ? Due.NEVER : ctx.now() + backOff(config, attempt.attempts(), ctx.random());
        return new ConnectionFailed(ctx.now(), attempt, was.dial(), was.address(), error, again);
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
        if (own.draining()) {
            giveUp(failure.attempt(), cancelled(), ctx);
            return own.withoutPhase(peer);
        }
        if (own.freeDials() > 0 && ConnectionGuards.hasRoomForConnection(own, peer)) {
            return again(own, failure, ctx);
        }
        long later = ctx.now() + backOff(own.config(), failure.attempt().attempts(), ctx.random());
        return own.withPhase(peer, failure.until(later));
    }

    /** The error of what is no longer wanted. */
    static ConnectionError cancelled() {
        return ConnectionError.of(ConnectionError.Kind.CANCELLED, "the connection is no longer wanted");
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

    // Addresses

    /** The addresses of a peer that may lead to it, as many as are kept. */
    static List<Multiaddr> worthDialling(ConnectionState own, List<Multiaddr> given, PeerId peer) {
        return DialOrder.of(given, peer, own.listenAddresses(), own.config().maxAddresses());
    }

    /** Those that did not fail lately; all, if all did. */
    private static List<Multiaddr> candidates(ConnectionState own, List<Multiaddr> addresses) {
        List<Multiaddr> good = addresses.stream()
                .filter(address -> !own.failures().has(address))
                .toList();
        return good.isEmpty() ? addresses : good;
    }

    /** The one list and then the other, each address once. */
    static List<Multiaddr> merged(List<Multiaddr> first, List<Multiaddr> then) {
        LinkedHashSet<Multiaddr> all = new LinkedHashSet<>(first);
        all.addAll(then);
        return List.copyOf(all);
    }

    /** A dial that has learned of other addresses: they are tried after those that are known. */
    static Connecting joined(ConnectionState own, Connecting dialling, List<Multiaddr> more) {
        Attempt attempt = dialling.attempt();
        List<Multiaddr> known = new ArrayList<>(attempt.addresses());
        List<Multiaddr> left = new ArrayList<>(dialling.left());
        int atMost = Math.max(known.size(), own.config().maxAddresses());
        for (Multiaddr address : more) {
            if (known.size() < atMost && left.size() < ConnectionState.MOST_LEFT && !known.contains(address)) {
                known.add(address);
                left.add(address);
            }
        }
        return dialling.with(attempt.withAddresses(known)).withLeft(left);
    }

    private static List<Multiaddr> firstOf(Multiaddr worked, List<Multiaddr> all, ConnectionConfig config) {
        List<Multiaddr> sorted = merged(List.of(worked), all);
        return sorted.subList(0, Math.min(sorted.size(), Math.max(all.size(), config.maxAddresses())));
    }
}
