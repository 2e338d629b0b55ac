package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.Accepted;
import dev.dunlin.connection.ConnectionAction.AddressForgiven;
import dev.dunlin.connection.ConnectionAction.Await;
import dev.dunlin.connection.ConnectionAction.BackOffEnded;
import dev.dunlin.connection.ConnectionAction.CloseTimedOut;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.Connect;
import dev.dunlin.connection.ConnectionAction.DialTimedOut;
import dev.dunlin.connection.ConnectionAction.Disconnect;
import dev.dunlin.connection.ConnectionAction.Drain;
import dev.dunlin.connection.ConnectionAction.DrainTimedOut;
import dev.dunlin.connection.ConnectionAction.Hold;
import dev.dunlin.connection.ConnectionAction.IdleTimedOut;
import dev.dunlin.connection.ConnectionAction.Keep;
import dev.dunlin.connection.ConnectionAction.Listen;
import dev.dunlin.connection.ConnectionAction.ListenFailed;
import dev.dunlin.connection.ConnectionAction.ListenTimedOut;
import dev.dunlin.connection.ConnectionAction.ListenerClosed;
import dev.dunlin.connection.ConnectionAction.Listening;
import dev.dunlin.connection.ConnectionAction.Release;
import dev.dunlin.connection.ConnectionAction.Reset;
import dev.dunlin.connection.ConnectionAction.Resolved;
import dev.dunlin.connection.ConnectionAction.Retry;
import dev.dunlin.connection.ConnectionAction.StopListening;
import dev.dunlin.connection.ConnectionAction.StopTimedOut;
import dev.dunlin.connection.ConnectionAction.Unkeep;
import dev.dunlin.connection.ConnectionAction.WentAway;
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
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pure function of the connection machine. */
final class ConnectionReducer {

    private ConnectionReducer() {}

    static ConnectionState reduce(ConnectionState own, ConnectionAction action, Context ctx) {
        return Keeps.refilled(own, reduced(own, action, ctx), ctx);
    }

    private static ConnectionState reduced(ConnectionState own, ConnectionAction action, Context ctx) {
        return switch (action) {
            case Connect wish -> connect(own, wish, ctx);
            case Await wish -> await(own, wish, ctx);
            case ConnectionAction.Withdraw(PeerId peer, Ticket ticket) -> withdrawn(own, peer, ticket);
            case Disconnect(PeerId peer) -> leave(own, peer, ctx);
            case Reset(PeerId peer) -> leave(own.withKept(own.kept().without(peer)), peer, ctx);
            case Retry(PeerId peer) -> Dials.again(own, own.failureOf(peer).orElseThrow(), ctx);
            case Keep wish -> Keeps.keep(own, wish, ctx);
            case ConnectionAction.AddressesLearned fact -> Keeps.learned(own, fact, ctx);
            case Unkeep(PeerId peer, String why) -> Keeps.unkeep(own, peer, why, ctx);
            case ConnectionAction.Ban wish -> banned(own, wish, ctx);
            case ConnectionAction.Unban(PeerId peer) -> own.withBans(own.bans().without(peer));
            case ConnectionAction.BanEnded(PeerId peer) ->
                own.withBans(own.bans().without(peer));
            case Drain() -> {
                own.listeners().keys().forEach(address -> ctx.then(new StopListening(address)));
                yield own.drained();
            }
            case Resolved fact -> Dials.resolved(own, fact, ctx);
            case ConnectionAction.Connected fact -> Dials.connected(own, fact, ctx);
            case ConnectionAction.ConnectionFailed fact -> Dials.failed(own, fact, ctx);
            case DialTimedOut due -> Dials.timedOut(own, due, ctx);
            case BackOffEnded(PeerId peer) -> Dials.backOffEnded(own, peer, ctx);
            case AddressForgiven(Multiaddr address) ->
                own.withFailures(own.failures().without(address));
            case Accepted fact -> accepted(own, fact, ctx);
            case WentAway fact -> Connections.wentAway(own, fact.connection(), ctx);
            case Closed fact -> Connections.closed(own, fact, ctx);
            case Hold(Handle connection, PeerId _) -> Connections.used(own, connection, 1, ctx);
            case Release(Handle connection, PeerId _) -> Connections.used(own, connection, -1, ctx);
            case IdleTimedOut(Handle connection, PeerId _) -> Connections.idle(own, connection, ctx);
            case DrainTimedOut(Handle connection, PeerId _) -> Connections.drained(own, connection, ctx);
            case CloseTimedOut(Handle connection, PeerId _) ->
                Connections.closing(own, connection, CloseReason.TIMED_OUT, ctx);
            case Listen wish -> Listeners.listen(own, wish, ctx);
            case Listening fact -> Listeners.listening(own, fact, ctx);
            case ConnectionAction.Rebound fact -> Listeners.rebound(own, fact);
            case ConnectionAction.NetworkCame() -> Keeps.atOnce(own, ctx);
            case ListenFailed fact -> Listeners.failed(own, fact, ctx);
            case StopListening wish -> Listeners.stop(own, wish, ctx);
            case ListenerClosed fact -> Listeners.closed(own, fact);
            case ListenTimedOut due -> Listeners.timedOut(own, due, ctx);
            case StopTimedOut due -> Listeners.stopTimedOut(own, due, ctx);
        };
    }

