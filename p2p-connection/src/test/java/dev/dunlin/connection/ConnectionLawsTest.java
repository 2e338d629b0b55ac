package dev.dunlin.connection;

import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.sim.SimRoot;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitrary;

/** The laws of machines, asked of the connection machine under tight limits. */
class ConnectionLawsTest extends MachineLaws<SimRoot, ConnectionState, ConnectionAction> {

    @Override
    protected Machine<? super SimRoot, ConnectionState, ConnectionAction> machine() {
        return ConnectionMachine.CONNECTION;
    }

    @Override
    protected Store<SimRoot> store(Machine<? super SimRoot, ConnectionState, ConnectionAction> machine) {
        return Store.of(SimRoot.INITIAL)
                .mount(machine, SimRoot::connection, SimRoot::withConnection)
                .mount(StreamMachine.STREAM, SimRoot::stream, SimRoot::withStream)
                .build();
    }

    @Override
    protected Table<String, String> config() {
        return ConnectionLimits.TIGHT;
    }

    @Override
    protected TypeArbitraries types() {
        return ConnectionLimits.handles(TypeArbitraries.small())
                .weighing(ConnectionAction.Connect.class, 4)
                .weighing(ConnectionAction.Accepted.class, 3)
                .weighing(ConnectionAction.Listen.class, 2);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return ConnectionLimits.handles(TypeArbitraries.wide()).of(ConnectionAction.class);
    }

    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<SimRoot> driver) {
        return ConnectionLimits.fitted(action, driver.root().connection());
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<SimRoot> driver) {
        return ConnectionLimits.answers(asked);
    }

    private static final PeerId P = TypeArbitraries.peer(2);
    private static final PeerId Q = TypeArbitraries.peer(0);
    private static final Multiaddr A = Bench.address(1);
    private static final Multiaddr B = Bench.address(2);
    private static final Multiaddr ANY_PORT = Multiaddr.parse("/ip4/127.0.0.1/tcp/0");
    private static final ConnectionError REFUSED = ConnectionError.of(ConnectionError.Kind.REFUSED, "refused");

    @Override
    protected List<Script<SimRoot>> scripts() {
        Table<String, String> fewer = config().with("connection.maxPeers", "1");
        return List.of(
                new Script<>("fewer peers after a boot, while dialling", driver -> {
                    connect(driver, P, Ticket.NONE);
                    connect(driver, Q, Ticket.NONE);
                    driver.boot(fewer);
                }),
                new Script<>("fewer peers after a boot, after failures", driver -> {
                    connect(driver, P, Ticket.NONE);
                    connect(driver, Q, Ticket.NONE);
                    driver.boot(config());
                    driver.boot(fewer);
                }),
                new Script<>("two fail for good, the older dial last, and one may be remembered", driver -> {
                    driver.boot(config().with("connection.maxAttempts", "1"));
                    connect(driver, P, Ticket.NONE);
                    connect(driver, Q, Ticket.NONE);
                    driver.dispatch(new ConnectionAction.ConnectionFailed(2, Q, A, REFUSED));
                    driver.dispatch(new ConnectionAction.ConnectionFailed(1, P, A, REFUSED));
                }),
                new Script<>("of several reasons one is left, and of one without an address none", driver -> {
                    driver.dispatch(new ConnectionAction.Keep(P, List.of(), "one"));
                    driver.dispatch(new ConnectionAction.Unkeep(P, "one"));
                    driver.dispatch(new ConnectionAction.Keep(P, List.of(A), "one"));
                    driver.dispatch(new ConnectionAction.Keep(P, List.of(A), "another"));
                    driver.dispatch(new ConnectionAction.Unkeep(P, "one"));
                }),
                new Script<>("one may be kept, and two are to be", driver -> {
                    driver.boot(config().with("connection.maxKept", "1"));
                    driver.dispatch(new ConnectionAction.Keep(P, List.of(A), "one"));
                    driver.dispatch(new ConnectionAction.Keep(Q, List.of(A), "one"));
                }),
                new Script<>("one may be banned, and two are to be", driver -> {
                    driver.boot(config().with("connection.maxBans", "1"));
                    driver.dispatch(new ConnectionAction.Ban(P, 0, ""));
                    driver.dispatch(new ConnectionAction.Ban(Q, 0, ""));
                }),
                new Script<>("a connection that overtook a dial ends before the dial does", driver -> {
                    Handle connection = new Handle(
                            ConnectionService.CONNECTION, driver.node().run(), 1);
                    connect(driver, P, Ticket.NONE);
                    driver.dispatch(new ConnectionAction.Accepted(connection, P, A, Bytes.EMPTY));
                    driver.dispatch(new ConnectionAction.Closed(connection, P, CloseReason.REMOTE, ""));
                }),
                new Script<>("interfaces change", driver -> {
                    Handle listener =
                            new Handle(ConnectionService.LISTENER, driver.node().run(), 1);
                    driver.dispatch(new ConnectionAction.Keep(P, List.of(B), "one"));
                    driver.advanceToNextDeadline();
                    driver.answer(
                            ConnectionEffect.ConnectInit.class,
                            new ConnectionAction.ConnectionFailed(1, P, B, REFUSED));
                    driver.dispatch(new ConnectionAction.NetworkCame());
                    driver.dispatch(new ConnectionAction.Listen(A, Ticket.NONE));
                    driver.answer(
                            ConnectionEffect.ListenInit.class,
                            new ConnectionAction.Listening(2, listener, A, List.of(A)));
                    driver.dispatch(new ConnectionAction.Rebound(listener, A, List.of(A, B)));
                    driver.dispatch(new ConnectionAction.StopListening(A));
                    driver.dispatch(new ConnectionAction.Rebound(listener, A, List.of(A)));
                    driver.dispatch(new ConnectionAction.Drain());
                    driver.dispatch(new ConnectionAction.NetworkCame());
                }),
                new Script<>("no dial is free", driver -> {
                    driver.boot(config().with("connection.maxDials", "1"));
                    connect(driver, P, Ticket.NONE);
                    driver.answer(
                            ConnectionEffect.ConnectInit.class,
                            new ConnectionAction.ConnectionFailed(1, P, A, REFUSED));
                    connect(driver, Q, Ticket.NONE);
                    connect(driver, P, Ticket.NONE);
                    driver.dispatch(new ConnectionAction.Retry(P));
                    driver.advanceToNextDeadline();
                    driver.advanceToNextDeadline();
                }),
                new Script<>("a closing connection is still used while its peer is dialled", driver -> {
                    Handle connection = new Handle(
                            ConnectionService.CONNECTION, driver.node().run(), 1);
                    driver.dispatch(new ConnectionAction.Accepted(connection, P, A, Bytes.EMPTY));
                    driver.dispatch(new ConnectionAction.Hold(connection, P));
                    driver.dispatch(new ConnectionAction.Hold(connection, P));
                    driver.dispatch(new ConnectionAction.Disconnect(P));
                    connect(driver, P, Ticket.NONE);
                    driver.dispatch(new ConnectionAction.Release(connection, P));
                    driver.answer(
                            ConnectionEffect.ConnectInit.class,
                            new ConnectionAction.ConnectionFailed(1, P, A, REFUSED));
                    driver.dispatch(new ConnectionAction.Release(connection, P));
                }),
                new Script<>("a draining connection is used for too long", driver -> {
                    Handle connection = new Handle(
                            ConnectionService.CONNECTION, driver.node().run(), 1);
                    driver.dispatch(new ConnectionAction.Accepted(connection, P, A, Bytes.EMPTY));
                    driver.dispatch(new ConnectionAction.Hold(connection, P));
                    driver.dispatch(new ConnectionAction.Disconnect(P));
                    driver.advanceToNextDeadline();
                    driver.advanceToNextDeadline();
                }),
                new Script<>("a draining connection of a peer that is dialled", driver -> {
                    drained(driver);
                    connect(driver, P, Ticket.NONE);
                    driver.dispatch(new ConnectionAction.Keep(P, List.of(A), "test"));
                    driver.dispatch(new ConnectionAction.Unkeep(P, "test"));
                    driver.advanceBy(5_000_000);
                }),
                new Script<>("a draining connection of a peer that is connected", driver -> {
                    drained(driver);
                    driver.dispatch(new ConnectionAction.Accepted(
                            new Handle(
                                    ConnectionService.CONNECTION, driver.node().run(), 2),
                            P,
                            A,
                            Bytes.EMPTY));
                    driver.dispatch(new ConnectionAction.Keep(P, List.of(A), "test"));
                    driver.dispatch(new ConnectionAction.Unkeep(P, "test"));
                    driver.advanceBy(5_000_000);
                }),
                new Script<>("a draining connection of a peer that has failed", driver -> {
                    driver.boot(config().with("connection.maxAttempts", "1"));
                    drained(driver);
                    connect(driver, P, Ticket.NONE);
                    driver.answer(
                            ConnectionEffect.ConnectInit.class,
                            new ConnectionAction.ConnectionFailed(1, P, A, REFUSED));
                    driver.advanceBy(5_000_000);
                }),
                new Script<>("as many connections of a peer end as may", driver -> {
                    driver.boot(config().with("connection.maxConnections", "9").with("connection.maxInbound", "8"));
                    Handle first = accepted(driver, 1);
                    Handle second = accepted(driver, 2);
                    driver.dispatch(new ConnectionAction.WentAway(first, P, 0));
                    driver.dispatch(new ConnectionAction.WentAway(second, P, 0));
                    Handle third = accepted(driver, 3);
                    Handle fourth = accepted(driver, 4);
                    driver.dispatch(new ConnectionAction.Keep(P, List.of(A), "test"));
                    driver.dispatch(new ConnectionAction.WentAway(third, P, 0));
                    driver.dispatch(new ConnectionAction.WentAway(fourth, P, 0));
                    driver.dispatch(new ConnectionAction.Retry(P));
                    driver.dispatch(new ConnectionAction.Unkeep(P, "test"));
                    connect(driver, P, Ticket.NONE);
                    driver.advanceToNextDeadline();
                }),
                new Script<>("a peer uses as many connections as it may", driver -> {
                    driver.dispatch(new ConnectionAction.Hold(accepted(driver, 1), P));
                    driver.dispatch(new ConnectionAction.Hold(accepted(driver, 2), P));
                    accepted(driver, 3);
                }),
                new Script<>("a name leads nowhere, and the oldest failure is forgotten", driver -> {
                    driver.boot(config().with("connection.maxAttempts", "1"));
                    connect(driver, P, Ticket.NONE);
                    driver.answer(
                            ConnectionEffect.ConnectInit.class,
                            new ConnectionAction.ConnectionFailed(1, P, A, REFUSED));
                    Multiaddr name = Multiaddr.parse("/dns4/example.org/tcp/1");
                    driver.dispatch(new ConnectionAction.Connect(Q, List.of(name), Ticket.NONE));
                    driver.answer(
                            ConnectionEffect.ResolveInit.class,
                            new ConnectionAction.Resolved(2, Q, name, List.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/0"))));
                }),
                new Script<>("too many reasons", driver -> {
                    for (int i = 0; i <= ConnectionConfig.MOST_REASONS; i++) {
                        driver.dispatch(new ConnectionAction.Keep(P, List.of(A), "reason " + i));
                    }
                }),
                new Script<>("a kept peer's connections end", driver -> {
                    Handle first = new Handle(
                            ConnectionService.CONNECTION, driver.node().run(), 1);
                    driver.dispatch(new ConnectionAction.Keep(P, List.of(A), "test"));
                    driver.advanceToNextDeadline();
                    driver.answer(
                            ConnectionEffect.ConnectInit.class,
                            new ConnectionAction.Connected(1, first, P, A, Bytes.EMPTY));
                    driver.dispatch(new ConnectionAction.WentAway(first, P, 0));
                    driver.dispatch(new ConnectionAction.Unkeep(P, "test"));
                    driver.dispatch(new ConnectionAction.Keep(P, List.of(A), "test"));
                    driver.dispatch(new ConnectionAction.Drain());
                    driver.dispatch(new ConnectionAction.Disconnect(P));
                }),
                new Script<>("a dial races a connection that its peer leaves", driver -> {
                    Handle first = new Handle(
                            ConnectionService.CONNECTION, driver.node().run(), 1);
                    connect(driver, P, Ticket.NONE);
                    driver.dispatch(new ConnectionAction.Accepted(first, P, A, Bytes.EMPTY));
                    driver.dispatch(new ConnectionAction.WentAway(first, P, 0));
                }),
                new Script<>("too many wait", driver -> {
                    connect(driver, P, new Ticket("api", 1));
                    connect(driver, P, new Ticket("api", 2));
                    driver.dispatch(new ConnectionAction.Await(P, Ticket.NONE));
                    driver.answer(
                            ConnectionEffect.ConnectInit.class,
                            new ConnectionAction.ConnectionFailed(1, P, A, REFUSED));
                    connect(driver, P, Ticket.NONE);
                }),
                new Script<>("a listener that is slow to stop", driver -> {
                    Handle listener =
                            new Handle(ConnectionService.LISTENER, driver.node().run(), 1);
                    driver.dispatch(new ConnectionAction.Listen(A, Ticket.NONE));
                    driver.answer(
                            ConnectionEffect.ListenInit.class,
                            new ConnectionAction.Listening(1, listener, A, List.of(A)));
                    driver.dispatch(new ConnectionAction.StopListening(A));
                    driver.dispatch(new ConnectionAction.StopTimedOut(listener, A));
                    driver.dispatch(new ConnectionAction.Listen(A, new Ticket("api", 1)));
                    driver.advanceToNextDeadline();
                }),
                new Script<>("a listener that stops when it is asked to", driver -> {
                    Handle listener = listener(driver, 1);
                    listen(driver, A);
                    driver.answer(
                            ConnectionEffect.ListenInit.class,
                            new ConnectionAction.Listening(1, listener, A, List.of(A)));
                    driver.dispatch(new ConnectionAction.StopListening(A));
                    driver.dispatch(new ConnectionAction.ListenerClosed(listener, A, CloseReason.LOCAL));
                }),
                new Script<>("a connection that is used while another is dialled", driver -> {
                    drained(driver);
                    connect(driver, P, Ticket.NONE);
                    driver.dispatch(new ConnectionAction.Hold(
                            new Handle(
                                    ConnectionService.CONNECTION, driver.node().run(), 1),
                            P));
                }),
                new Script<>("listeners on any port", driver -> {
                    Handle first = listener(driver, 1);
                    Handle second = listener(driver, 2);
                    listen(driver, ANY_PORT);
                    opened(driver, 1, first, A);
                    listen(driver, ANY_PORT);
                    driver.dispatch(new ConnectionAction.ListenerClosed(first, ANY_PORT, CloseReason.LOCAL));
                    opened(driver, 2, second, A);
                    listen(driver, ANY_PORT);
                    opened(driver, 3, listener(driver, 3), B);
                    driver.dispatch(new ConnectionAction.ListenerClosed(second, ANY_PORT, CloseReason.LOCAL));
                    driver.dispatch(new ConnectionAction.StopListening(B));
                }),
                new Script<>("a listener that comes too late", driver -> {
                    Handle listener =
                            new Handle(ConnectionService.LISTENER, driver.node().run(), 1);
                    driver.dispatch(new ConnectionAction.Listen(A, Ticket.NONE));
                    driver.advanceToNextDeadline();
                    driver.answer(
                            ConnectionEffect.ListenInit.class,
                            new ConnectionAction.Listening(1, listener, A, List.of(A)));
                    driver.dispatch(new ConnectionAction.ListenerClosed(listener, A, CloseReason.ORPHAN));
                }));
    }

    private static Handle listener(StoreDriver<SimRoot> driver, long number) {
        return new Handle(ConnectionService.LISTENER, driver.node().run(), number);
    }

    private static void listen(StoreDriver<SimRoot> driver, Multiaddr address) {
        driver.dispatch(new ConnectionAction.Listen(address, Ticket.NONE));
    }

    private static void opened(StoreDriver<SimRoot> driver, long number, Handle listener, Multiaddr bound) {
        driver.answer(
                ConnectionEffect.ListenInit.class,
                new ConnectionAction.Listening(number, listener, ANY_PORT, List.of(bound)));
    }

    // A connection that is used, and that this node leaves.
    private static Handle accepted(StoreDriver<SimRoot> driver, int number) {
        Handle connection =
                new Handle(ConnectionService.CONNECTION, driver.node().run(), number);
        driver.dispatch(new ConnectionAction.Accepted(connection, P, A, Bytes.EMPTY));
        return connection;
    }

    private static void drained(StoreDriver<SimRoot> driver) {
        Handle connection =
                new Handle(ConnectionService.CONNECTION, driver.node().run(), 1);
        driver.dispatch(new ConnectionAction.Accepted(connection, P, A, Bytes.EMPTY));
        driver.dispatch(new ConnectionAction.Hold(connection, P));
        driver.dispatch(new ConnectionAction.Disconnect(P));
    }

    private static void connect(StoreDriver<SimRoot> driver, PeerId peer, Ticket ticket) {
        driver.dispatch(new ConnectionAction.Connect(peer, List.of(A), ticket));
    }
}
