package dev.dunlin.connection.identify;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.Direction;
import dev.dunlin.connection.bench.Silent;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** The identify machine obeys the laws, whatever connections and exchanges say. */
final class IdentifyLawsTest extends MachineLaws<IdentifyLawsTest.Root, IdentifyState, IdentifyAction> {

    record Root(Silent.Nothing connection, Silent.Nothing peer, Silent.Nothing exchange, IdentifyState identify) {}

    private static final Multiaddr SEEN = Multiaddr.parse("/ip4/9.9.9.9/tcp/4001");

    @Override
    protected Machine<Object, IdentifyState, IdentifyAction> machine() {
        return IdentifyMachine.IDENTIFY;
    }

    @Override
    protected Store<Root> store(Machine<? super Root, IdentifyState, IdentifyAction> identify) {
        return Store.of(new Root(
                        new Silent.Nothing(), new Silent.Nothing(), new Silent.Nothing(), IdentifyState.INITIAL))
                .mount(Silent.of("connection", ConnectionAction.class), Root::connection, (root, same) -> root)
                .mount(Silent.of("peer", PeerAction.class), Root::peer, (root, same) -> root)
                .mount(
                        Silent.exchange(List.of(
                                IdentifyProtocol.WhoAreYou.class, Identified.class, IdentifyProtocol.PushTaken.class)),
                        Root::exchange,
                        (root, same) -> root)
                .mount(
                        identify,
                        Root::identify,
                        (root, changed) -> new Root(root.connection(), root.peer(), root.exchange(), changed))
                .build();
    }

    @Override
    protected TypeArbitraries types() {
        return of(TypeArbitraries.small(), 6)
                .with(PeerId.class, Arbitraries.integers().between(0, 2).map(TypeArbitraries::peer));
    }

