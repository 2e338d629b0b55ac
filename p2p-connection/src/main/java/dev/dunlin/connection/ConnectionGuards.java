package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.Accepted;
import dev.dunlin.connection.ConnectionAction.AddressForgiven;
import dev.dunlin.connection.ConnectionAction.Await;
import dev.dunlin.connection.ConnectionAction.BackOffEnded;
import dev.dunlin.connection.ConnectionAction.CloseTimedOut;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.Connect;
import dev.dunlin.connection.ConnectionAction.Connected;
import dev.dunlin.connection.ConnectionAction.ConnectionFailed;
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
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Names;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The enabling conditions of the connection machine. */
final class ConnectionGuards {

    private ConnectionGuards() {}

    /** All guards. */
    static final Guards<ConnectionView, ConnectionState, ConnectionAction> ALL =
            listeners(connections(wishes(Guards.of()))).build();

    private static Guards.Builder<ConnectionView, ConnectionState, ConnectionAction> wishes(
            Guards.Builder<ConnectionView, ConnectionState, ConnectionAction> guards) {
        return guards.on(
                        Connect.class,
                        notSelf(Connect::peer),
                        notBanned(Connect::peer),
                        notDraining(),
                        Clauses.when(
                                "not-connected-or-connecting",
                                // Who waits joins the dial or is told the connection; for nobody, nothing would change.
                                (own, a) -> !a.ticket().isNone() || !isUnderWay(own, a.peer()),
                                (own, a) -> phase(own, a.peer())),
                        waitersNotFull(Connect::peer),
                        Clauses.when(
                                "has-dialable-address",
                                (own, a) -> isUnderWay(own, a.peer())
                                        || !addressesFor(own, a).isEmpty(),
                                (own, a) -> List.of(
                                        Operand.of("given", a.addresses().size()))),
                        peersNotFull(Connect::peer),
                        Clauses.when(
                                "dials-not-full",
                                (own, a) -> isUnderWay(own, a.peer()) || own.freeDials() > 0,
                                (own, a) -> dials(own)),
                        Clauses.when(
                                "peer-connections-not-full",
                                (own, a) -> isUnderWay(own, a.peer()) || hasRoomForConnection(own, a.peer()),
                                (own, a) -> held(own, a.peer())))
                .on(Await.class, connectedOrConnecting(Await::peer), waitersNotFull(Await::peer))
                .on(
                        Disconnect.class,
                        Clauses.when(
                                "connected-connecting-or-retrying",
                                (own, a) -> isActive(own, a.peer()),
                                (own, a) -> phase(own, a.peer())),
                        Clauses.when(
                                "not-kept",
                                (own, a) -> !own.isKept(a.peer()) || own.draining(),
                                (own, a) -> List.of(keptBy(own, a.peer()))))
                .on(
                        Retry.class,
                        notDraining(),
                        Clauses.when(
                                "has-failed",
                                (own, a) -> own.failureOf(a.peer()).isPresent(),
                                (own, a) -> phase(own, a.peer())),
                        Clauses.when(
                                "attempts-left",
                                (own, a) -> own.failureOf(a.peer())
                                        .filter(failure -> !failure.isPermanent())
                                        .isPresent(),
                                (own, a) -> phase(own, a.peer())),
                        Clauses.when("dials-not-full", (own, a) -> own.freeDials() > 0, (own, a) -> dials(own)),
                        Clauses.when(
                                "peer-connections-not-full",
                                (own, a) -> hasRoomForConnection(own, a.peer()),
                                (own, a) -> held(own, a.peer())))
                .on(
                        Reset.class,
                        Clauses.when(
                                "is-known",
                                (own, a) -> own.peers().has(a.peer()) || own.isKept(a.peer()),
                                "peer",
                                Reset::peer))
                .on(
                        Keep.class,
                        notSelf(Keep::peer),
                        notBanned(Keep::peer),
                        notDraining(),
                        Clauses.when(
                                "kept-not-full",
                                (own, a) -> own.isKept(a.peer())
                                        || own.kept().size() < own.config().maxKept(),
                                (own, a) -> List.of(
                                        Operand.of("kept", own.kept().size()),
                                        Operand.of("maxKept", own.config().maxKept()))),
                        Clauses.when(
                                "reasons-not-full",
                                (own, a) -> hasRoomForReason(own, a),
                                (own, a) -> List.of(Operand.of("maxReasons", ConnectionConfig.MOST_REASONS))),
                        peersNotFull(Keep::peer))
                .always(ConnectionAction.AddressesLearned.class)
                .on(
                        Unkeep.class,
                        Clauses.when(
                                "is-kept-for-it",
                                (own, a) -> own.kept()
                                        .find(a.peer())
                                        .filter(kept -> kept.why().contains(a.why()))
                                        .isPresent(),
                                (own, a) -> List.of(Operand.of("why", a.why()), keptBy(own, a.peer()))))
                .on(
                        ConnectionAction.Ban.class,
                        notSelf(ConnectionAction.Ban::peer),
                        Clauses.when(
                                "bans-not-full",
                                (own, a) -> own.isBanned(a.peer())
                                        || own.bans().size() < own.config().maxBans(),
                                (own, a) -> List.of(
                                        Operand.of("bans", own.bans().size()),
                                        Operand.of("maxBans", own.config().maxBans()))))
                .on(
                        ConnectionAction.Unban.class,
                        Clauses.when(
                                "is-banned", (own, a) -> own.isBanned(a.peer()), "peer", ConnectionAction.Unban::peer))
                .always(ConnectionAction.BanEnded.class)
                .on(Drain.class, notDraining());
    }

