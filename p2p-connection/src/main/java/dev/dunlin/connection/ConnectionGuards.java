package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.Accepted;
import dev.dunlin.connection.ConnectionAction.Await;
import dev.dunlin.connection.ConnectionAction.CloseTimedOut;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.Connect;
import dev.dunlin.connection.ConnectionAction.ConnectDone;
import dev.dunlin.connection.ConnectionAction.ConnectGaveUp;
import dev.dunlin.connection.ConnectionAction.ConnectRefused;
import dev.dunlin.connection.ConnectionAction.Connected;
import dev.dunlin.connection.ConnectionAction.ConnectionFailed;
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
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.connection.ConnectionState.Phase;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;

/** The enabling conditions of the connection machine. */
final class ConnectionGuards {

    private ConnectionGuards() {}

    /** When a {@link Connect} is taken on. */
    static final Admission<ConnectionState, Connect> CONNECT = Admission.<ConnectionState, Connect>of(Connect::ticket)
            .rule(
                    "not-self",
                    (own, wish) -> !isSelf(own, wish.peer()),
                    (own, wish) -> List.of(Operand.of("peer", wish.peer())))
            .rule(
                    "not-connected-or-connecting",
                    // Somebody who waits joins the dial or is told the connection; for nobody, nothing would change.
                    (own, wish) -> !wish.ticket().equals(Ticket.NONE) || !isUnderWay(own, wish.peer()),
                    (own, wish) -> phase(own, wish.peer()))
            .rule(
                    "waiters-not-full",
                    (own, wish) -> hasRoomToWait(own, wish.peer()),
                    (own, wish) -> List.of(Operand.of("maxWaiters", own.config().maxWaiters())))
            .rule(
                    "has-dialable-address",
                    (own, wish) -> isUnderWay(own, wish.peer())
                            || !addressesFor(own, wish).isEmpty(),
                    (own, wish) -> List.of(Operand.of("given", wish.addresses().size())))
            .rule(
                    "peers-not-full",
                    (own, wish) -> hasRoomFor(own, wish.peer()),
                    (own, wish) -> List.of(Operand.of("maxPeers", own.config().maxPeers())))
            .rule(
                    "dials-not-full",
                    (own, wish) -> isUnderWay(own, wish.peer()) || own.freeDials() > 0,
                    (own, wish) -> dials(own))
            .rule(
                    "peer-connections-not-full",
                    (own, wish) -> isUnderWay(own, wish.peer()) || hasRoomForConnection(own, wish.peer()),
                    (own, wish) -> held(own, wish.peer()));

    /** When an {@link Await} is taken on. */
    static final Admission<ConnectionState, Await> AWAIT = Admission.<ConnectionState, Await>of(Await::ticket)
            .rule(
                    "connected-or-connecting",
                    (own, wish) -> isUnderWay(own, wish.peer()),
                    (own, wish) -> phase(own, wish.peer()))
            .rule(
                    "waiters-not-full",
                    (own, wish) -> hasRoomToWait(own, wish.peer()),
                    (own, wish) -> List.of(Operand.of("maxWaiters", own.config().maxWaiters())));

    /** When a {@link Listen} is taken on. */
    static final Admission<ConnectionState, Listen> LISTEN = Admission.<ConnectionState, Listen>of(Listen::ticket)
            .rule(
                    "not-listened-on",
                    (own, wish) -> !own.listeners().has(wish.address()),
                    (own, wish) -> List.of(Operand.of("address", wish.address())))
            .rule(
                    "listeners-not-full",
                    (own, wish) -> own.listeners().size() < own.config().maxListeners(),
                    (own, wish) ->
                            List.of(Operand.of("maxListeners", own.config().maxListeners())));

    /** All guards. */
    static final Guards<ConnectionView, ConnectionState, ConnectionAction> GUARDS = build();

