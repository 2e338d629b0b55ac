package dev.dunlin.connection.stream;

import dev.dunlin.connection.ConnectionAction;
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
                .with("stream.maxStreams", "3")
                .with("stream.maxPerPeer", "2")
                .with("stream.maxPerConnection", "1");
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
                .with(StreamAction.CloseTimedOut.class, "stream", streams);
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
        return asked.effect() instanceof StreamEffect.OpenInit init
                ? List.of(
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
                                ConnectionError.of(ConnectionError.Kind.NO_COMMON_PROTOCOL, "none")))
                : ConnectionLimits.answers(asked);
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
                    driver.dispatch(open(2));
                    accept(driver, 3, 2);
                }));
    }

    private static StreamAction.OpenStream open(int peer) {
        return new StreamAction.OpenStream(Ticket.NONE, TypeArbitraries.peer(peer), List.of("/echo/1"));
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
