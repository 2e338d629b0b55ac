package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.Accepted;
import dev.dunlin.connection.ConnectionAction.Await;
import dev.dunlin.connection.ConnectionAction.CloseTimedOut;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.Connect;
import dev.dunlin.connection.ConnectionAction.ConnectDone;
import dev.dunlin.connection.ConnectionAction.ConnectGaveUp;
import dev.dunlin.connection.ConnectionAction.ConnectRefused;
import dev.dunlin.connection.ConnectionAction.DialTimedOut;
import dev.dunlin.connection.ConnectionAction.Disconnect;
import dev.dunlin.connection.ConnectionAction.Hold;
import dev.dunlin.connection.ConnectionAction.IdleTimedOut;
import dev.dunlin.connection.ConnectionAction.Listen;
import dev.dunlin.connection.ConnectionAction.ListenDone;
import dev.dunlin.connection.ConnectionAction.ListenFailed;
import dev.dunlin.connection.ConnectionAction.ListenGaveUp;
import dev.dunlin.connection.ConnectionAction.ListenRefused;
import dev.dunlin.connection.ConnectionAction.ListenTimedOut;
import dev.dunlin.connection.ConnectionAction.ListenerClosed;
import dev.dunlin.connection.ConnectionAction.Listening;
import dev.dunlin.connection.ConnectionAction.Release;
import dev.dunlin.connection.ConnectionAction.Reset;
import dev.dunlin.connection.ConnectionAction.Retry;
import dev.dunlin.connection.ConnectionAction.Started;
import dev.dunlin.connection.ConnectionAction.StopListening;
import dev.dunlin.connection.ConnectionAction.StopTimedOut;
import dev.dunlin.connection.ConnectionAction.Tick;
import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.Connection;
import dev.dunlin.connection.ConnectionState.ConnectionFailed;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.connection.ConnectionState.Phase;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pure function of the connection machine. */
final class ConnectionReducer {

    private ConnectionReducer() {}

    static ConnectionState reduce(ConnectionState own, ConnectionAction action, Context ctx) {
        return switch (action) {
            case Started(ConnectionConfig config) -> started(own, config, ctx);
            case Connect wish -> connect(own, wish, ctx);
            case Await wish -> await(own, wish, ctx);
            case Disconnect(PeerId peer) -> leave(own, peer, ctx);
            case Reset(PeerId peer) -> leave(own, peer, ctx);
            case Retry(PeerId peer) -> retry(own, peer, ctx);
            case ConnectionAction.Connected fact -> connected(own, fact, ctx);
            case ConnectionAction.ConnectionFailed fact -> failed(own, fact, ctx);
            case Accepted fact -> accepted(own, fact, ctx);
            case Closed(Handle connection, PeerId _, CloseReason _) -> Sockets.closed(own, connection);
            case Hold(Handle connection, PeerId _) -> Sockets.used(own, connection, 1, ctx.now());
            case Release(Handle connection, PeerId _) -> Sockets.used(own, connection, -1, ctx.now());
            case Tick _ -> ConnectionClock.tick(own, ctx);
            case DialTimedOut(long dial, PeerId peer) -> dialTimedOut(own, dial, peer, ctx);
            case IdleTimedOut(Handle connection, PeerId _) -> Sockets.close(own, connection, CloseReason.IDLE, ctx);
            case CloseTimedOut(Handle connection, PeerId _) ->
                Sockets.closing(own, connection, CloseReason.TIMED_OUT, ctx);
            case Listen wish -> Listeners.listen(own, wish, ctx);
            case Listening fact -> Listeners.listening(own, fact, ctx);
            case ListenFailed fact -> Listeners.failed(own, fact, ctx);
            case StopListening wish -> Listeners.stop(own, wish, ctx);
            case ListenerClosed fact -> Listeners.closed(own, fact);
            case ListenTimedOut due -> Listeners.timedOut(own, due, ctx);
            case StopTimedOut due -> Listeners.stopTimedOut(own, due, ctx);
            case ConnectDone _, ConnectGaveUp _, ConnectRefused _, ListenDone _, ListenGaveUp _, ListenRefused _ -> own;
        };
    }

