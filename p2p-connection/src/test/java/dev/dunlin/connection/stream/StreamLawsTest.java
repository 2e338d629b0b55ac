package dev.dunlin.connection.stream;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionLimits;
import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.sim.SimRoot;
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
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** The laws of machines, asked of the stream machine under tight limits, on the connection machine. */
class StreamLawsTest extends MachineLaws<SimRoot, StreamState, StreamAction> {

    @Override
    protected Machine<? super SimRoot, StreamState, StreamAction> machine() {
        return StreamMachine.STREAM;
    }

    @Override
    protected Store<SimRoot> store(Machine<? super SimRoot, StreamState, StreamAction> machine) {
        return Store.of(SimRoot.INITIAL)
                .mount(ConnectionMachine.CONNECTION, SimRoot::connection, SimRoot::withConnection)
                .mount(machine, SimRoot::stream, SimRoot::withStream)
                .build();
    }

    @Override
    protected Table<String, String> config() {
        return ConnectionLimits.TIGHT
                .with("stream.quietTimeout", "20000000")
                .with("stream.maxOpens", "3")
                .with("stream.maxInbound", "3")
                .with("stream.maxInboundPerPeer", "2")
                .with("stream.maxInboundPerConnection", "1")
                .with("stream.maxOutbound", "3")
                .with("stream.maxOutboundPerPeer", "2")
                .with("stream.maxOutboundPerConnection", "1");
    }

    @Override
    protected TypeArbitraries types() {
        return handles(TypeArbitraries.small())
                .with(PeerId.class, Arbitraries.of(TypeArbitraries.peer(0), TypeArbitraries.peer(2)))
                .weighing(StreamAction.OpenStream.class, 4)
                .weighing(StreamAction.StreamAccepted.class, 6)
                .weighing(StreamAction.CloseStream.class, 3)
                .weighing(ConnectionAction.Accepted.class, 20)
                .weighing(ConnectionAction.Connect.class, 8);
    }

    private static TypeArbitraries handles(TypeArbitraries types) {
        Arbitrary<?> connections = TypeArbitraries.handles(ConnectionService.CONNECTION);
        Arbitrary<?> streams = TypeArbitraries.handles(StreamService.STREAM);
        Arbitrary<?> wireIds = Arbitraries.longs().between(0, StreamAction.MAX_WIRE_ID);
        return ConnectionLimits.handles(types)
                .without(StreamAction.ConnectionReady.class)
                .without(StreamAction.ConnectionMissing.class)
                .with(StreamAction.StreamOpened.class, "connection", connections)
                .with(StreamAction.StreamAccepted.class, "connection", connections)
                .with(StreamAction.StreamClosed.class, "connection", connections)
                .with(StreamAction.StreamOpened.class, "wireId", wireIds)
                .with(StreamAction.StreamAccepted.class, "wireId", wireIds)
                .with(StreamAction.StreamOpened.class, "stream", streams)
                .with(StreamAction.StreamAccepted.class, "stream", streams)
                .with(StreamAction.StreamClosed.class, "stream", streams)
                .with(StreamAction.CloseStream.class, "stream", streams)
                .with(StreamAction.CloseTimedOut.class, "stream", streams)
                .with(StreamAction.QuietDue.class, "stream", streams)
                .with(StreamAction.StreamSeen.class, "stream", streams)
                .with(
                        StreamAction.StreamSeen.class,
                        "quiet",
                        Arbitraries.longs().between(0, Long.MAX_VALUE));
    }

