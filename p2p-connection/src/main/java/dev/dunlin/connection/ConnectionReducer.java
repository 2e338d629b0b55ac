package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.Accepted;
import dev.dunlin.connection.ConnectionAction.Await;
import dev.dunlin.connection.ConnectionAction.BackOffEnded;
import dev.dunlin.connection.ConnectionAction.CloseTimedOut;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.Connect;
import dev.dunlin.connection.ConnectionAction.DialTimedOut;
import dev.dunlin.connection.ConnectionAction.Disconnect;
import dev.dunlin.connection.ConnectionAction.FailureForgotten;
import dev.dunlin.connection.ConnectionAction.Hold;
import dev.dunlin.connection.ConnectionAction.IdleTimedOut;
import dev.dunlin.connection.ConnectionAction.Listen;
import dev.dunlin.connection.ConnectionAction.ListenFailed;
import dev.dunlin.connection.ConnectionAction.ListenTimedOut;
import dev.dunlin.connection.ConnectionAction.ListenerClosed;
import dev.dunlin.connection.ConnectionAction.Listening;
import dev.dunlin.connection.ConnectionAction.Release;
import dev.dunlin.connection.ConnectionAction.Reset;
import dev.dunlin.connection.ConnectionAction.Retry;
import dev.dunlin.connection.ConnectionAction.StopListening;
import dev.dunlin.connection.ConnectionAction.StopTimedOut;
import dev.dunlin.connection.ConnectionState.Attempt;
import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.ConnectionFailed;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.connection.ConnectionState.Phase;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction;
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
            case Connect wish -> connect(own, wish, ctx);
            case Await wish -> await(own, wish, ctx);
            case Disconnect(PeerId peer) -> leave(own, peer, ctx);
            case Reset(PeerId peer) -> leave(own, peer, ctx);
            case Retry(PeerId peer) -> Dials.again(own, own.failureOf(peer).orElseThrow(), ctx);
            case ConnectionAction.Connected fact -> Dials.connected(own, fact, ctx);
            case ConnectionAction.ConnectionFailed fact -> Dials.failed(own, fact, ctx);
            case DialTimedOut due -> Dials.timedOut(own, due, ctx);
            case BackOffEnded(PeerId peer) -> Dials.backOffEnded(own, peer, ctx);
            case FailureForgotten(PeerId peer) -> own.withoutPhase(peer);
            case Accepted fact -> accepted(own, fact, ctx);
            case Closed(Handle connection, PeerId _, CloseReason _) -> Sockets.closed(own, connection);
            case Hold(Handle connection, PeerId _) -> Sockets.used(own, connection, 1, ctx);
            case Release(Handle connection, PeerId _) -> Sockets.used(own, connection, -1, ctx);
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
        };
    }

    // Sockets and dials of the last run are gone; who can be dialled is known still, and is dialled again.
    static ConnectionState boot(ConnectionState own, NodeAction.Booted booted, Context ctx) {
        ConnectionConfig config = ConnectionConfig.of(booted.config());
        Table<PeerId, Phase> peers = Table.empty();
        for (Map.Entry<PeerId, Phase> entry : own.peers()) {
            if (peers.size() == config.maxPeers()) {
                break;
            }
            Optional<ConnectionFailed> kept = switch (entry.getValue()) {
                case Connecting was -> restarted(entry.getKey(), was.attempt().addresses(), config, ctx);
                case Connected was -> restarted(entry.getKey(), was.addresses(), config, ctx);
                case ConnectionFailed was -> Optional.of(was.with(was.attempt().withTickets(List.of())));
                case Disconnected _ -> Optional.empty();
            };
            if (kept.isPresent()) {
                peers = peers.with(entry.getKey(), kept.get());
            }
        }
        return new ConnectionState(
                config, new ConnectionState.Peers(peers, 0), OpenConnections.NONE, Table.empty(), own.lastNumber());
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
        return Optional.of(new ConnectionFailed(ctx.now(), none, addresses.getFirst(), error, at));
    }

    private static ConnectionState connect(ConnectionState own, Connect wish, Context ctx) {
        PeerId peer = wish.peer();
        return switch (own.phaseOf(peer)) {
            case Connected connected -> told(own, connected, wish.ticket(), ctx);
            case Connecting dialling -> {
                Attempt attempt = dialling.attempt();
                Attempt joined = attempt.withAddresses(joined(own, attempt.addresses(), wish));
                yield own.withPhase(peer, waiting(dialling.with(joined), wish.ticket()));
            }
            case Disconnected _ -> begin(own, wish, List.of(), ctx);
            case ConnectionFailed failure -> begin(own, wish, failure.attempt().tickets(), ctx);
        };
    }

    private static ConnectionState begin(ConnectionState own, Connect wish, List<Ticket> waiting, Context ctx) {
        List<Multiaddr> addresses = ConnectionGuards.addressesFor(own, wish);
        Attempt first =
                new Attempt(wish.peer(), 1, own.config().maxAttempts(), addresses, Dials.added(waiting, wish.ticket()));
        return Dials.dial(own, first, ctx.now(), 0, ctx);
    }

    // What the newcomer knows is tried after what is known.
    private static List<Multiaddr> joined(ConnectionState own, List<Multiaddr> known, Connect wish) {
        List<Multiaddr> all = new ArrayList<>(known);
        int atMost = Math.max(all.size(), own.config().maxAddresses());
        for (Multiaddr address : DialOrder.of(wish.addresses(), wish.peer(), own.listenAddresses(), atMost)) {
            if (all.size() < atMost && !all.contains(address)) {
                all.add(address);
            }
        }
        return all;
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
        Dials.tell(List.of(ticket), connected.peer(), connected.newest(), ctx);
        return own;
    }

    // To Disconnected, from every other phase.
    private static ConnectionState leave(ConnectionState own, PeerId peer, Context ctx) {
        ConnectionError cancelled =
                ConnectionError.of(ConnectionError.Kind.CANCELLED, "the connection is no longer wanted");
        ConnectionState left = own;
        switch (own.phaseOf(peer)) {
            case Connecting dialling -> {
                Dials.giveUp(dialling.attempt(), cancelled, ctx);
                left = Dials.cancel(own, dialling, ctx);
            }
            case Connected connected -> {
                if (connected.racing().isPresent()) {
                    left = Dials.cancel(own, connected.racing().get(), ctx);
                }
                for (Handle handle : connected.open()) {
                    left = Sockets.closing(left, handle, CloseReason.LOCAL, ctx);
                }
            }
            case ConnectionFailed failure -> Dials.giveUp(failure.attempt(), cancelled, ctx);
            case Disconnected _ -> {
                // Nothing to leave.
            }
        }
        return left.withoutPhase(peer);
    }

    private static ConnectionState accepted(ConnectionState own, Accepted fact, Context ctx) {
        PeerId peer = fact.peer();
        Handle handle = fact.connection();
        Connection connection =
                Sockets.connection(peer, Direction.INBOUND, fact.remoteAddress(), fact.handshakeHash(), ctx);
        ConnectionState open = Sockets.opened(own, handle, connection);
        Connected fresh =
                new Connected(ctx.now(), peer, fact.remoteAddress(), List.of(), List.of(handle), Optional.empty());
        return switch (own.phaseOf(peer)) {
            case Disconnected _ -> open.withPhase(peer, fresh);
            case ConnectionFailed(long _, Attempt attempt, Multiaddr _, ConnectionError _, long _) -> {
                Dials.tell(attempt.tickets(), peer, handle, ctx);
                yield open.withPhase(peer, fresh.withAddresses(attempt.addresses()));
            }
            case Connecting dialling -> {
                Attempt attempt = dialling.attempt();
                Dials.tell(attempt.tickets(), peer, handle, ctx);
                Connected connected = fresh.withAddresses(attempt.addresses());
                yield Duplicates.preferred(own.config(), peer).orElse(Direction.OUTBOUND) == Direction.INBOUND
                        ? Dials.cancel(open, dialling, ctx).withPhase(peer, connected)
                        : open.withPhase(
                                peer, connected.withRacing(Optional.of(dialling.with(attempt.withTickets(List.of())))));
            }
            case Connected before ->
                Duplicates.settle(
                        open.withPhase(peer, before.withNewest(handle, fact.remoteAddress())), peer, handle, ctx);
        };
    }
}