    // Sockets and dials of the last run are gone; who can be dialled is known still, and is dialled again.
    private static ConnectionState started(ConnectionState own, ConnectionConfig config, Context ctx) {
        Table<PeerId, Phase> peers = Table.empty();
        var deadlines = ConnectionState.INITIAL.due().peers();
        for (Map.Entry<PeerId, Phase> entry : own.peers()) {
            PeerId peer = entry.getKey();
            Optional<ConnectionFailed> kept = switch (entry.getValue()) {
                case Connecting was -> restarted(peer, was.addresses(), config, ctx.now());
                case Connected was -> restarted(peer, was.addresses(), config, ctx.now());
                case ConnectionFailed was -> Optional.of(withTickets(was, List.of()));
                case Disconnected _ -> Optional.empty();
            };
            if (kept.isPresent() && peers.size() < config.maxPeers()) {
                peers = peers.with(peer, kept.get());
                // Spread, so that a restart does not dial all at once.
                long fresh = ctx.now() + 1 + ctx.random().nextLong(config.retryBase());
                deadlines = deadlines.with(
                        peer,
                        entry.getValue() instanceof ConnectionFailed
                                ? own.due().peers().at(peer).orElse(fresh)
                                : fresh);
            }
        }
        return new ConnectionState(
                config,
                new ConnectionState.Peers(peers, 0),
                OpenConnections.NONE,
                Table.empty(),
                own.lastNumber(),
                ConnectionDeadlines.NONE.withPeers(deadlines));
    }

    private static Optional<ConnectionFailed> restarted(
            PeerId peer, List<Multiaddr> addresses, ConnectionConfig config, long now) {
        ConnectionError error = ConnectionError.of(ConnectionError.Kind.NODE_RESTARTED, "the node was restarted");
        return addresses.isEmpty()
                ? Optional.empty()
                : Optional.of(new ConnectionFailed(
                        now, peer, addresses.getFirst(), error, 0, config.maxAttempts(), addresses, List.of()));
    }

    private static ConnectionState connect(ConnectionState own, Connect wish, Context ctx) {
        Optional<String> refusal = ConnectionGuards.CONNECT.refusal(own, wish);
        if (refusal.isPresent()) {
            ctx.then(new ConnectRefused(wish.ticket(), wish.peer(), refusal.get()));
            return own;
        }
        PeerId peer = wish.peer();
        return switch (own.phaseOf(peer)) {
            case Connected _ -> tellNewest(own, peer, wish.ticket(), ctx);
            case Connecting dialling ->
                Sockets.with(
                        own, peer, joined(own, dialling, wish).withTickets(added(dialling.tickets(), wish.ticket())));
            case Disconnected _ -> begin(own, wish, List.of(), ctx);
            case ConnectionFailed failure -> begin(own, wish, failure.tickets(), ctx);
        };
    }

    private static ConnectionState begin(ConnectionState own, Connect wish, List<Ticket> waiting, Context ctx) {
        List<Multiaddr> addresses = ConnectionGuards.addressesFor(own, wish);
        return dial(
                own,
                wish.peer(),
                ctx.now(),
                1,
                own.config().maxAttempts(),
                addresses,
                0,
                added(waiting, wish.ticket()),
                ctx);
    }

    // What the newcomer knows is tried after what is known.
    private static Connecting joined(ConnectionState own, Connecting dialling, Connect wish) {
        List<Multiaddr> all = new ArrayList<>(dialling.addresses());
        int atMost = Math.max(all.size(), own.config().maxAddresses());
        for (Multiaddr address : DialOrder.of(wish.addresses(), wish.peer(), own.listenAddresses(), atMost)) {
            if (all.size() < atMost && !all.contains(address)) {
                all.add(address);
            }
        }
        return dialling.withAddresses(all);
    }

    private static ConnectionState await(ConnectionState own, Await wish, Context ctx) {
        Optional<String> refusal = ConnectionGuards.AWAIT.refusal(own, wish);
        if (refusal.isPresent()) {
            ctx.then(new ConnectRefused(wish.ticket(), wish.peer(), refusal.get()));
            return own;
        }
        if (own.phaseOf(wish.peer()) instanceof Connecting dialling) {
            return Sockets.with(own, wish.peer(), dialling.withTickets(added(dialling.tickets(), wish.ticket())));
        }
        return tellNewest(own, wish.peer(), wish.ticket(), ctx);
    }

    private static ConnectionState tellNewest(ConnectionState own, PeerId peer, Ticket ticket, Context ctx) {
        own.connectionTo(peer).ifPresent(newest -> tell(List.of(ticket), peer, newest, ctx));
        return own;
    }

    // To Disconnected, from every other phase.
    private static ConnectionState leave(ConnectionState own, PeerId peer, Context ctx) {
        ConnectionError cancelled =
                ConnectionError.of(ConnectionError.Kind.CANCELLED, "the connection is no longer wanted");
        ConnectionState left = switch (own.phaseOf(peer)) {
            case Disconnected _ -> own;
            case Connecting dialling -> {
                giveUp(dialling.tickets(), peer, cancelled, ctx);
                yield cancel(own, dialling, ctx);
            }
            case Connected connected -> {
                ConnectionState closing = connected.racing().isPresent()
                        ? cancel(own, connected.racing().get(), ctx)
                        : own;
                for (Handle handle : connected.open()) {
                    closing = Sockets.closing(closing, handle, CloseReason.LOCAL, ctx);
                }
                yield closing;
            }
            case ConnectionFailed failure -> {
                giveUp(failure.tickets(), peer, cancelled, ctx);
                yield own;
            }
        };
        return Sockets.forgotten(left, peer);
    }