    private static Guards.Builder<ConnectionView, ConnectionState, ConnectionAction> connections(
            Guards.Builder<ConnectionView, ConnectionState, ConnectionAction> guards) {
        return guards.on(Resolved.class, dialIsCurrent(Resolved::peer, Resolved::dial))
                .on(Connected.class, dialIsCurrent(Connected::peer, Connected::dial))
                .on(ConnectionFailed.class, dialIsCurrent(ConnectionFailed::peer, ConnectionFailed::dial))
                .on(
                        Accepted.class,
                        notSelf(Accepted::peer),
                        notBanned(Accepted::peer),
                        notDraining(),
                        Clauses.below(
                                "inbound-not-full",
                                own -> own.open().inbound(),
                                "maxInbound",
                                own -> own.config().maxInbound()),
                        Clauses.when(
                                "connections-not-full",
                                (own, a) -> own.connections().size() + own.dialling()
                                        < own.config().maxConnections(),
                                (own, a) -> dials(own)),
                        Clauses.when(
                                "peer-connections-not-full",
                                (own, a) -> hasRoomForConnection(own, a.peer()) || canMakeRoom(own, a),
                                (own, a) -> held(own, a.peer())),
                        peersNotFull(Accepted::peer))
                .on(
                        WentAway.class,
                        Clauses.when(
                                "connection-is-open",
                                (own, a) -> own.connections()
                                        .find(a.connection())
                                        .filter(found ->
                                                found.isOpen() && found.peer().equals(a.peer()))
                                        .isPresent(),
                                "connection",
                                WentAway::connection))
                .on(Closed.class, connectionIsKnown(Closed::connection))
                .on(Hold.class, connectionIsKnown(Hold::connection))
                .on(
                        Release.class,
                        Clauses.when(
                                "connection-is-used",
                                (own, a) -> own.connections()
                                        .find(a.connection())
                                        .filter(connection -> connection.users() > 0)
                                        .isPresent(),
                                "connection",
                                Release::connection))
                .always(DialTimedOut.class)
                .always(BackOffEnded.class)
                .always(AddressForgiven.class)
                .always(DrainTimedOut.class)
                .always(IdleTimedOut.class)
                .always(CloseTimedOut.class);
    }