    private static ConnectionState withdrawn(ConnectionState own, PeerId peer, Ticket ticket) {
        return switch (own.phaseOf(peer)) {
            case Connecting dialling ->
                own.withPhase(peer, dialling.with(dialling.attempt().without(ticket)));
            case ConnectionFailed failure ->
                own.withPhase(peer, failure.with(failure.attempt().without(ticket)));
            case Connected _, Disconnected _ -> own;
        };
    }

    // Sockets and dials of the last run are gone, and so are those who kept peers; who can be dialled is known still,
    // and is dialled again.
    static ConnectionState configured(ConnectionState own, Table<String, String> config, long now) {
        ConnectionState after = own.with(ConnectionConfig.of(config));
        after = after.withEnds(own.ends().atMost(after.config().maxEnds()));
        for (PeerId peer : own.peers().keys()) {
            after = Connections.timed(after, peer);
        }
        return after;
    }

    static ConnectionState boot(ConnectionState own, NodeAction.Booted booted, Context ctx) {
        ConnectionState fresh = new ConnectionState(
                ConnectionConfig.of(booted.config()),
                ConnectionState.Peers.NONE,
                OpenConnections.NONE,
                Table.empty(),
                own.failures(),
                Ends.NONE,
                kept(own.bans(), ConnectionConfig.of(booted.config()).maxBans(), ctx),
                false,
                own.lastNumber());
        fresh = fresh.withEnds(own.ends().atMost(fresh.config().maxEnds()));
        for (Map.Entry<PeerId, Phase> entry : own.peers()) {
            Optional<ConnectionFailed> kept = switch (entry.getValue()) {
                case Connecting was -> restarted(entry.getKey(), was.attempt().addresses(), fresh.config(), ctx);
                case Connected was -> restarted(entry.getKey(), was.addresses(), fresh.config(), ctx);
                case ConnectionFailed was
                when was.attempt().maxAttempts() == Attempt.ENDLESS ->
                    restarted(entry.getKey(), was.attempt().addresses(), fresh.config(), ctx);
                case ConnectionFailed was -> Optional.of(was.with(was.attempt().withTickets(List.of())));
                case Disconnected _ -> Optional.empty();
            };
            if (kept.isPresent()
                    && (kept.get().isPermanent()
                            || fresh.activePeers() < fresh.config().maxPeers())) {
                fresh = fresh.withPhase(entry.getKey(), kept.get());
            }
        }
        return fresh;
    }

    // With less room than there was, the newest stay.
    private static Table<PeerId, Ban> kept(Table<PeerId, Ban> bans, int most, Context ctx) {
        List<Map.Entry<PeerId, Ban>> newest = new ArrayList<>();
        bans.forEach(newest::add);
        // Of equal ones the first by their ids go, as the sort is stable.
        newest.sort(Comparator.comparingLong(entry -> entry.getValue().since()));
        Table<PeerId, Ban> kept = Table.empty();
        for (Map.Entry<PeerId, Ban> entry : newest.subList(Math.max(0, newest.size() - most), newest.size())) {
            kept = kept.with(entry.getKey(), entry.getValue().from(ctx.now(), ctx.wallTime()));
        }
        return kept;
    }

    private static Optional<ConnectionFailed> restarted(
            PeerId peer, List<Multiaddr> addresses, ConnectionConfig config, Context ctx) {
        if (addresses.isEmpty()) {
            return Optional.empty();
        }
        ConnectionError error = ConnectionError.of(ConnectionError.Kind.NODE_RESTARTED, "the node was restarted");
        Attempt none = new Attempt(peer, 0, config.maxAttempts(), addresses, List.of());
        // Spread, so that a restart does not dial all at once.
        long at = ctx.now() + 1 + ctx.random().nextLong(config.retryBase());
        return Optional.of(new ConnectionFailed(ctx.now(), none, 0, addresses.getFirst(), error, at));
    }

    private static ConnectionState connect(ConnectionState own, Connect wish, Context ctx) {
        PeerId peer = wish.peer();
        return switch (own.phaseOf(peer)) {
            case Connected connected -> told(own, connected, wish.ticket(), ctx);
            case Connecting dialling ->
                own.withPhase(
                        peer,
                        waiting(
                                Dials.joined(own, dialling, Dials.worthDialling(own, wish.addresses(), peer)),
                                wish.ticket()));
            case Disconnected _ -> begin(own, wish, List.of(), ctx);
            case ConnectionFailed failure -> begin(own, wish, failure.attempt().tickets(), ctx);
        };
    }