    @Override
    protected List<Arbitrary<? extends Action>> others() {
        return List.of(types().of(ConnectionAction.class));
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        TypeArbitraries wide = handles(TypeArbitraries.wide());
        return Arbitraries.oneOf(List.of(
                wide.of(StreamAction.class).map(action -> (Action) action),
                wide.of(ConnectionAction.class).map(action -> (Action) action)));
    }

    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<SimRoot> driver) {
        return ConnectionLimits.fitted(action, driver.root().connection());
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<SimRoot> driver) {
        return switch (asked.effect()) {
            case StreamEffect.LookInit look ->
                List.of(
                        new StreamAction.StreamSeen(look.stream(), 0),
                        new StreamAction.StreamSeen(look.stream(), 20_000_000));
            case StreamEffect.OpenInit init ->
                List.of(
                        new StreamAction.StreamOpened(
                                init.number(),
                                init.ticket(),
                                TypeArbitraries.someHandle(StreamService.STREAM),
                                init.connection(),
                                init.peer(),
                                init.protocols().getFirst(),
                                1),
                        new StreamAction.OpenFailed(
                                init.number(),
                                init.ticket(),
                                init.peer(),
                                ConnectionError.of(ConnectionError.Kind.NO_COMMON_PROTOCOL, "none")));
            default -> ConnectionLimits.answers(asked);
        };
    }

    @Override
    protected List<Script<SimRoot>> scripts() {
        return List.of(
                new Script<>("a boot while an opening waits for a dial", driver -> {
                    driver.dispatch(new ConnectionAction.Connect(
                            TypeArbitraries.peer(0), List.of(Bench.address(1)), Ticket.NONE));
                    driver.dispatch(open(0));
                    driver.boot(config());
                }),
                new Script<>("more streams than there may be", driver -> {
                    for (int i = 0; i < 3; i++) {
                        accept(driver, i, 2 * (i % 2));
                    }
                    accept(driver, 3, 2);
                }),
                new Script<>("more streams than the node may have", driver -> {
                    driver.boot(config().with("stream.maxInbound", "2"));
                    accept(driver, 0, 0);
                    accept(driver, 1, 2);
                    accept(driver, 2, 2);
                }),
                new Script<>("more streams of ours than there may be", driver -> {
                    connect(driver, 0);
                    driver.dispatch(open(0));
                    driver.dispatch(open(0));
                    driver.dispatch(open(0));
                    driver.answer(ConnectionEffect.ConnectInit.class, connected(driver, 0, 1));
                    driver.dispatch(open(0));
                }),
                new Script<>("too many openings", driver -> {
                    connect(driver, 0);
                    connect(driver, 2);
                    driver.dispatch(open(0));
                    driver.dispatch(open(0));
                    driver.dispatch(open(2));
                    driver.dispatch(open(2));
                }),
                new Script<>("streams and openings of ours are together too many", driver -> {
                    connect(driver, 0);
                    driver.dispatch(open(0));
                    driver.answer(ConnectionEffect.ConnectInit.class, connected(driver, 0, 1));
                    StreamEffect.OpenInit init =
                            driver.effects(StreamEffect.OpenInit.class).getLast();
                    driver.answer(
                            StreamEffect.OpenInit.class,
                            new StreamAction.StreamOpened(
                                    init.number(),
                                    init.ticket(),
                                    new Handle(
                                            StreamService.STREAM, driver.node().run(), 301),
                                    init.connection(),
                                    init.peer(),
                                    "/echo/1",
                                    1));
                    connect(driver, 2);
                    driver.dispatch(open(2));
                    driver.dispatch(open(2));
                    driver.dispatch(open(0));
                }),
                new Script<>("a stream on which nothing moves", driver -> {
                    accept(driver, 0, 0);
                    driver.advanceBy(20_000_000);
                    Handle stream =
                            new Handle(StreamService.STREAM, driver.node().run(), 200);
                    driver.answer(StreamEffect.LookInit.class, new StreamAction.StreamSeen(stream, 1));
                    driver.advanceBy(20_000_000);
                    driver.answer(StreamEffect.LookInit.class, new StreamAction.StreamSeen(stream, 30_000_000));
                }));
    }

    private static StreamAction.OpenStream open(int peer) {
        return new StreamAction.OpenStream(Ticket.NONE, TypeArbitraries.peer(peer), List.of("/echo/1"));
    }

    private static void connect(StoreDriver<SimRoot> driver, int peer) {
        driver.dispatch(
                new ConnectionAction.Connect(TypeArbitraries.peer(peer), List.of(Bench.address(1)), Ticket.NONE));
    }

    private static ConnectionAction.Connected connected(StoreDriver<SimRoot> driver, int peer, long dial) {
        Handle connection =
                new Handle(ConnectionService.CONNECTION, driver.node().run(), 300);
        return new ConnectionAction.Connected(
                dial, connection, TypeArbitraries.peer(peer), Bench.address(1), Bytes.EMPTY);
    }

    private static void accept(StoreDriver<SimRoot> driver, int number, int peer) {
        PeerId id = TypeArbitraries.peer(peer);
        Handle connection =
                new Handle(ConnectionService.CONNECTION, driver.node().run(), 100 + number);
        driver.dispatch(new ConnectionAction.Accepted(connection, id, Bench.address(1), Bytes.EMPTY));
        Handle stream = new Handle(StreamService.STREAM, driver.node().run(), 200 + number);
        driver.dispatch(new StreamAction.StreamAccepted(stream, connection, id, "/echo/1", 2));
    }
}
