package dev.dunlin.connection;

import dev.dunlin.connection.bench.Bench;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** What both machines' laws share. */
public final class ConnectionLimits {

    private ConnectionLimits() {}

    /**
     * Small limits, which random sequences meet; of the pool's other peers, one is smaller than this node and two are
     * greater.
     */
    public static final Table<String, String> TIGHT = Table.<String, String>empty()
            .with("node.peerId", TypeArbitraries.peer(3).toString())
            .with("connection.maxAttempts", "2")
            .with("connection.maxPeers", "2")
            .with("connection.maxConnections", "4")
            .with("connection.maxInbound", "3")
            .with("connection.maxPerPeer", "2")
            .with("connection.maxDials", "2")
            .with("connection.maxWaiters", "2")
            .with("connection.maxListeners", "2")
            .with("connection.maxAddresses", "3")
            .with("connection.maxFailures", "1")
            .with("connection.maxKept", "2")
            .with("connection.maxBans", "2")
            .with("connection.idleTimeout", "10000000")
            .with("connection.lowWater", "1")
            .with("stream.maxOpens", "2");

    /** Handles of the right kinds. */
    public static TypeArbitraries handles(TypeArbitraries types) {
        Arbitrary<?> connections = TypeArbitraries.handles(ConnectionService.CONNECTION);
        Arbitrary<?> listeners = TypeArbitraries.handles(ConnectionService.LISTENER);
        return types.with(ConnectionAction.Connected.class, "connection", connections)
                .with(ConnectionAction.Accepted.class, "connection", connections)
                .with(ConnectionAction.Closed.class, "connection", connections)
                .with(ConnectionAction.Hold.class, "connection", connections)
                .with(ConnectionAction.Release.class, "connection", connections)
                .with(ConnectionAction.IdleTimedOut.class, "connection", connections)
                .with(ConnectionAction.CloseTimedOut.class, "connection", connections)
                .with(ConnectionAction.DrainTimedOut.class, "connection", connections)
                .with(ConnectionAction.WentAway.class, "connection", connections)
                .with(ConnectionAction.Listening.class, "listener", listeners)
                .with(ConnectionAction.ListenerClosed.class, "listener", listeners)
                .with(ConnectionAction.StopTimedOut.class, "listener", listeners)
                .with(Bytes.class, Arbitraries.of(Bytes.EMPTY, Bytes.of(new byte[32])));
    }

    /** What a connection service may answer. */
    public static List<? extends Action> answers(Turn.Emitted asked) {
        ConnectionError error = ConnectionError.of(ConnectionError.Kind.REFUSED, "refused");
        return switch (asked.effect()) {
            case ConnectionEffect.ConnectInit init ->
                List.of(
                        new ConnectionAction.Connected(
                                init.dial(),
                                TypeArbitraries.someHandle(ConnectionService.CONNECTION),
                                init.peer(),
                                init.address(),
                                Bytes.EMPTY),
                        new ConnectionAction.ConnectionFailed(init.dial(), init.peer(), init.address(), error));
            case ConnectionEffect.ResolveInit init ->
                List.of(
                        new ConnectionAction.Resolved(
                                init.dial(), init.peer(), init.address(), List.of(Bench.address(1), Bench.address(2))),
                        new ConnectionAction.Resolved(
                                init.dial(), init.peer(), init.address(), List.of(init.address())),
                        new ConnectionAction.ConnectionFailed(init.dial(), init.peer(), init.address(), error));
            case ConnectionEffect.ListenInit init ->
                List.of(
                        new ConnectionAction.Listening(
                                init.number(),
                                TypeArbitraries.someHandle(ConnectionService.LISTENER),
                                init.address(),
                                List.of(init.address())),
                        new ConnectionAction.ListenFailed(init.number(), init.address(), error));
            default -> List.of();
        };
    }

    /** The end of a listener names the address that was asked for, as a service does; other actions are as they are. */
    public static Optional<Action> fitted(Action action, ConnectionState state) {
        if (!(action instanceof ConnectionAction.ListenerClosed closed)) {
            return Optional.of(action);
        }
        List<Action> ends = new ArrayList<>();
        state.listeners()
                .each((address, listener) -> listener.handle()
                        .ifPresent(handle ->
                                ends.add(new ConnectionAction.ListenerClosed(handle, address, closed.reason()))));
        return ends.isEmpty()
                ? Optional.empty()
                : Optional.of(ends.get((int) (closed.listener().number() % ends.size())));
    }
}