    private static Guards.Builder<ConnectionView, ConnectionState, ConnectionAction> listeners(
            Guards.Builder<ConnectionView, ConnectionState, ConnectionAction> guards) {
        return guards.on(
                        Listen.class,
                        notDraining(),
                        Clauses.when(
                                "not-listened-on",
                                (own, a) -> Listeners.isFree(own, a.address()),
                                "address",
                                Listen::address),
                        Clauses.below(
                                "listeners-not-full",
                                own -> own.listeners().size(),
                                "maxListeners",
                                own -> own.config().maxListeners()))
                .on(
                        StopListening.class,
                        Clauses.when(
                                "is-listening",
                                (own, a) -> Listeners.at(own, a.address()).isPresent(),
                                "address",
                                StopListening::address))
                .on(Listening.class, listenIsCurrent(Listening::requested, Listening::number))
                .on(ListenFailed.class, listenIsCurrent(ListenFailed::requested, ListenFailed::number))
                .on(
                        ConnectionAction.Rebound.class,
                        Clauses.when(
                                "listener-is-known",
                                (own, a) ->
                                        Listeners.addressOf(own, a.listener()).isPresent(),
                                "listener",
                                ConnectionAction.Rebound::listener))
                .always(ConnectionAction.NetworkCame.class)
                .on(
                        ListenerClosed.class,
                        Clauses.when(
                                "listener-is-known",
                                (own, a) ->
                                        Listeners.addressOf(own, a.listener()).isPresent(),
                                "listener",
                                ListenerClosed::listener))
                // Whoever withdraws may have been answered meanwhile.
                .always(ConnectionAction.Withdraw.class)
                .always(ListenTimedOut.class)
                .always(StopTimedOut.class);
    }

    private static <A> Clause<ConnectionView, ConnectionState, A> notSelf(Function<A, PeerId> peer) {
        return Clauses.when("not-self", (own, a) -> !isSelf(own, peer.apply(a)), "peer", peer);
    }

    private static <A> Clause<ConnectionView, ConnectionState, A> notBanned(Function<A, PeerId> peer) {
        return Clauses.when(
                "not-banned",
                (own, a) -> !own.isBanned(peer.apply(a)),
                (own, a) -> own.bans()
                        .find(peer.apply(a))
                        .map(ban -> List.of(Operand.of("why", ban.why())))
                        .orElse(List.of()));
    }

    private static <A> Clause<ConnectionView, ConnectionState, A> notDraining() {
        return Clauses.when("not-draining", (own, a) -> !own.draining(), (own, a) -> List.of());
    }

    private static <A> Clause<ConnectionView, ConnectionState, A> connectedOrConnecting(Function<A, PeerId> peer) {
        return Clauses.when(
                "connected-or-connecting",
                (own, a) -> isUnderWay(own, peer.apply(a)),
                (own, a) -> phase(own, peer.apply(a)));
    }

    private static <A> Clause<ConnectionView, ConnectionState, A> waitersNotFull(Function<A, PeerId> peer) {
        return Clauses.when(
                "waiters-not-full",
                (own, a) -> hasRoomToWait(own, peer.apply(a)),
                (own, a) -> List.of(Operand.of("maxWaiters", own.config().maxWaiters())));
    }

    private static <A> Clause<ConnectionView, ConnectionState, A> peersNotFull(Function<A, PeerId> peer) {
        return Clauses.when(
                "peers-not-full",
                (own, a) -> isActive(own, peer.apply(a))
                        || own.activePeers() < own.config().maxPeers(),
                (own, a) -> List.of(Operand.of("maxPeers", own.config().maxPeers())));
    }

    private static <A> Clause<ConnectionView, ConnectionState, A> dialIsCurrent(
            Function<A, PeerId> peer, ToLongFunction<A> dial) {
        return Clauses.when(
                "dial-is-current",
                (own, a) -> dial.applyAsLong(a) != 0 && own.dialOf(peer.apply(a)) == dial.applyAsLong(a),
                (own, a) -> List.of(
                        Operand.of("dial", dial.applyAsLong(a)), Operand.of("current", own.dialOf(peer.apply(a)))));
    }

    private static <A> Clause<ConnectionView, ConnectionState, A> connectionIsKnown(Function<A, Handle> connection) {
        return Clauses.when(
                "connection-is-known",
                (own, a) -> own.connections().has(connection.apply(a)),
                "connection",
                connection);
    }

    private static <A> Clause<ConnectionView, ConnectionState, A> listenIsCurrent(
            Function<A, Multiaddr> requested, ToLongFunction<A> number) {
        return Clauses.when(
                "listen-is-current",
                (own, a) -> own.listeners().find(requested.apply(a)).orElse(null) instanceof Listener.Opening opening
                        && opening.number() == number.applyAsLong(a),
                "number",
                number::applyAsLong);
    }

