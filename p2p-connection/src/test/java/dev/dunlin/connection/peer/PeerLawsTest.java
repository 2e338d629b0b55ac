package dev.dunlin.connection.peer;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionLimits;
import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.ConnectionView;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** The peer machine obeys the laws, on the connection machine. */
final class PeerLawsTest extends MachineLaws<PeerLawsTest.Root, PeerState, PeerAction> {

    private static final long TTL = 3_000_000;

    record Root(ConnectionState connection, PeerState peer) implements ConnectionView {}

    @Override
    protected Machine<ConnectionView, PeerState, PeerAction> machine() {
        return PeerMachine.PEER;
    }

    @Override
    protected Store<Root> store(Machine<? super Root, PeerState, PeerAction> peer) {
        return Store.of(new Root(ConnectionState.INITIAL, PeerState.INITIAL))
                .mount(
                        ConnectionMachine.CONNECTION,
                        Root::connection,
                        (root, changed) -> new Root(changed, root.peer()))
                .mount(peer, Root::peer, (root, changed) -> new Root(root.connection(), changed))
                .build();
    }

    @Override
    protected TypeArbitraries types() {
        return of(ConnectionLimits.handles(TypeArbitraries.small()));
    }

    private static TypeArbitraries of(TypeArbitraries from) {
        return from.with(
                        PeerAction.AddAddresses.class,
                        "ttl",
                        Arbitraries.longs().between(1, TTL))
                .with(
                        PeerAction.Measured.class,
                        "rttMicros",
                        Arbitraries.longs().between(-1, 1000))
                .with(
                        PeerAction.Describe.class,
                        "record",
                        Arbitraries.longs()
                                .between(1, 3)
                                .map(seq -> seq == 3
                                        ? Optional.empty()
                                        : Optional.of(new PeerAction.Certified(seq, List.of(Bench.address(7))))))
                .with(PeerAction.Linked.class, "connection", TypeArbitraries.handles(ConnectionService.CONNECTION))
                .weighing(PeerAction.AddAddresses.class, 3)
                .weighing(PeerAction.Linked.class, 3)
                .weighing(PeerAction.Describe.class, 3);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide()).of(PeerAction.class);
    }

    @Override
    protected Table<String, String> config() {
        return ConnectionLimits.TIGHT
                .with("peer.maxMet", "2")
                .with("peer.maxHeard", "2")
                .with("peer.maxAddresses", "2")
                .with("peer.memory", "20000000");
    }

    private static PeerId peer(int number) {
        return TypeArbitraries.peer(number);
    }

    private static Handle connection(StoreDriver<Root> driver, int number) {
        return new Handle(ConnectionService.CONNECTION, driver.node().run(), number);
    }

    private static void add(StoreDriver<Root> driver, int peer, Multiaddr... addresses) {
        driver.dispatch(new PeerAction.AddAddresses(peer(peer), List.of(addresses), Source.REFERRED, TTL));
    }

    private static void link(StoreDriver<Root> driver, int number, int peer) {
        driver.dispatch(
                new ConnectionAction.Accepted(connection(driver, number), peer(peer), Bench.address(1), Bytes.EMPTY));
    }

    private static void unlink(StoreDriver<Root> driver, int number, int peer) {
        driver.dispatch(new ConnectionAction.Closed(connection(driver, number), peer(peer), CloseReason.REMOTE, ""));
    }

    @Override
    protected List<Script<Root>> scripts() {
        return List.of(
                new Script<>("hearsay ends", driver -> {
                    add(driver, 0, Bench.address(1));
                    driver.dispatch(
                            new PeerAction.DialFailed(peer(0), Bench.address(1), ConnectionError.Kind.WRONG_PEER));
                    add(driver, 0, Bench.address(1));
                    add(driver, 1, Bench.address(2));
                    driver.dispatch(new PeerAction.Forget(peer(1)));
                    add(driver, 0, Bench.address(1));
                    driver.advanceBy(1);
                    add(driver, 0, Bench.address(2));
                    add(driver, 1, Bench.address(2));
                    add(driver, 2, Bench.address(2));
                    driver.advanceBy(TTL - 1);
                    driver.advanceBy(TTL);
                }),
                new Script<>("one connection of two ends, and the peer is remembered, and forgotten", driver -> {
                    link(driver, 1, 0);
                    link(driver, 2, 0);
                    driver.dispatch(new PeerAction.Forget(peer(0)));
                    unlink(driver, 1, 0);
                    unlink(driver, 2, 0);
                    add(driver, 0, Bench.address(1));
                    driver.advanceBy(TTL);
                    driver.dispatch(new PeerAction.Forget(peer(0)));
                    link(driver, 3, 0);
                    unlink(driver, 3, 0);
                    driver.advanceBy(20_000_000);
                }),
                new Script<>("more are met than may be", driver -> {
                    link(driver, 1, 0);
                    link(driver, 2, 1);
                    driver.dispatch(new PeerAction.Linked(connection(driver, 3), peer(2), Optional.empty()));
                    unlink(driver, 1, 0);
                    driver.dispatch(new PeerAction.Linked(connection(driver, 3), peer(2), Optional.empty()));
                    driver.dispatch(new PeerAction.Evicted(peer(1)));
                }),
                new Script<>("boots with less room", driver -> {
                    Table<String, String> less =
                            config().with("peer.maxMet", "1").with("peer.maxHeard", "1");
                    link(driver, 1, 0);
                    link(driver, 2, 1);
                    driver.boot(less);
                    driver.boot(config());
                    link(driver, 3, 0);
                    link(driver, 4, 1);
                    unlink(driver, 3, 0);
                    unlink(driver, 4, 1);
                    add(driver, 2, Bench.address(1), Bench.address(2));
                    add(driver, 4, Bench.address(1));
                    driver.boot(less);
                }),
                new Script<>("more than fits", driver -> {
                    link(driver, 1, 0);
                    driver.dispatch(new PeerAction.Describe(
                            peer(0),
                            true,
                            Optional.of("x".repeat(PeerAction.MAX_TEXT + 1)),
                            Optional.empty(),
                            List.of(),
                            List.of(),
                            Optional.empty(),
                            0));
                    driver.dispatch(new PeerAction.AddAddresses(peer(3), List.of(Bench.address(1)), Source.GIVEN, 1));
                    add(driver, 0, Bench.address(1).withPeer(peer(1)));
                    driver.dispatch(new PeerAction.AddAddresses(peer(0), Collections.emptyList(), Source.GIVEN, 1));
                }));
    }

    /** The connections of the world come and go. */
    @Override
    protected List<Arbitrary<? extends Action>> others() {
        return List.of(types().of(ConnectionAction.class));
    }

    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<Root> driver) {
        return ConnectionLimits.fitted(action, driver.root().connection());
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<Root> driver) {
        return ConnectionLimits.answers(asked);
    }
}
