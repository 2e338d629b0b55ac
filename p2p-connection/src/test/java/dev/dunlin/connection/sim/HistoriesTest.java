package dev.dunlin.connection.sim;

import static dev.dunlin.connection.sim.Played.LATENCY;
import static dev.dunlin.connection.sim.Played.SECOND;
import static dev.dunlin.connection.sim.Played.connect;
import static dev.dunlin.connection.sim.Played.listen;
import static dev.dunlin.connection.sim.SimNet.address;
import static dev.dunlin.connection.sim.SimNet.peer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionAction.Connect;
import dev.dunlin.connection.ConnectionOutcome.ConnectDone;
import dev.dunlin.connection.ConnectionOutcome.ConnectGaveUp;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction.CloseStream;
import dev.dunlin.connection.stream.StreamAction.OpenFailed;
import dev.dunlin.connection.stream.StreamAction.OpenStream;
import dev.dunlin.connection.stream.StreamAction.StreamOpened;
import dev.dunlin.core.sim.Fault;
import dev.dunlin.core.sim.SimNode;
import dev.dunlin.core.sim.Wish;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Three nodes under small limits and whatever their users and the network do: no handle is left, each wish has one outcome,
 * and each request one answer.
 */
class HistoriesTest {

    private static final int NODES = 3;

    /** A node that nothing reaches: dials to it are never answered, as behind a firewall that drops. */
    private static final int SILENT = NODES;

    private static final long REST = 2 * 3600 * SECOND;

    private static final Table<String, String> CONFIG = Table.<String, String>empty()
            .with("connection.idleTimeout", Long.toString(30 * SECOND))
            .with("connection.maxInbound", "3")
            .with("connection.maxPerPeer", "2")
            .with("connection.maxWaiters", "3")
            .with("stream.maxInboundPerPeer", "4")
            .with("stream.maxOutboundPerPeer", "4")
            .with("stream.maxInboundPerConnection", "3")
            .with("stream.maxOutboundPerConnection", "3");

    /** One step of a random history, and the microseconds to the next. */
    record Move(int kind, int from, int to, long pause) {}