    /** What a {@link Connect} would dial: the given addresses, then those known from a failure, and those of who keeps the peer. */
    static List<Multiaddr> addressesFor(ConnectionState own, Connect wish) {
        List<Multiaddr> all = new ArrayList<>(wish.addresses());
        own.failureOf(wish.peer())
                .ifPresent(failure -> all.addAll(failure.attempt().addresses()));
        own.kept().find(wish.peer()).ifPresent(kept -> all.addAll(kept.addresses()));
        return Dials.worthDialling(own, all, wish.peer());
    }

    /**
     * Whether another connection of the peer may come up, the dial on its way counted.
     */
    static boolean hasRoomForConnection(ConnectionState own, PeerId peer) {
        return placesTaken(own, peer) < own.config().maxPerPeer() && hasRoomToEnd(own, peer);
    }

    /** How many connections of a peer are open, the dial on its way counted. */
    static int placesTaken(ConnectionState own, PeerId peer) {
        int open = own.phaseOf(peer) instanceof ConnectionState.Connected connected
                ? connected.open().size()
                : 0;
        return open + (own.dialOf(peer) == 0 ? 0 : 1);
    }

    // Connections that end have as many places besides.
    private static boolean hasRoomToEnd(ConnectionState own, PeerId peer) {
        return own.open().held().or(peer, 0) + (own.dialOf(peer) == 0 ? 0 : 1)
                < 2 * own.config().maxPerPeer();
    }

    private static boolean canMakeRoom(ConnectionState own, Accepted fact) {
        return hasRoomToEnd(own, fact.peer())
                && own.phaseOf(fact.peer()) instanceof ConnectionState.Connected connected
                && Connections.replaceable(own, connected.open(), fact.remoteAddress())
                        .isPresent();
    }

    private static boolean isSelf(ConnectionState own, PeerId peer) {
        return own.config().self().filter(peer::equals).isPresent();
    }

    private static boolean hasRoomForReason(ConnectionState own, Keep wish) {
        List<String> why =
                own.kept().find(wish.peer()).map(ConnectionState.Kept::why).orElse(List.of());
        return why.contains(wish.why()) || why.size() < ConnectionConfig.MOST_REASONS;
    }

    // Connected, being dialled, or to be dialled again.
    private static boolean isActive(ConnectionState own, PeerId peer) {
        return own.peers().has(peer)
                && own.failureOf(peer)
                        .filter(ConnectionState.ConnectionFailed::isPermanent)
                        .isEmpty();
    }

    private static boolean isUnderWay(ConnectionState own, PeerId peer) {
        return switch (own.phaseOf(peer)) {
            case Connecting _, ConnectionState.Connected _ -> true;
            case Disconnected _, ConnectionState.ConnectionFailed _ -> false;
        };
    }

    private static boolean hasRoomToWait(ConnectionState own, PeerId peer) {
        int waiting = switch (own.phaseOf(peer)) {
            case Connecting connecting -> connecting.attempt().tickets().size();
            case ConnectionState.ConnectionFailed failed ->
                failed.attempt().tickets().size();
            case Disconnected _, ConnectionState.Connected _ -> 0;
        };
        return waiting < own.config().maxWaiters();
    }

    private static List<Operand> phase(ConnectionState own, PeerId peer) {
        Operand name = Operand.of("phase", Names.of(own.phaseOf(peer).getClass()));
        return own.failureOf(peer)
                .map(failure -> List.of(
                        name,
                        Operand.of("attempts", failure.attempt().attempts()),
                        Operand.of("maxAttempts", failure.attempt().maxAttempts())))
                .orElse(List.of(name));
    }

    private static List<Operand> dials(ConnectionState own) {
        return List.of(
                Operand.of("dialling", own.dialling()),
                Operand.of("maxDials", own.config().maxDials()),
                Operand.of("connections", own.connections().size()),
                Operand.of("maxConnections", own.config().maxConnections()));
    }

    private static Operand keptBy(ConnectionState own, PeerId peer) {
        return Operand.of(
                "keptBy",
                own.kept()
                        .find(peer)
                        .map(kept -> String.join(" and ", kept.why()))
                        .orElse(""));
    }

    private static List<Operand> held(ConnectionState own, PeerId peer) {
        return List.of(
                Operand.of("held", own.open().held().or(peer, 0)),
                Operand.of("maxPerPeer", own.config().maxPerPeer()));
    }
}