    private static ConnectionState retry(ConnectionState own, PeerId peer, Context ctx) {
        if (!(own.phaseOf(peer) instanceof ConnectionFailed failure)) {
            throw new IllegalStateException("no failure of " + peer);
        }
        return dial(
                own,
                peer,
                ctx.now(),
                failure.attempts() + 1,
                failure.maxAttempts(),
                failure.addresses(),
                0,
                failure.tickets(),
                ctx);
    }

    private static ConnectionState connected(ConnectionState own, ConnectionAction.Connected fact, Context ctx) {
        PeerId peer = fact.peer();
        Handle handle = fact.connection();
        Connection connection =
                Sockets.connection(peer, Direction.OUTBOUND, fact.address(), fact.handshakeHash(), ctx.now());
        ConnectionState open = Sockets.opened(own.withDials(-1), handle, connection);
        open = open.withDue(due -> due.without(peer));
        return switch (own.phaseOf(peer)) {
            case Connecting dialling -> {
                tell(dialling.tickets(), peer, handle, ctx);
                List<Multiaddr> known = firstOf(dialling.address(), dialling.addresses());
                yield Sockets.with(
                        open,
                        peer,
                        new Connected(ctx.now(), peer, fact.address(), known, List.of(handle), Optional.empty()));
            }
            case Connected before -> {
                List<Multiaddr> known = before.racing()
                        .map(dialling -> firstOf(dialling.address(), dialling.addresses()))
                        .orElse(before.addresses());
                yield Duplicates.settle(
                        Sockets.with(
                                open,
                                peer,
                                new Connected(
                                        before.time(),
                                        peer,
                                        fact.address(),
                                        known,
                                        added(before.open(), handle),
                                        Optional.empty())),
                        peer,
                        handle,
                        ctx);
            }
            case Disconnected _, ConnectionFailed _ -> throw new IllegalStateException("no dial to " + peer);
        };
    }

    private static ConnectionState failed(ConnectionState own, ConnectionAction.ConnectionFailed fact, Context ctx) {
        PeerId peer = fact.peer();
        ConnectionState ended = own.withDials(-1);
        return switch (own.phaseOf(peer)) {
            case Connecting was
            when was.hasNext() ->
                dial(
                        ended,
                        peer,
                        was.time(),
                        was.attempts(),
                        was.maxAttempts(),
                        was.addresses(),
                        was.index() + 1,
                        was.tickets(),
                        ctx);
            case Connecting was -> failedForNow(ended, was, fact.error(), ctx);
            case Connected connected ->
                Sockets.with(ended, peer, connected.withRacing(Optional.empty()))
                        .withDue(due -> due.without(peer));
            case Disconnected _, ConnectionFailed _ -> throw new IllegalStateException("no dial to " + peer);
        };
    }

    private static ConnectionState failedForNow(
            ConnectionState own, Connecting was, ConnectionError error, Context ctx) {
        ConnectionFailed failure = new ConnectionFailed(
                ctx.now(),
                was.peer(),
                was.address(),
                error,
                was.attempts(),
                was.maxAttempts(),
                was.addresses(),
                was.tickets());
        long retry = ctx.now() + ConnectionClock.backOff(own.config(), was.attempts(), ctx.random());
        if (failure.hasGivenUp()) {
            giveUp(was.tickets(), was.peer(), error, ctx);
            return failedUntil(
                    own,
                    withTickets(failure, List.of()),
                    ctx.now() + own.config().failedMemory());
        }
        return failedUntil(own, failure, retry);
    }

    private static ConnectionState failedUntil(ConnectionState own, ConnectionFailed failure, long next) {
        return Sockets.with(own, failure.peer(), failure).withDue(due -> due.with(failure.peer(), next));
    }

