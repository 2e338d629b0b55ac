package dev.dunlin.connection.stage;

import static dev.dunlin.connection.stage.Bench.SECOND;
import static dev.dunlin.connection.stage.Bench.peer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionAction.Connect;
import dev.dunlin.connection.ConnectionAction.ConnectDone;
import dev.dunlin.connection.ConnectionAction.ConnectGaveUp;
import dev.dunlin.connection.ConnectionAction.ConnectRefused;
import dev.dunlin.connection.ConnectionAction.Disconnect;
import dev.dunlin.connection.ConnectionAction.Listen;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction.CloseStream;
import dev.dunlin.connection.stream.StreamAction.OpenFailed;
import dev.dunlin.connection.stream.StreamAction.OpenStream;
import dev.dunlin.connection.stream.StreamAction.StreamOpened;
import dev.dunlin.connection.stream.StreamAction.StreamRefused;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/** Several nodes on one simulated network: examples, then random histories. */
class SimNetworkTest {

    private static final long LATENCY = 20_000;
    private static final int NODES = 3;

    private final SimNetwork network = new SimNetwork(LATENCY);

    private SimNode node(int number) {
        SimNode node = network.node(peer(number), Table.empty());
        node.dispatch(new Listen(node.address(), Ticket.NONE));
        return node;
    }

    private static Connect connect(SimNode to, Ticket ticket) {
        return new Connect(to.id(), List.of(to.address()), ticket);
    }

    @Test
    void twoNodesConnectAndTalk() {
        SimNode one = node(1);
        SimNode two = node(2);
        network.settle();
        one.dispatch(connect(two, new Ticket("api", "c")));
        network.settle();
        assertThat(one.root().connection().isConnected(two.id())).isTrue();
        assertThat(two.root().connection().isConnected(one.id())).isTrue();
        one.dispatch(new OpenStream(new Ticket("api", "s"), two.id(), List.of("/none", "/echo/2")));
        network.settle();
        assertThat(one.actions(StreamOpened.class).getFirst().protocol()).isEqualTo("/echo/2");
        assertThat(two.root().stream().streams().size()).isOne();
        one.dispatch(new Disconnect(two.id()));
        network.settle();
        assertNothingOpen();
    }

    @Test
    void simultaneousDialsLeaveOneConnectionToBoth() {
        for (boolean smallerFirst : new boolean[] {true, false}) {
            for (long lead = 0; lead <= 3 * LATENCY; lead += LATENCY / 2) {
                SimNetwork fresh = new SimNetwork(LATENCY);
                SimNode one = fresh.node(peer(smallerFirst ? 1 : 2), Table.empty());
                SimNode two = fresh.node(peer(smallerFirst ? 2 : 1), Table.empty());
                one.dispatch(new Listen(one.address(), Ticket.NONE));
                two.dispatch(new Listen(two.address(), Ticket.NONE));
                fresh.settle();
                one.dispatch(connect(two, Ticket.NONE));
                fresh.pass(lead);
                two.dispatch(new Connect(one.id(), List.of(one.address()), new Ticket("api", "x")));
                fresh.pass(SECOND);
                assertThat(one.root().connection().connections().size()).isOne();
                assertThat(two.root().connection().connections().size()).isOne();
                assertThat(fresh.links()).hasSize(1);
            }
        }
    }

    @Test
    void aLostLinkIsFoundByBoth() {
        SimNode one = node(1);
        SimNode two = node(2);
        network.settle();
        one.dispatch(connect(two, Ticket.NONE));
        network.settle();
        one.dispatch(new OpenStream(new Ticket("api", "s"), two.id(), List.of("/echo/1")));
        network.settle();
        network.links().getFirst().lose();
        network.settle();
        assertNothingOpen();
    }

    @Test
    void anAbsentNodeIsRetriedUntilItComes() {
        SimNode one = node(1);
        SimNode two = network.node(peer(2), Table.empty());
        network.settle();
        one.dispatch(connect(two, new Ticket("api", "c")));
        network.pass(SECOND);
        assertThat(one.actions(ConnectDone.class)).isEmpty();
        two.dispatch(new Listen(two.address(), Ticket.NONE));
        network.pass(20 * SECOND);
        assertThat(one.actions(ConnectDone.class)).hasSize(1);
    }

