package dev.dunlin.connection.correlation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.stage.SimNetwork;
import dev.dunlin.connection.stage.SimNode;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.debug.Cluster;
import dev.dunlin.core.debug.ClusterLog;
import dev.dunlin.core.debug.Timeline;
import dev.dunlin.core.debug.Timeline.Message;
import dev.dunlin.core.debug.Timeline.Reason;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

class PeerCorrelationTest {

    private static final long LATENCY = 10_000;

    private final SimNetwork network = new SimNetwork(LATENCY);
    private final SimNode one = network.node(Bench.peer(1), Table.empty());
    private final SimNode two = network.node(Bench.peer(2), Table.empty());

    private void connected() {
        two.dispatch(new ConnectionAction.Listen(two.address(), Ticket.NONE));
        network.settle();
        one.dispatch(new ConnectionAction.Connect(two.id(), List.of(two.address()), Ticket.NONE));
        network.settle();
    }

    private void open(SimNode from, SimNode to) {
        from.dispatch(new StreamAction.OpenStream(new Ticket("api", "s"), to.id(), List.of("/echo/1")));
    }

    private static Handle stream(SimNode node) {
        return node.root().stream().streams().first().orElseThrow().getKey();
    }

    private Timeline joined() {
        SequencedMap<String, ClusterLog> logs = new LinkedHashMap<>();
        logs.put("one", () -> over(one.turns().iterator()));
        logs.put("two", () -> over(two.turns().iterator()));
        Timeline timeline = Cluster.join(logs, new PeerCorrelation());
        timeline.read(event -> {
            assertThat(event.early()).as("step %s", event).isFalse();
            return true;
        });
        return timeline;
    }

    private static ClusterLog.Turns over(Iterator<Turn> turns) {
        return new ClusterLog.Turns() {
            @Override
            public Optional<Turn> next() {
                return turns.hasNext() ? Optional.of(turns.next()) : Optional.empty();
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
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
        open(one, two);
        network.settle();
        one.dispatch(new StreamAction.CloseStream(stream(one), CloseMode.CLOSE));
        two.dispatch(new StreamAction.CloseStream(stream(two), CloseMode.CLOSE));
        network.settle();
        open(two, one);
        network.settle();
        one.dispatch(new StreamAction.CloseStream(stream(one), CloseMode.RESET));
        network.settle();
        two.dispatch(new ConnectionAction.Disconnect(one.id()));
        network.settle();
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
            boolean byOne = message.sent().orElseThrow().node().equals("one");
            assertThat(message.from()).isEqualTo((byOne ? one : two).id().toString());
            assertThat(message.to()).isEqualTo((byOne ? two : one).id().toString());
        });
    }

    @Test
    void whatWasInFlightWhenANodeWasKilledIsUnmatched() {
        connected();
        open(one, two);
        network.settle();
        one.dispatch(new StreamAction.CloseStream(stream(one), CloseMode.CLOSE));
        two.reboot();
        network.settle();
        Timeline timeline = joined();
        assertThat(texts(timeline.unmatched())).containsExactly("close1 one");
        assertThat(timeline.unmatched().getFirst().unmatched()).contains(Reason.NODE_STOPPED);
        assertThat(texts(timeline.messages())).contains("connect0 one->two", "open1 one->two");
    }

    @Test
    void nodesThatDialOneAnotherAtOnceHaveTwoConnections() {
        one.dispatch(new ConnectionAction.Listen(one.address(), Ticket.NONE));
        connected();
        one.dispatch(new ConnectionAction.Disconnect(two.id()));
        network.settle();
        one.dispatch(new ConnectionAction.Connect(two.id(), List.of(two.address()), Ticket.NONE));
        two.dispatch(new ConnectionAction.Connect(one.id(), List.of(one.address()), Ticket.NONE));
        network.settle();
        assertThat(joined().unmatched())
                .allSatisfy(message -> assertThat(message.unmatched()).contains(Reason.CONNECTION_ENDED));
    }
}