    private static ConnectionState accepted(ConnectionState own, Accepted fact, Context ctx) {
        PeerId peer = fact.peer();
        Handle handle = fact.connection();
        Connection connection =
                Sockets.connection(peer, Direction.INBOUND, fact.remoteAddress(), fact.handshakeHash(), ctx.now());
        ConnectionState open = Sockets.opened(own, handle, connection);
        Connected fresh =
                new Connected(ctx.now(), peer, fact.remoteAddress(), List.of(), List.of(handle), Optional.empty());
        return switch (own.phaseOf(peer)) {
            case Disconnected _ -> Sockets.with(open, peer, fresh);
            case ConnectionFailed failure -> {
                tell(failure.tickets(), peer, handle, ctx);
                yield Sockets.with(open, peer, withAddresses(fresh, failure.addresses()))
                        .withDue(due -> due.without(peer));
            }
            case Connecting dialling -> {
                tell(dialling.tickets(), peer, handle, ctx);
                Connected connected = withAddresses(fresh, dialling.addresses());
                yield Duplicates.preferred(own.config(), peer).orElse(Direction.OUTBOUND) == Direction.INBOUND
                        ? Sockets.with(cancel(open, dialling, ctx), peer, connected)
                        : Sockets.with(open, peer, connected.withRacing(Optional.of(dialling.withTickets(List.of()))));
            }
            case Connected before ->
                Duplicates.settle(
                        Sockets.with(
                                open,
                                peer,
                                new Connected(
                                        before.time(),
                                        peer,
                                        fact.remoteAddress(),
                                        before.addresses(),
                                        added(before.open(), handle),
                                        before.racing())),
                        peer,
                        handle,
                        ctx);
        };
    }

    private static ConnectionState dialTimedOut(ConnectionState own, long dial, PeerId peer, Context ctx) {
        Connecting dialling = switch (own.phaseOf(peer)) {
            case Connecting connecting -> connecting;
            case Connected connected -> connected.racing().orElseThrow();
            case Disconnected _, ConnectionFailed _ -> throw new IllegalStateException("no dial to " + peer);
        };
        ctx.effect(new ConnectionEffect.CancelDial(dial));
        ctx.then(new ConnectionAction.ConnectionFailed(
                dial,
                peer,
                dialling.address(),
                ConnectionError.of(ConnectionError.Kind.TIMED_OUT, "no connection came up in time")));
        return own;
    }

    private static ConnectionState dial(
            ConnectionState own,
            PeerId peer,
            long time,
            int attempts,
            int maxAttempts,
            List<Multiaddr> addresses,
            int index,
            List<Ticket> tickets,
            Context ctx) {
        long number = own.lastNumber() + 1;
        Multiaddr address = addresses.get(index);
        ctx.effect(new ConnectionEffect.ConnectInit(number, peer, address));
        Connecting dialling =
                new Connecting(time, peer, address, attempts, maxAttempts, addresses, index, number, tickets);
        return Sockets.with(own, peer, dialling)
                .withLastNumber(number)
                .withDials(1)
                .withDue(due -> due.with(peer, ctx.now() + own.config().dialTimeout()));
    }

    private static ConnectionState cancel(ConnectionState own, Connecting dialling, Context ctx) {
        ctx.effect(new ConnectionEffect.CancelDial(dialling.dial()));
        return own.withDials(-1).withDue(due -> due.without(dialling.peer()));
    }

    private static Connected withAddresses(Connected connected, List<Multiaddr> addresses) {
        return new Connected(
                connected.time(),
                connected.peer(),
                connected.address(),
                addresses,
                connected.open(),
                connected.racing());
    }

    private static ConnectionFailed withTickets(ConnectionFailed failure, List<Ticket> tickets) {
        return new ConnectionFailed(
                failure.time(),
                failure.peer(),
                failure.address(),
                failure.error(),
                failure.attempts(),
                failure.maxAttempts(),
                failure.addresses(),
                tickets);
    }

    private static void tell(List<Ticket> tickets, PeerId peer, Handle connection, Context ctx) {
        for (Ticket ticket : tickets) {
            if (!ticket.equals(Ticket.NONE)) {
                ctx.then(new ConnectDone(ticket, peer, connection));
            }
        }
    }

    private static void giveUp(List<Ticket> tickets, PeerId peer, ConnectionError error, Context ctx) {
        for (Ticket ticket : tickets) {
            ctx.then(new ConnectGaveUp(ticket, peer, error));
        }
    }

    private static List<Ticket> added(List<Ticket> tickets, Ticket ticket) {
        if (ticket.equals(Ticket.NONE)) {
            return tickets;
        }
        List<Ticket> all = new ArrayList<>(tickets);
        all.add(ticket);
        return all;
    }

    private static List<Handle> added(List<Handle> open, Handle handle) {
        List<Handle> all = new ArrayList<>(open);
        all.add(handle);
        return all;
    }

    private static List<Multiaddr> firstOf(Multiaddr worked, List<Multiaddr> all) {
        List<Multiaddr> sorted = new ArrayList<>(all);
        sorted.remove(worked);
        sorted.addFirst(worked);
        return sorted;
    }
}
