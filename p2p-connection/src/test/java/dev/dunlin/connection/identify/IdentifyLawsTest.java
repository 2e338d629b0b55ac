package dev.dunlin.connection.identify;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.Direction;
import dev.dunlin.connection.bench.Silent;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
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

/** The identify machine obeys the laws, whatever connections and streams say. */
final class IdentifyLawsTest extends MachineLaws<IdentifyLawsTest.Root, IdentifyState, IdentifyAction> {

    record Root(Silent.Nothing connection, Silent.Nothing stream, IdentifyState identify) {}

    private static final Multiaddr SEEN = Multiaddr.parse("/ip4/9.9.9.9/tcp/4001");

    @Override
    protected Machine<Object, IdentifyState, IdentifyAction> machine() {
        return IdentifyMachine.IDENTIFY;
    }

    @Override
    protected Store<Root> store(Machine<? super Root, IdentifyState, IdentifyAction> identify) {
        return Store.of(new Root(new Silent.Nothing(), new Silent.Nothing(), IdentifyState.INITIAL))
                .mount(Silent.of("connection", ConnectionAction.class), Root::connection, (root, same) -> root)
                .mount(Silent.of("stream", StreamAction.class), Root::stream, (root, same) -> root)
                .mount(identify, Root::identify, (root, changed) -> new Root(root.connection(), root.stream(), changed))
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
                .weighing(IdentifyAction.Linked.class, 6)
                .weighing(IdentifyAction.AskOpened.class, 5)
                .weighing(IdentifyAction.PushOpened.class, 3)
                .weighing(IdentifyAction.Asked.class, 3)
                .weighing(IdentifyAction.PushOffered.class, 3);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide(), 1 << 20).of(IdentifyAction.class);
    }

    @Override
    protected Table<String, String> config() {
        return Table.<String, String>empty()
                .with("identify.maxLinks", "4")
                .with("identify.maxRemembered", "1")
                .with("identify.maxPushes", "1")
                .with("identify.maxAnswers", "1")
                .with("identify.pushBurst", "2")
                .with("identify.observers", "1")
                .with("identify.protocols", "2")
                .with("identify.addresses", "2")
                .with("identify.rememberedAddresses", "1");
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

        Player ask(int stream, int connection) {
            driver.dispatch(new IdentifyAction.AskOpened(handle(stream), handle(connection), peer));
            return this;
        }

        Player receive(int stream) {
            driver.dispatch(new IdentifyAction.Received(handle(stream), peer, said(Optional.empty())));
            return this;
        }

        Player fail(int stream) {
            driver.dispatch(new IdentifyAction.ReadFailed(handle(stream), peer, "the stream ended"));
            return this;
        }

        Player change(String protocol) {
            driver.dispatch(new IdentifyAction.Speak(List.of(protocol)));
            driver.advanceBy(IdentifyConfig.DEFAULT.debounce());
            return this;
        }

        Player failPush() {
            driver.dispatch(new IdentifyAction.PushNotOpened(peer));
            return this;
        }
    }

    private static void connectionsEndWhileReading(StoreDriver<Root> driver) {
        Player player = new Player(driver, TypeArbitraries.peer(1));
        player.link(1).link(2).ask(11, 1).unlink(2).link(2).unlink(1);
        player.ask(12, 2).receive(12).link(1).unlink(1).link(3).receive(12);
        player.ask(13, 2).receive(13).ask(14, 2).receive(14).link(1).ask(15, 1).unlink(1);
    }

    private static void pushesFailInEveryPhase(StoreDriver<Root> driver) {
        Player player = new Player(driver, TypeArbitraries.peer(1));
        player.link(1).ask(11, 1).receive(11).change("/a");
        player.link(2).ask(12, 2).failPush().change("/b").fail(12).failPush();
    }

    private static void oneOfTwoConnectionsEnds(StoreDriver<Root> driver) {
        new Player(driver, TypeArbitraries.peer(1))
                .link(1)
                .link(2)
                .ask(11, 1)
                .receive(11)
                .ask(12, 1)
                .receive(12)
                .unlink(2);
    }

    private static void connectionsEndAfterSecondReading(StoreDriver<Root> driver) {
        Player player = new Player(driver, TypeArbitraries.peer(1));
        player.link(1).ask(11, 1).receive(11).link(2).ask(12, 2).unlink(1).unlink(2);
    }

    private void moreAreRememberedThanTheLimit(StoreDriver<Root> driver) {
        new Player(driver, TypeArbitraries.peer(1))
                .link(1)
                .ask(11, 1)
                .receive(11)
                .unlink(1);
        new Player(driver, TypeArbitraries.peer(2))
                .link(2)
                .ask(12, 2)
                .receive(12)
                .unlink(2);
        driver.advanceBy(1);
        new Player(driver, TypeArbitraries.peer(0)).link(3).ask(13, 3).receive(13);
        driver.boot(config());
    }

    /** Mostly such connections and streams end as there are. */
    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<Root> driver) {
        IdentifyState own = driver.root().identify();
        return Optional.of(
                switch (action) {
                    case IdentifyAction.Unlinked(Handle connection, PeerId peer) ->
                        new IdentifyAction.Unlinked(link(own, connection, peer), peer);
                    case IdentifyAction.AskOpened(Handle stream, Handle connection, PeerId peer) ->
                        new IdentifyAction.AskOpened(stream, link(own, connection, peer), peer);
                    case IdentifyAction.PushOpened(Handle stream, Handle connection, PeerId peer) ->
                        new IdentifyAction.PushOpened(stream, link(own, connection, peer), peer);
                    case IdentifyAction.Asked(Handle stream, Handle connection, PeerId peer) ->
                        new IdentifyAction.Asked(stream, link(own, connection, peer), peer);
                    case IdentifyAction.PushOffered(Handle stream, Handle connection, PeerId peer) ->
                        new IdentifyAction.PushOffered(stream, link(own, connection, peer), peer);
                    case IdentifyAction.Received(Handle stream, PeerId peer, Identified said) ->
                        new IdentifyAction.Received(exchange(own, stream, peer), peer, said);
                    case IdentifyAction.ReadFailed(Handle stream, PeerId peer, String reason) ->
                        new IdentifyAction.ReadFailed(exchange(own, stream, peer), peer, reason);
                    case IdentifyAction.Sent(Handle stream, PeerId peer) ->
                        new IdentifyAction.Sent(exchange(own, stream, peer), peer);
                    case IdentifyAction.SendFailed(Handle stream, PeerId peer, String reason) ->
                        new IdentifyAction.SendFailed(exchange(own, stream, peer), peer, reason);
                    default -> action;
                });
    }

    private static Handle link(IdentifyState own, Handle drawn, PeerId peer) {
        for (var link : own.links()) {
            if (drawn.number() > 1 && link.getValue().peer().equals(peer)) {
                return link.getKey();
            }
        }
        return drawn;
    }

    private static Handle exchange(IdentifyState own, Handle drawn, PeerId peer) {
        Handle found = drawn;
        for (var exchange : own.exchanges()) {
            boolean isFirst = found.equals(drawn);
            if (exchange.getValue().peer().equals(peer) && (isFirst || drawn.number() % 2 == 0)) {
                found = exchange.getKey();
            }
        }
        return drawn.number() > 1 ? found : drawn;
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<Root> driver) {
        return switch (asked.effect()) {
            case IdentifyEffect.Read(var stream, PeerId peer) ->
                List.of(
                        new IdentifyAction.Received(stream, peer, said(Optional.of(peer))),
                        new IdentifyAction.Received(stream, peer, said(Optional.empty())),
                        new IdentifyAction.Received(stream, peer, said(Optional.of(TypeArbitraries.peer(77)))),
                        new IdentifyAction.ReadFailed(stream, peer, "the stream ended"));
            case IdentifyEffect.Send(var stream, PeerId peer, var _) ->
                List.of(
                        new IdentifyAction.Sent(stream, peer),
                        new IdentifyAction.SendFailed(stream, peer, "the stream ended"));
            default -> List.of();
        };
    }

    private static Identified said(Optional<PeerId> key) {
        return new Identified(
                Optional.of("ipfs/0.1.0"),
                Optional.of("other/1"),
                key,
                List.of(SEEN),
                List.of(IdentifyMachine.ID_PUSH),
                Optional.of(SEEN),
                Optional.empty(),
                0);
    }

    @Override
    protected List<Script<Root>> scripts() {
        return List.of(
                new Script<>("protocols that are too many, no names, or too long", driver -> {
                    driver.dispatch(new IdentifyAction.Speak(Collections.nCopies(65, "/a")));
                    driver.dispatch(new IdentifyAction.Speak(List.of("")));
                    driver.dispatch(new IdentifyAction.Speak(Collections.nCopies(20, "/" + "x".repeat(120))));
                }),
                new Script<>("more than one peer may tell", driver -> {
                    PeerId peer = TypeArbitraries.peer(1);
                    Handle connection = new Handle("any", 1, 1);
                    Handle stream = new Handle("any", 1, 2);
                    driver.dispatch(new IdentifyAction.Linked(connection, peer, SEEN, Direction.INBOUND));
                    driver.dispatch(new IdentifyAction.AskOpened(stream, connection, peer));
                    driver.dispatch(new IdentifyAction.Received(
                            stream,
                            peer,
                            new Identified(
                                    Optional.of("x".repeat(257)),
                                    Optional.empty(),
                                    Optional.empty(),
                                    List.of(),
                                    List.of(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    0)));
                }),
                new Script<>("connections end while reading", IdentifyLawsTest::connectionsEndWhileReading),
                new Script<>("pushes fail in every phase", IdentifyLawsTest::pushesFailInEveryPhase),
                new Script<>("one of two connections ends", IdentifyLawsTest::oneOfTwoConnectionsEnds),
                new Script<>(
                        "connections end after a second reading", IdentifyLawsTest::connectionsEndAfterSecondReading),
                new Script<>("more are remembered than the limit", this::moreAreRememberedThanTheLimit),
                new Script<>("more listeners than are told", driver -> {
                    for (int i = 0; i <= IdentifyGuards.MAX_LISTENERS; i++) {
                        driver.dispatch(new IdentifyAction.AddressesBound(new Handle("listener", 1, i), List.of(SEEN)));
                    }
                }));
    }
}