    @Provide
    Arbitrary<List<Move>> histories() {
        Arbitrary<Long> pauses = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.longs().between(0, 3 * LATENCY)),
                Tuple.of(2, Arbitraries.longs().between(0, 20 * SECOND)),
                Tuple.of(1, Arbitraries.longs().between(0, 400 * SECOND)));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 13),
                        Arbitraries.integers().between(0, NODES - 1),
                        Arbitraries.integers().between(0, NODES - 1),
                        pauses)
                .as(Move::new)
                .list()
                .ofMaxSize(80);
    }

    /** The simulator's audit after every input finds a leak, a broken invariant or an undeclared transition. */
    @Property(tries = 300)
    void randomHistoriesLeakNothing(@ForAll("histories") List<Move> moves) {
        Played played = new History(moves).play();
        for (int node = 0; node < NODES; node++) {
            exactlyOneOutcome(left(played.turns(node)));
            exactlyOneAnswer(left(played.turns(node)));
            assertThat(played.root(node).connection().peers().isEmpty()).isTrue();
            assertThat(played.root(node).connection().open().held().isEmpty()).isTrue();
            assertThat(played.root(node).stream().counts().perPeer().isEmpty()).isTrue();
        }
        played.assertNothingOpen();
    }

    @Example
    void theSameMovesGiveTheSameHistory() {
        List<Move> moves = IntStream.range(0, 60)
                .mapToObj(i -> new Move(i * 7 % 13, i % 3, (i * 5 + 1) % 3, i * 31_007L % 3_000_000))
                .toList();
        assertThat(new History(moves).play().outcome().digest())
                .isEqualTo(new History(moves).play().outcome().digest());
    }

    /** A plan made of moves, and a script of those that depend on the state. */
    private static final class History {
        private final List<Wish> wishes = new ArrayList<>(List.of(listen(SILENT)));
        private final List<Fault> faults = new ArrayList<>();
        private final List<Consumer<Played>> script = new ArrayList<>();
        private final long rest;

        History(List<Move> moves) {
            long at = SECOND;
            for (int i = 0; i < moves.size(); i++) {
                add(moves.get(i), at, new Ticket("api", i));
                at += moves.get(i).pause();
            }
            rest = at;
        }

        private void add(Move move, long at, Ticket ticket) {
            int from = move.from();
            switch (move.kind()) {
                case 0, 1 -> wishes.add(connect(at, from, move.to(), ticket));
                case 2 ->
                    wish(
                            at,
                            from,
                            new Connect(peer(move.to()), List.of(address(SILENT), address(move.to())), Ticket.NONE));
                case 3 -> wish(at, from, new ConnectionAction.Disconnect(peer(move.to())));
                case 4 -> wish(at, from, new ConnectionAction.Retry(peer(move.to())));
                case 12 -> wish(at, from, new ConnectionAction.Ban(peer(move.to()), move.pause() * 3, "tried"));
                case 5 -> wish(at, from, new ConnectionAction.Reset(peer(move.to())));
                case 6 -> wishes.add(listen(at, from));
                case 7 -> wish(at, from, new ConnectionAction.StopListening(address(from)));
                case 8 -> wish(at, from, new OpenStream(ticket, peer(move.to()), List.of(PingProtocol.ID)));
                case 9, 10, 11 -> script.add(played -> played.at(at, () -> make(move, played)));
                default -> {
                    if (move.to() == 0) {
                        faults.add(new Fault.Crash(from, at, 1 + move.pause() / 2, 0, false, 0));
                    } else {
                        wishes.add(listen(at, from));
                    }
                }
            }
        }

        private void wish(long at, int node, Action wish) {
            wishes.add(new Wish(at, node, wish));
        }

        Played play() {
            long end = rest + REST + 60 * SECOND;
            for (int node = 0; node < NODES; node++) {
                faults.add(new Fault.Stall(node, SILENT, 0, end));
            }
            return Played.of(
                    Played.plan(NODES + 1, end, wishes.toArray(Wish[]::new)).withFaults(faults), CONFIG, this::direct);
        }

        private void direct(Played played) {
            script.forEach(move -> move.accept(played));
            played.at(rest, () -> played.stubborn(false));
            played.at(rest + REST, () -> {
                for (int i = 0; i < NODES; i++) {
                    SimNode<SimRoot> node = played.node(i);
                    node.root()
                            .connection()
                            .peers()
                            .keys()
                            .forEach(peer -> node.offer(new ConnectionAction.Reset(peer)));
                }
            });
        }

        private static void make(Move move, Played played) {
            switch (move.kind()) {
                case 9 -> closeSomeStream(played.node(move.from()), move.to() == 0 ? CloseMode.RESET : CloseMode.CLOSE);
                case 10 -> breakSomeLink(move, played);
                default -> played.stubborn(move.to() == 0);
            }
        }

        private static void closeSomeStream(SimNode<SimRoot> node, CloseMode mode) {
            node.root().stream()
                    .streams()
                    .first()
                    .ifPresent(entry -> node.offer(new CloseStream(entry.getKey(), mode)));
        }

        // It is lost, or the node that was dialled closes its side without being asked, as of a remote that breaks a
        // rule.
        private static void breakSomeLink(Move move, Played played) {
            List<Link.Side> dialled = IntStream.range(0, NODES)
                    .boxed()
                    .flatMap(node -> played.sides(node).stream())
                    .filter(side -> side.end == 1)
                    .toList();
            if (dialled.isEmpty()) {
                return;
            }
            Link.Side side = dialled.get(move.from() % dialled.size());
            if (move.to() == 0) {
                side.close(CloseReason.PROTOCOL_ERROR);
            } else {
                side.link.abandon();
                side.link.broken(0);
                side.link.broken(1);
            }
        }
    }

    private static long bootedIn(List<Turn> turns) {
        return turns.stream()
                .filter(turn -> turn.input().action() instanceof NodeAction.Booted)
                .mapToLong(Turn::number)
                .max()
                .orElseThrow();
    }

    // Each ticket of the last run has one outcome; those of earlier runs at most one.
    private static void exactlyOneOutcome(List<Turn> turns) {
        Map<Ticket, Integer> outcomes = new HashMap<>();
        Map<Ticket, Long> asked = new HashMap<>();
        for (Turn turn : turns) {
            for (int i = 0; i < turn.size(); i++) {
                if (turn.rejection(i) != null) {
                    continue;
                }
                switch (turn.entry(i)) {
                    case ConnectDone done -> outcomes.merge(done.ticket(), 1, Integer::sum);
                    case ConnectGaveUp failed -> outcomes.merge(failed.ticket(), 1, Integer::sum);
                    case StreamOpened opened -> outcomes.merge(opened.ticket(), 1, Integer::sum);
                    case OpenFailed failed -> outcomes.merge(failed.ticket(), 1, Integer::sum);
                    case NodeOutcome.Refused refused -> outcomes.merge(refused.ticket(), 1, Integer::sum);
                    case Connect wish
                    when !wish.ticket().equals(Ticket.NONE) -> asked.put(wish.ticket(), turn.number());
                    case OpenStream wish -> asked.put(wish.ticket(), turn.number());
                    default -> {
                        // Neither a wish with a ticket nor an outcome.
                    }
                }
            }
        }
        long booted = bootedIn(turns);
        asked.forEach((ticket, number) -> assertThat(outcomes.getOrDefault(ticket, 0))
                .as(ticket.toString())
                .isBetween(number > booted ? 1 : 0, 1));
    }

    // What the log has: a kill loses inputs that were not written yet, and their numbers are given again.
    private static List<Turn> left(List<Turn> turns) {
        List<Turn> left = new ArrayList<>();
        for (Turn turn : turns) {
            left.removeIf(before -> before.number() >= turn.number());
            left.add(turn);
        }
        return left;
    }

    // The services keep their contract: each request of the last run is answered once, of earlier runs at most once.
    private static void exactlyOneAnswer(List<Turn> turns) {
        Map<Object, Integer> answers = new HashMap<>();
        turns.forEach(turn -> answers.merge(turn.cause(0), 1, Integer::sum));
        long booted = bootedIn(turns);
        for (Turn turn : turns) {
            for (Turn.Emitted emitted : turn.effects()) {
                if (emitted.effect() instanceof Effect.Request) {
                    assertThat(answers.getOrDefault(emitted.id(), 0))
                            .as(emitted.toString())
                            .isBetween(turn.number() > booted ? 1 : 0, 1);
                }
            }
        }
    }
}