    @Test
    void anotherPeerAtTheAddressIsAnError() {
        SimNode one = node(1);
        SimNode two = node(2);
        network.settle();
        one.dispatch(new Connect(peer(3), List.of(two.address()), Ticket.NONE));
        network.settle();
        assertThat(one.actions(ConnectionAction.ConnectionFailed.class)
                        .getFirst()
                        .error()
                        .text())
                .isEqualTo("WRONG_PEER");
    }

    @Test
    void theSameCallsGiveTheSameHistory() {
        assertThat(history()).isEqualTo(history());
    }

    private static String history() {
        SimNetworkTest test = new SimNetworkTest();
        List<Move> moves = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            moves.add(new Move(i * 7 % 13, i % 3, (i * 5 + 1) % 3, i * 31_007L % 3_000_000));
        }
        test.play(moves);
        StringBuilder text = new StringBuilder();
        for (SimNode node : test.network.nodes()) {
            for (Turn turn : node.turns()) {
                text.append(turn.number()).append(' ').append(turn.derived()).append('\n');
            }
            text.append(Content.digest(node.root()));
        }
        return text.toString();
    }

    /** One step of a random history. */
    record Move(int kind, int from, int to, long pause) {}

    @Provide
    Arbitrary<List<Move>> histories() {
        Arbitrary<Long> pauses = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.longs().between(0, 3 * LATENCY)),
                Tuple.of(2, Arbitraries.longs().between(0, 20 * SECOND)),
                Tuple.of(1, Arbitraries.longs().between(0, 400 * SECOND)));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 12),
                        Arbitraries.integers().between(0, NODES - 1),
                        Arbitraries.integers().between(0, NODES - 1),
                        pauses)
                .as(Move::new)
                .list()
                .ofMaxSize(80);
    }

    /**
     * The audit after every input throws on a leak, a broken invariant or an undeclared transition; the store on a
     * lying deadline.
     */
    @Property(tries = 300)
    void randomHistoriesLeakNothing(@ForAll("histories") List<Move> moves) {
        play(moves);
        network.stubborn(false);
        network.pass(2 * 3600 * SECOND);
        for (SimNode node : network.nodes()) {
            exactlyOneOutcome(node);
            exactlyOneAnswer(node);
            node.root().connection().peers().keys().forEach(peer -> node.dispatch(new ConnectionAction.Reset(peer)));
        }
        network.pass(60 * SECOND);
        assertNothingOpen();
        for (SimNode node : network.nodes()) {
            assertThat(node.root().connection().peers().isEmpty()).isTrue();
            assertThat(node.root().connection().open().held().isEmpty()).isTrue();
            assertThat(node.root().stream().perPeer().isEmpty()).isTrue();
        }
    }

    private int asked;

    private void play(List<Move> moves) {
        while (network.nodes().size() < NODES) {
            Table<String, String> config = Table.<String, String>empty()
                    .with("connection.idleTimeout", Long.toString(30 * SECOND))
                    .with("connection.maxInbound", "3")
                    .with("connection.maxPerPeer", "2")
                    .with("connection.maxWaiters", "3")
                    .with("stream.maxPerPeer", "4")
                    .with("stream.maxPerConnection", "3");
            network.node(peer(network.nodes().size() + 1), config);
        }
        network.silence(SimNetwork.address(77));
        for (Move move : moves) {
            make(move);
            network.pass(move.pause());
        }
    }

    private void make(Move move) {
        SimNode from = network.nodes().get(move.from());
        SimNode to = network.nodes().get(move.to());
        Ticket ticket = new Ticket("api", from.node().run() + "." + ++asked);
        switch (move.kind()) {
            case 0, 1 -> from.dispatch(connect(to, ticket));
            case 2 -> from.dispatch(new Connect(to.id(), List.of(SimNetwork.address(77), to.address()), Ticket.NONE));
            case 3 -> from.dispatch(new Disconnect(to.id()));
            case 4 -> from.dispatch(new ConnectionAction.Retry(to.id()));
            case 5 -> from.dispatch(new ConnectionAction.Reset(to.id()));
            case 6 -> from.dispatch(new Listen(from.address(), Ticket.NONE));
            case 7 -> from.dispatch(new ConnectionAction.StopListening(from.address()));
            case 8 -> from.dispatch(new OpenStream(ticket, to.id(), List.of("/echo/1")));
            case 9 -> closeSomeStream(from, move.to() == 0 ? CloseMode.RESET : CloseMode.CLOSE);
            case 10 -> breakSomeLink(move);
            case 11 -> network.stubborn(move.to() == 0);
            default -> {
                if (move.to() == 0) {
                    from.reboot();
                } else {
                    from.dispatch(new Listen(from.address(), Ticket.NONE));
                }
            }
        }
    }

    private static void closeSomeStream(SimNode node, CloseMode mode) {
        List<Handle> streams = new ArrayList<>();
        node.root().stream().streams().keys().forEach(streams::add);
        if (!streams.isEmpty()) {
            node.dispatch(new CloseStream(streams.getFirst(), mode));
        }
    }

    private void breakSomeLink(Move move) {
        List<SimLink> links = network.links();
        if (!links.isEmpty()) {
            SimLink link = links.get(move.from() % links.size());
            if (move.to() == 0) {
                link.kill();
            } else {
                link.lose();
            }
        }
    }

    // Each ticket of the present run has one outcome; those of earlier runs at most one.
    private static void exactlyOneOutcome(SimNode node) {
        Map<Ticket, Integer> outcomes = new HashMap<>();
        List<Ticket> tickets = new ArrayList<>();
        for (Turn turn : node.turns()) {
            for (int i = 0; i < turn.size(); i++) {
                if (turn.rejection(i) != null) {
                    continue;
                }
                switch (turn.entry(i)) {
                    case ConnectDone done -> outcomes.merge(done.ticket(), 1, Integer::sum);
                    case ConnectGaveUp failed -> outcomes.merge(failed.ticket(), 1, Integer::sum);
                    case ConnectRefused refused -> outcomes.merge(refused.ticket(), 1, Integer::sum);
                    case StreamOpened opened -> outcomes.merge(opened.ticket(), 1, Integer::sum);
                    case OpenFailed failed -> outcomes.merge(failed.ticket(), 1, Integer::sum);
                    case StreamRefused refused -> outcomes.merge(refused.ticket(), 1, Integer::sum);
                    case Connect wish when !wish.ticket().equals(Ticket.NONE) -> tickets.add(wish.ticket());
                    case OpenStream wish -> tickets.add(wish.ticket());
                    default -> {}
                }
            }
        }
        for (Ticket ticket : tickets) {
            boolean present = ticket.key().startsWith(node.node().run() + ".");
            assertThat(outcomes.getOrDefault(ticket, 0)).as(ticket.toString()).isBetween(present ? 1 : 0, 1);
        }
    }

    // The services keep their contract: each request of this run is answered once, of earlier runs at most once.
    private static void exactlyOneAnswer(SimNode node) {
        Map<Object, Integer> answers = new HashMap<>();
        long bootedIn = 0;
        for (Turn turn : node.turns()) {
            answers.merge(turn.cause(0), 1, Integer::sum);
            if (turn.input().action() instanceof NodeAction.Booted) {
                bootedIn = turn.number();
            }
        }
        for (Turn turn : node.turns()) {
            for (Turn.Emitted emitted : turn.effects()) {
                if (emitted.effect() instanceof Effect.Request) {
                    assertThat(answers.getOrDefault(emitted.id(), 0))
                            .as(emitted.toString())
                            .isBetween(turn.number() > bootedIn ? 1 : 0, 1);
                }
            }
        }
    }

    private void assertNothingOpen() {
        for (SimNode node : network.nodes()) {
            node.node()
                    .handles()
                    .each((handle, holding) -> assertThat(handle.kind()).isEqualTo("listener"));
            assertThat(node.root().connection().connections().isEmpty()).isTrue();
            assertThat(node.root().stream().streams().isEmpty()).isTrue();
        }
        assertThat(network.links()).isEmpty();
    }
}
