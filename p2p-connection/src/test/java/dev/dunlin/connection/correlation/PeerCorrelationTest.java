package dev.dunlin.connection.correlation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.sim.ConnectionScenario;
import dev.dunlin.connection.sim.ConnectionScenario.Profile;
import dev.dunlin.connection.sim.SimNet;
import dev.dunlin.connection.sim.SimRoot;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamService;
import dev.dunlin.core.debug.Cluster;
import dev.dunlin.core.debug.ClusterLog;
import dev.dunlin.core.debug.Timeline;
import dev.dunlin.core.debug.Timeline.Message;
import dev.dunlin.core.debug.Timeline.Reason;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.sim.Fault;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.sim.Wish;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/** The joined logs of two simulated nodes with connections and streams only. */
class PeerCorrelationTest {

    private static final long SECOND = 1_000_000;
    private static final long LATENCY = 10_000;
    private static final int ONE = 0;
    private static final int TWO = 1;
    private static final List<String> NAMES = List.of("one", "two");

    private final Simulation<SimRoot> simulation =
            Simulation.of(ConnectionScenario.of(Profile.CALM, Bench::streamStore));
    private final List<Wish> wishes = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private long now = SECOND;

    /** A wish at the present time. */
    private void wish(int node, Action wish) {
        wishes.add(new Wish(now, node, wish));
    }

    private void settle() {
        now += SECOND;
    }

    private void listen(int node) {
        wish(node, new ConnectionAction.Listen(SimNet.address(node), Ticket.NONE));
    }

    private void connect(int node, int other) {
        wish(node, new ConnectionAction.Connect(SimNet.peer(other), List.of(SimNet.address(other)), Ticket.NONE));
    }

    private void connected() {
        listen(TWO);
        settle();
        connect(ONE, TWO);
        settle();
    }

    private void open(int node, int other) {
        wish(
                node,
                new StreamAction.OpenStream(new Ticket("api", 1), SimNet.peer(other), List.of(SimNet.PLAIN_PROTOCOL)));
    }

    /** A node's n-th handle of its first run is closed, which is a stream. */
    private void close(int node, int handle, CloseMode mode) {
        wish(node, new StreamAction.CloseStream(new Handle(StreamService.STREAM, 1, handle), mode));
    }

    private static ClusterLog log(String name, SimDisk disk) {
        Store<SimRoot> store = Bench.streamStore();
        return ClusterLog.of(name, LogReader.open(disk, store), store, false);
    }

    private Timeline joined() {
        Plan.Net net = new Plan.Net(LATENCY, 0, 0, 1_000_000_000, 5_000, Plan.Spread.EXPONENTIAL);
        Plan plan = new Plan("connections", 1, 2, List.of(), List.of(), net, now, now, faults, wishes, List.of());
        assertThat(simulation.run(plan).violation()).isEmpty();
        SequencedMap<String, ClusterLog> logs = new LinkedHashMap<>();
        simulation.logs(plan).forEach((node, disk) -> logs.put(NAMES.get(node), log(NAMES.get(node), disk)));
        Timeline timeline = Cluster.join(logs, new PeerCorrelation());
        timeline.read(event -> {
            assertThat(event.early()).as("step %s", event).isFalse();
            return true;
        });
        return timeline;
    }

    private static List<String> texts(List<Message> messages) {
        List<String> texts = new ArrayList<>();
        for (Message message : messages) {
            texts.add(message.key().what()
                    + message.key().stream()
                    + message.sent().map(place -> " " + place.node()).orElse("")
                    + message.received().map(place -> "->" + place.node()).orElse(""));
        }
        return texts;
    }

    @Test
    void aConnectionAndItsStreamsAreKnownAtBothEnds() {
        connected();
        open(ONE, TWO);
        settle();
        // One has a connection and then this stream; two has a listener before.
        close(ONE, 2, CloseMode.CLOSE);
        close(TWO, 3, CloseMode.CLOSE);
        settle();
        open(TWO, ONE);
        settle();
        close(ONE, 3, CloseMode.RESET);
        settle();
        wish(TWO, new ConnectionAction.Disconnect(SimNet.peer(ONE)));
        settle();
        Timeline timeline = joined();
        assertThat(texts(timeline.messages()))
                .containsExactly(
                        "connect0 one->two",
                        "open1 one->two",
                        "close1 one->two",
                        "close1 two->one",
                        "open2 two->one",
                        "reset2 one->two",
                        "disconnect0 two->one");
        assertThat(timeline.messages()).allSatisfy(message -> {
            int sender = NAMES.indexOf(message.sent().orElseThrow().node());
            assertThat(message.from()).isEqualTo(SimNet.peer(sender).toString());
            assertThat(message.to()).isEqualTo(SimNet.peer(1 - sender).toString());
        });
    }

    @Test
    void whatWasInFlightWhenANodeWasKilledIsUnmatched() {
        connected();
        open(ONE, TWO);
        settle();
        close(ONE, 2, CloseMode.CLOSE);
        faults.add(new Fault.Crash(TWO, now + LATENCY / 2, 1, 0, false, 0));
        settle();
        Timeline timeline = joined();
        assertThat(texts(timeline.unmatched())).containsExactly("close1 one");
        assertThat(timeline.unmatched().getFirst().unmatched()).contains(Reason.NODE_STOPPED);
        assertThat(texts(timeline.messages())).contains("connect0 one->two", "open1 one->two");
    }

    @Test
    void nodesThatDialOneAnotherAtOnceHaveTwoConnections() {
        listen(ONE);
        connected();
        wish(ONE, new ConnectionAction.Disconnect(SimNet.peer(TWO)));
        settle();
        connect(ONE, TWO);
        connect(TWO, ONE);
        settle();
        Timeline timeline = joined();
        assertThat(texts(timeline.messages()))
                .containsExactly("connect0 one->two", "disconnect0 one->two", "connect0 one->two", "connect0 two->one");
        assertThat(timeline.unmatched()).isEmpty();
    }
}