    // The facts that bring handles are of machines that are silent here, so handles come from a pool.
    private static TypeArbitraries of(TypeArbitraries from, int handles) {
        return from.with(
                        Handle.class, Arbitraries.integers().between(1, handles).map(n -> new Handle("any", 1, n)))
                .with(IdentifyAction.Received.class, "ask", Arbitraries.longs().between(0, handles))
                .with(IdentifyAction.PushSent.class, "ask", Arbitraries.longs().between(0, handles))
                .with(IdentifyAction.AskLost.class, "ask", Arbitraries.longs().between(0, handles))
                .weighing(IdentifyAction.Linked.class, 6)
                .weighing(IdentifyAction.Received.class, 5)
                .weighing(IdentifyAction.AskLost.class, 3)
                .weighing(IdentifyAction.PushSent.class, 3)
                .weighing(IdentifyAction.PushCame.class, 2);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide(), 1 << 20).of(IdentifyAction.class);
    }

    @Override
    protected Table<String, String> config() {
        return Table.<String, String>empty()
                .with("identify.maxLinks", "4")
                .with("identify.maxPushes", "1")
                .with("identify.pushBurst", "2")
                .with("identify.observers", "1")
                .with("identify.protocols", "2")
                .with("identify.addresses", "2");
    }

    /** A few peers' connections and streams, by number. */
    private record Player(StoreDriver<Root> driver, PeerId peer) {

        private static Handle handle(int number) {
            return new Handle("any", 1, number);
        }

        Player link(int connection) {
            driver.dispatch(new IdentifyAction.Linked(handle(connection), peer, SEEN, Direction.INBOUND));
            return this;
        }

        Player unlink(int connection) {
            driver.dispatch(new IdentifyAction.Unlinked(handle(connection), peer));
            return this;
        }

        Player answer(int connection) {
            long ask = state().asking().ask();
            driver.dispatch(new IdentifyAction.Received(peer, ask, handle(connection), said(Optional.empty())));
            return this;
        }

        Player fail() {
            driver.dispatch(new IdentifyAction.AskLost(peer, state().asking().ask(), AskFailure.RESET, "it ended"));
            return this;
        }

        Player change(String protocol) {
            driver.dispatch(new IdentifyAction.Speak(List.of(protocol)));
            driver.advanceBy(IdentifyConfig.DEFAULT.debounce());
            return this;
        }

        Player failPush() {
            driver.dispatch(new IdentifyAction.AskLost(peer, state().sent().push(), AskFailure.TIMED_OUT, ""));
            return this;
        }

        Player write() {
            driver.dispatch(new IdentifyAction.PushSent(peer, state().sent().push()));
            return this;
        }

        private IdentifyState.Peer state() {
            return driver.root().identify().peers().at(peer);
        }
    }

    private static void connectionsEndWhileAsking(StoreDriver<Root> driver) {
        Player player = new Player(driver, TypeArbitraries.peer(1));
        player.link(1).link(2).unlink(2).answer(1).answer(1).unlink(1);
        player.link(2)
                .link(1)
                .answer(1)
                .fail()
                .link(3)
                .fail()
                .unlink(1)
                .unlink(2)
                .unlink(3);
        player.link(4).unlink(4);
    }

    private static void answersComeOfConnectionsThatAreNotWatched(StoreDriver<Root> driver) {
        new Player(driver, TypeArbitraries.peer(1))
                .link(1)
                .answer(9)
                .link(2)
                .link(3)
                .answer(9)
                .answer(3);
    }

    private static void pushesEndInEveryPhase(StoreDriver<Root> driver) {
        Player player = new Player(driver, TypeArbitraries.peer(1));
        player.link(1).answer(1).change("/a");
        player.link(2).failPush().change("/b").write().change("/c").fail().failPush();
        player.change("/d")
                .write()
                .link(3)
                .answer(3)
                .change("/e")
                .failPush()
                .change("/f")
                .unlink(1)
                .write();
    }

    private static void oneOfTwoConnectionsEnds(StoreDriver<Root> driver) {
        new Player(driver, TypeArbitraries.peer(1))
                .link(1)
                .link(2)
                .answer(1)
                .answer(1)
                .unlink(2);
    }

    private static void connectionsEndAfterTheSecondAsk(StoreDriver<Root> driver) {
        new Player(driver, TypeArbitraries.peer(1))
                .link(1)
                .answer(1)
                .link(2)
                .unlink(1)
                .unlink(2);
    }

    /** Mostly such connections and asks end as there are. */
    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<Root> driver) {
        IdentifyState own = driver.root().identify();
        return Optional.of(
                switch (action) {
                    case IdentifyAction.Unlinked(Handle connection, PeerId peer) ->
                        new IdentifyAction.Unlinked(link(own, connection, peer), peer);
                    case IdentifyAction.Received(PeerId peer, long ask, Handle connection, Identified said) ->
                        new IdentifyAction.Received(peer, asking(own, ask, peer), link(own, connection, peer), said);
                    case IdentifyAction.AskLost(PeerId peer, long ask, var why, String detail) ->
                        new IdentifyAction.AskLost(
                                peer, ask % 2 == 0 ? asking(own, ask, peer) : pushing(own, ask, peer), why, detail);
                    case IdentifyAction.PushSent(PeerId peer, long ask) ->
                        new IdentifyAction.PushSent(peer, pushing(own, ask, peer));
                    case IdentifyAction.Asked(PeerId peer, Handle connection, long question) ->
                        new IdentifyAction.Asked(peer, link(own, connection, peer), question);
                    case IdentifyAction.PushCame(PeerId peer, Handle connection, long question, Identified said) ->
                        new IdentifyAction.PushCame(peer, link(own, connection, peer), question, said);
                    default -> action;
                });
    }

    private static long asking(IdentifyState own, long drawn, PeerId peer) {
        return drawn > 1
                ? own.peers().find(peer).map(known -> known.asking().ask()).orElse(drawn)
                : drawn;
    }

    private static long pushing(IdentifyState own, long drawn, PeerId peer) {
        return drawn > 1
                ? own.peers().find(peer).map(known -> known.sent().push()).orElse(drawn)
                : drawn;
    }

    private static Handle link(IdentifyState own, Handle drawn, PeerId peer) {
        for (var link : own.links()) {
            if (drawn.number() > 1 && link.getValue().peer().equals(peer)) {
                return link.getKey();
            }
        }
        return drawn;
    }

    private static Identified said(Optional<PeerId> key) {
        return new Identified(
                Optional.of("ipfs/0.1.0"),
                Optional.of("other/1"),
                key,
                List.of(SEEN),
                List.of(IdentifyProtocol.PUSH_ID),
                Optional.of(SEEN),
                Optional.empty(),
                0);
    }

    @Override
    protected List<Script<Root>> scripts() {
        return List.of(
                new Script<>("protocols that are too many, no names, or too long", driver -> {
                    List<String> many =
                            IntStream.range(0, 65).mapToObj(i -> "/" + i).toList();
                    List<String> all = IntStream.range(0, 20)
                            .mapToObj(i -> "/" + "x".repeat(120) + (char) ('a' + i))
                            .toList();
                    for (List<String> protocols : List.of(many, List.of(""), all)) {
                        driver.dispatch(new IdentifyAction.Speak(protocols));
                        driver.dispatch(new IdentifyAction.ProtocolsServed(protocols, true));
                    }
                }),
                new Script<>("more than one peer may tell", driver -> {
                    PeerId peer = TypeArbitraries.peer(1);
                    Handle connection = Player.handle(1);
                    Identified much = new Identified(
                            Optional.of("x".repeat(257)),
                            Optional.empty(),
                            Optional.empty(),
                            List.of(),
                            List.of(),
                            Optional.empty(),
                            Optional.empty(),
                            0);
                    driver.dispatch(new IdentifyAction.Linked(connection, peer, SEEN, Direction.INBOUND));
                    driver.dispatch(new IdentifyAction.PushCame(peer, connection, 1, much));
                    driver.dispatch(new IdentifyAction.Received(peer, 1, connection, much));
                }),
                new Script<>("connections end while asking", IdentifyLawsTest::connectionsEndWhileAsking),
                new Script<>(
                        "answers come of connections that are not watched",
                        IdentifyLawsTest::answersComeOfConnectionsThatAreNotWatched),
                new Script<>("pushes end in every phase", IdentifyLawsTest::pushesEndInEveryPhase),
                new Script<>("one of two connections ends", IdentifyLawsTest::oneOfTwoConnectionsEnds),
                new Script<>("connections end after the second ask", IdentifyLawsTest::connectionsEndAfterTheSecondAsk),
                new Script<>("more listeners than are told", driver -> {
                    for (int i = 0; i <= IdentifyGuards.MAX_LISTENERS; i++) {
                        driver.dispatch(new IdentifyAction.AddressesBound(new Handle("listener", 1, i), List.of(SEEN)));
                    }
                }));
    }
}