    private static Guards<ConnectionView, ConnectionState, ConnectionAction> build() {
        Guards.Builder<ConnectionView, ConnectionState, ConnectionAction> guards =
                Guards.<ConnectionView, ConnectionState, ConnectionAction>of();
        CONNECT.guard(guards, Connect.class);
        AWAIT.guard(guards, Await.class);
        LISTEN.guard(guards, Listen.class);
        return guards.always(Started.class)
                .on(Disconnect.class, connectedOrConnecting())
                .on(
                        Retry.class,
                        Clauses.when(
                                "has-failed",
                                (own, a) -> own.phaseOf(a.peer()) instanceof ConnectionState.ConnectionFailed,
                                (own, a) -> phase(own, a.peer())),
                        Clauses.when(
                                "attempts-left",
                                (own, a) -> attemptsLeft(own, a.peer()),
                                (own, a) -> phase(own, a.peer())),
                        Clauses.when("dials-not-full", (own, a) -> own.freeDials() > 0, (own, a) -> dials(own)))
                .on(
                        Reset.class,
                        Clauses.when("is-known", (own, a) -> own.peers().has(a.peer()), "peer", Reset::peer))
                .on(
                        Connected.class,
                        Clauses.when(
                                "dial-is-current",
                                (own, a) -> isCurrent(own, a.peer(), a.dial()),
                                (own, a) -> dial(own, a.peer(), a.dial())))
                .on(
                        ConnectionFailed.class,
                        Clauses.when(
                                "dial-is-current",
                                (own, a) -> isCurrent(own, a.peer(), a.dial()),
                                (own, a) -> dial(own, a.peer(), a.dial())))
                .on(
                        Accepted.class,
                        Clauses.when("not-self", (own, a) -> !isSelf(own, a.peer()), "peer", Accepted::peer),
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
                                (own, a) -> hasRoomForConnection(own, a.peer()),
                                (own, a) -> held(own, a.peer())),
                        Clauses.when(
                                "peers-not-full",
                                (own, a) -> hasRoomFor(own, a.peer()),
                                (own, a) -> List.of(
                                        Operand.of("maxPeers", own.config().maxPeers()))))
                .on(
                        Closed.class,
                        Clauses.when(
                                "connection-is-known",
                                (own, a) -> own.connections().has(a.connection()),
                                "connection",
                                Closed::connection))
                .on(
                        Hold.class,
                        Clauses.when(
                                "connection-is-known",
                                (own, a) -> own.connections().has(a.connection()),
                                "connection",
                                Hold::connection))
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
                .on(
                        StopListening.class,
                        Clauses.when(
                                "is-listening",
                                (own, a) -> own.listeners().find(a.address()).orElse(null)
                                        instanceof ConnectionState.Listening,
                                "address",
                                StopListening::address))
                .on(
                        Listening.class,
                        Clauses.when(
                                "listen-is-current",
                                (own, a) -> isOpening(own, a.requested(), a.number()),
                                "number",
                                Listening::number))
                .on(
                        ListenFailed.class,
                        Clauses.when(
                                "listen-is-current",
                                (own, a) -> isOpening(own, a.requested(), a.number()),
                                "number",
                                ListenFailed::number))
                .on(
                        ListenerClosed.class,
                        Clauses.when(
                                "listener-is-known",
                                (own, a) ->
                                        Listeners.addressOf(own, a.listener()).isPresent(),
                                "listener",
                                ListenerClosed::listener))
                .on(Tick.class, Clauses.due("deadline-has-come", ConnectionState::nextDeadline))
                .on(
                        DialTimedOut.class,
                        Clauses.when(
                                "dial-is-current",
                                (own, a) -> isCurrent(own, a.peer(), a.dial()),
                                (own, a) -> dial(own, a.peer(), a.dial())),
                        Clauses.due("deadline-has-come", own -> own.due().peers(), DialTimedOut::peer))
                .on(
                        IdleTimedOut.class,
                        Clauses.when(
                                "connection-is-open",
                                (own, a) -> own.isOpen(a.connection()),
                                "connection",
                                IdleTimedOut::connection),
                        Clauses.due("deadline-has-come", own -> own.due().connections(), IdleTimedOut::connection))
                .on(
                        CloseTimedOut.class,
                        Clauses.when(
                                "connection-is-closing",
                                (own, a) -> own.connections()
                                        .find(a.connection())
                                        .filter(ConnectionState.Connection::closing)
                                        .isPresent(),
                                "connection",
                                CloseTimedOut::connection),
                        Clauses.due("deadline-has-come", own -> own.due().connections(), CloseTimedOut::connection))
                .on(
                        ListenTimedOut.class,
                        Clauses.when(
                                "listen-is-current",
                                (own, a) -> isOpening(own, a.requested(), a.number()),
                                "number",
                                ListenTimedOut::number),
                        Clauses.due("deadline-has-come", own -> own.due().listeners(), ListenTimedOut::requested))
                .on(
                        StopTimedOut.class,
                        Clauses.when(
                                "listener-is-stopping",
                                (own, a) -> own.listeners().find(a.requested()).orElse(null)
                                                instanceof ConnectionState.Stopping(var listener)
                                        && listener.equals(a.listener()),
                                "listener",
                                StopTimedOut::listener),
                        Clauses.due("deadline-has-come", own -> own.due().listeners(), StopTimedOut::requested))
                .always(ConnectDone.class)
                .always(ConnectGaveUp.class)
                .always(ConnectRefused.class)
                .always(ListenDone.class)
                .always(ListenGaveUp.class)
                .always(ListenRefused.class)
                .build();
    }

    private static Clause<ConnectionView, ConnectionState, Disconnect> connectedOrConnecting() {
        return Clauses.when(
                "connected-or-connecting", (own, a) -> isUnderWay(own, a.peer()), (own, a) -> phase(own, a.peer()));
    }

    /** What a {@link Connect} would dial: the given addresses, then those known from a failure. */
    static List<Multiaddr> addressesFor(ConnectionState own, Connect wish) {
        List<Multiaddr> all = new ArrayList<>(wish.addresses());
        if (own.phaseOf(wish.peer()) instanceof ConnectionState.ConnectionFailed failed) {
            all.addAll(failed.addresses());
        }
        return DialOrder.of(
                all, wish.peer(), own.listenAddresses(), own.config().maxAddresses());
    }

    /**
     * Whether another connection of the peer may come up, the dial on its way counted: a failed peer always has room
     * for one.
     */
    private static boolean hasRoomForConnection(ConnectionState own, PeerId peer) {
        return own.open().held().or(peer, 0) + (own.dialOf(peer) == 0 ? 0 : 1)
                < own.config().maxPerPeer();
    }

    private static boolean isSelf(ConnectionState own, PeerId peer) {
        return own.config().self().filter(peer::equals).isPresent();
    }

    private static boolean isUnderWay(ConnectionState own, PeerId peer) {
        return switch (own.phaseOf(peer)) {
            case Connecting _, ConnectionState.Connected _ -> true;
            case Disconnected _, ConnectionState.ConnectionFailed _ -> false;
        };
    }

    private static boolean attemptsLeft(ConnectionState own, PeerId peer) {
        return own.phaseOf(peer) instanceof ConnectionState.ConnectionFailed failed && !failed.hasGivenUp();
    }

    private static boolean hasRoomFor(ConnectionState own, PeerId peer) {
        return own.peers().has(peer) || own.peers().size() < own.config().maxPeers();
    }

    private static boolean hasRoomToWait(ConnectionState own, PeerId peer) {
        int waiting = switch (own.phaseOf(peer)) {
            case Connecting connecting -> connecting.tickets().size();
            case ConnectionState.ConnectionFailed failed -> failed.tickets().size();
            case Disconnected _, ConnectionState.Connected _ -> 0;
        };
        return waiting < own.config().maxWaiters();
    }

    private static boolean isCurrent(ConnectionState own, PeerId peer, long dial) {
        return dial != 0 && own.dialOf(peer) == dial;
    }

    private static boolean isOpening(ConnectionState own, Multiaddr requested, long number) {
        return own.listeners().find(requested).orElse(null) instanceof ConnectionState.Opening opening
                && opening.number() == number;
    }

    private static List<Operand> phase(ConnectionState own, PeerId peer) {
        Phase phase = own.phaseOf(peer);
        Operand name = Operand.of("phase", ConnectionSlice.nameOf(phase));
        return phase instanceof ConnectionState.ConnectionFailed failed
                ? List.of(
                        name,
                        Operand.of("attempts", failed.attempts()),
                        Operand.of("maxAttempts", failed.maxAttempts()))
                : List.of(name);
    }

    private static List<Operand> dials(ConnectionState own) {
        return List.of(
                Operand.of("dialling", own.dialling()),
                Operand.of("maxDials", own.config().maxDials()),
                Operand.of("connections", own.connections().size()),
                Operand.of("maxConnections", own.config().maxConnections()));
    }

    private static List<Operand> held(ConnectionState own, PeerId peer) {
        return List.of(
                Operand.of("held", own.open().held().or(peer, 0)),
                Operand.of("maxPerPeer", own.config().maxPerPeer()));
    }

    private static List<Operand> dial(ConnectionState own, PeerId peer, long dial) {
        return List.of(Operand.of("dial", dial), Operand.of("current", own.dialOf(peer)));
    }
}