    private static ConnectionState begin(ConnectionState own, Connect wish, List<Ticket> waiting, Context ctx) {
        int atMost = own.isKept(wish.peer()) ? Attempt.ENDLESS : own.config().maxAttempts();
        return Dials.begin(
                own,
                new Attempt(
                        wish.peer(),
                        1,
                        atMost,
                        ConnectionGuards.addressesFor(own, wish),
                        Dials.added(waiting, wish.ticket())),
                ctx);
    }

    private static ConnectionState await(ConnectionState own, Await wish, Context ctx) {
        return switch (own.phaseOf(wish.peer())) {
            case Connecting dialling -> own.withPhase(wish.peer(), waiting(dialling, wish.ticket()));
            case Connected connected -> told(own, connected, wish.ticket(), ctx);
            case Disconnected _, ConnectionFailed _ -> own;
        };
    }

    private static Connecting waiting(Connecting dialling, Ticket ticket) {
        Attempt attempt = dialling.attempt();
        return dialling.with(attempt.withTickets(Dials.added(attempt.tickets(), ticket)));
    }

    private static ConnectionState told(ConnectionState own, Connected connected, Ticket ticket, Context ctx) {
        Dials.tell(List.of(ticket), connected.peer(), connected.current(), ctx);
        return Connections.told(own, connected.current(), ctx);
    }

    /** How an open connection is ended. */
    @FunctionalInterface
    private interface Ending {
        ConnectionState end(ConnectionState own, Handle connection, Context ctx);
    }

    private static ConnectionState leave(ConnectionState own, PeerId peer, Context ctx) {
        return leave(own, peer, Connections::leave, ctx);
    }

    // To Disconnected, from every other phase.
    private static ConnectionState leave(ConnectionState own, PeerId peer, Ending how, Context ctx) {
        ConnectionState left = own;
        switch (own.phaseOf(peer)) {
            case Connecting dialling -> {
                Dials.giveUp(dialling.attempt(), Dials.cancelled(), ctx);
                left = Connections.calledOff(Dials.cancel(own, dialling, ctx), peer, dialling.address(), ctx);
            }
            case Connected connected -> {
                if (connected.racing().isPresent()) {
                    left = Dials.cancel(own, connected.racing().get(), ctx);
                }
                for (Handle handle : connected.open()) {
                    left = how.end(left, handle, ctx);
                }
            }
            case ConnectionFailed failure -> {
                Dials.giveUp(failure.attempt(), Dials.cancelled(), ctx);
                left = Connections.calledOff(own, peer, failure.address(), ctx);
            }
            case Disconnected _ -> {
                // Nothing to leave.
            }
        }
        return left.withoutPhase(peer);
    }

    // Its streams are not waited for, and neither are those of connections that drain.
    private static ConnectionState banned(ConnectionState own, ConnectionAction.Ban wish, Context ctx) {
        PeerId peer = wish.peer();
        long wall = ctx.wallTime();
        long since = own.bans().find(peer).map(Ban::since).orElse(wall);
        boolean ends = wish.span() > 0 && wish.span() <= Due.NEVER - Math.max(wall, ctx.now());
        Ban ban = new Ban(wish.why(), since, ends ? wall + wish.span() : Due.NEVER, Due.NEVER).from(ctx.now(), wall);
        Ending atOnce = (state, open, at) -> Connections.closing(state, open, CloseReason.BANNED, at);
        ConnectionState left = leave(own.withKept(own.kept().without(peer)), peer, atOnce, ctx);
        if (own.open().held().has(peer)) {
            for (Map.Entry<Handle, Connection> entry : left.connections()) {
                if (entry.getValue().peer().equals(peer) && !entry.getValue().isClosing()) {
                    left = Connections.closing(left, entry.getKey(), CloseReason.BANNED, ctx);
                }
            }
        }
        return left.withBans(left.bans().with(peer, ban));
    }

    // A dial on its way goes on: the other side may have been told already that it succeeded.
    private static ConnectionState accepted(ConnectionState own, Accepted fact, Context ctx) {
        PeerId peer = fact.peer();
        Handle handle = fact.connection();
        Connection connection =
                Connections.fresh(peer, Direction.INBOUND, fact.remoteAddress(), fact.handshakeHash(), ctx);
        Connected fresh = Dials.first(peer, handle, fact.remoteAddress(), List.of(), ctx);
        Connected before = switch (own.phaseOf(peer)) {
            case Disconnected _ -> fresh;
            case ConnectionFailed failure ->
                fresh.withAddresses(failure.attempt().addresses());
            case Connecting dialling ->
                fresh.withAddresses(dialling.attempt().addresses())
                        .withRacing(Optional.of(dialling.with(dialling.attempt().withTickets(List.of()))));
            case Connected connected -> connected;
        };
        List<Ticket> waiting = switch (own.phaseOf(peer)) {
            case ConnectionFailed failure -> failure.attempt().tickets();
            case Connecting dialling -> dialling.attempt().tickets();
            case Disconnected _, Connected _ -> List.of();
        };
        Dials.tell(waiting, peer, handle, ctx);
        return Connections.withinShare(Connections.opened(own, before, handle, connection), handle, ctx);
    }
}
