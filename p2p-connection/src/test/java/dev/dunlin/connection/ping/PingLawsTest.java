package dev.dunlin.connection.ping;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionLimits;
import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.ConnectionView;
import dev.dunlin.connection.bench.Silent;
import dev.dunlin.connection.peer.PeerAction;
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
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** The ping machine obeys the laws, on the connection machine and whatever exchanges say. */
final class PingLawsTest extends MachineLaws<PingLawsTest.Root, PingState, PingAction> {

    record Root(ConnectionState connection, Silent.Nothing peer, Silent.Nothing exchange, PingState ping)
            implements ConnectionView {}

    @Override
    protected Machine<ConnectionView, PingState, PingAction> machine() {
        return PingMachine.PING;
    }

    @Override
    protected Store<Root> store(Machine<? super Root, PingState, PingAction> ping) {
        return Store.of(new Root(
                        ConnectionState.INITIAL, new Silent.Nothing(), new Silent.Nothing(), PingState.INITIAL))
                .mount(
                        ConnectionMachine.CONNECTION,
                        Root::connection,
                        (root, changed) -> new Root(changed, root.peer(), root.exchange(), root.ping()))
                .mount(Silent.of("peer", PeerAction.class), Root::peer, (root, same) -> root)
                .mount(Silent.exchange(List.of(PingProtocol.PingPayload.class)), Root::exchange, (root, same) -> root)
                .mount(
                        ping,
                        Root::ping,
                        (root, changed) -> new Root(root.connection(), root.peer(), root.exchange(), changed))
                .build();
    }

    @Override
    protected TypeArbitraries types() {
        return of(ConnectionLimits.handles(TypeArbitraries.small()), 6);
    }

    private static TypeArbitraries of(TypeArbitraries from, int pings) {
        return from.with(
                        PingAction.PongReceived.class,
                        "rttMicros",
                        Arbitraries.longs().between(-1, 3))
                .with(
                        PingAction.PongReceived.class,
                        "number",
                        Arbitraries.longs().between(0, pings))
                .with(PingAction.PongLost.class, "number", Arbitraries.longs().between(0, pings))
                .with(
                        PingProtocol.PingPayload.class,
                        Arbitraries.bytes()
                                .array(byte[].class)
                                .ofSize(PingProtocol.BYTES)
                                .map(bytes -> new PingProtocol.PingPayload(Bytes.of(bytes))))
                .with(PingAction.Ping.class, "count", Arbitraries.integers().between(0, 4))
                .with(
                        PingAction.Ping.class,
                        "intervalMicros",
                        Arbitraries.longs().between(-1, 6_000_000))
                .weighing(PingAction.Linked.class, 4)
                .weighing(PingAction.Ping.class, 3);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide(), 1 << 20).of(PingAction.class);
    }

    @Override
    protected Table<String, String> config() {
        return ConnectionLimits.TIGHT
                .with("ping.maxLinks", "2")
                .with("ping.maxJobs", "2")
                .with("ping.maxCount", "3")
                .with("ping.keptRtts", "2")
                .with("ping.failures", "2");
    }

    @Override
    protected List<Script<Root>> scripts() {
        return List.of(new Script<>("one of two connections ends between two pings", driver -> {
            PeerId peer = TypeArbitraries.peer(1);
            Handle first = new Handle(ConnectionService.CONNECTION, 1, 1);
            Handle second = new Handle(ConnectionService.CONNECTION, 1, 2);
            Multiaddr from = Multiaddr.parse("/ip4/8.8.1.1/tcp/4001");
            driver.dispatch(new ConnectionAction.Accepted(first, peer, from, Bytes.EMPTY));
            driver.dispatch(new ConnectionAction.Accepted(second, peer, from, Bytes.EMPTY));
            driver.dispatch(new PingAction.Ping(Ticket.NONE, peer, 1, 0));
            PingState.Sent sent = driver.root().ping().peers().at(peer).ping().orElseThrow();
            driver.dispatch(new PingAction.PongReceived(peer, sent.number(), sent.payload(), 5));
            driver.dispatch(new ConnectionAction.Closed(second, peer, CloseReason.REMOTE, ""));
            driver.dispatch(new ConnectionAction.Closed(first, peer, CloseReason.REMOTE, ""));
        }));
    }

    /** The connections of the world come and go. */
    @Override
    protected List<Arbitrary<? extends Action>> others() {
        return List.of(types().of(ConnectionAction.class));
    }

    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<Root> driver) {
        if (action instanceof PingAction.PongReceived pong && pong.number() % 2 == 0) {
            Optional<PingState.Sent> sent =
                    driver.root().ping().peers().find(pong.peer()).flatMap(PingState.Peer::ping);
            if (sent.isPresent()) {
                return Optional.of(new PingAction.PongReceived(
                        pong.peer(), sent.get().number(), sent.get().payload(), pong.rttMicros()));
            }
        }
        return ConnectionLimits.fitted(action, driver.root().connection());
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<Root> driver) {
        return ConnectionLimits.answers(asked);
    }
}
