package dev.dunlin.dht.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.metrics.Figure;
import dev.dunlin.dht.metrics.MetricsMachine;
import dev.dunlin.dht.metrics.MetricsState;
import dev.dunlin.dht.metrics.Span;
import dev.dunlin.dht.operation.AnyValue;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operations.Operated;
import dev.dunlin.dht.publish.PublishAction;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadProtocol;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every metric moves when what it tells of happens: here to one node, of a network that has a hard day. */
final class MetricsTest {

    private static final int NODES = 40;
    private static final long TENTH = KadCrowd.SECOND / 10;

    private final KadCrowd crowd = new KadCrowd(KadCrowd.Options.of(
                    1,
                    Health.SERVERS
                            .with("routing.checkInterval", "20000000")
                            .with("routing.refreshInterval", "30000000")
                            .with("records.maxValues", "6")
                            .with("records.maxValueSize", "8")
                            .with("records.valueAge", "60000000")
                            .with("records.providerAge", "60000000")
                            .with("records.freshAge", "1000000")
                            .with("records.clockGrace", "0"))
            .judgedBy(AnyValue.VALIDATORS)
            .with(List.of(Operated.METRICS)));
    private final Map<String, Set<Map<String, ? extends Number>>> seen = new TreeMap<>();
    private long tickets;

    /** Lets time pass, and looks at all metrics ten times a second. */
    private void pass(int seconds) {
        Operator operator = new Operator(crowd);
        for (int i = 0; i < 10 * seconds; i++) {
            crowd.runTo(crowd.now() + TENTH);
            look(operator);
        }
    }

    private void look(Operator operator) {
        operator.metrics()
                .forEach(name ->
                        seen.computeIfAbsent(name, any -> new LinkedHashSet<>()).add(operator.metric(0, name)));
    }

    private void begin(int node, Goal goal) {
        crowd.say(node, new OperationAction.Start(new Ticket(Ticket.API, ++tickets), goal));
    }

    private static Bytes content(int number) {
        return Bytes.of(Multihash.sha256(new byte[] {(byte) number}).toBytes());
    }

    private static ValueRecord value(String key, int bytes) {
        return ValueRecord.of(AnyValue.key(key), Bytes.of(new byte[bytes]));
    }

    @Test
    void everyMetricMoves() {
        hardDay();
        List<String> still = seen.entrySet().stream()
                .filter(each -> each.getValue().size() == 1)
                .map(Map.Entry::getKey)
                // Those of records in a file: DiskCrowdTest.theMetricsOfADiskMove.
                .filter(name -> !name.startsWith("records_disk_") && !name.equals("records_file_bytes"))
                .toList();
        assertThat(seen).hasSizeGreaterThan(40);
        assertThat(still).isEmpty();
    }

    /** The labels are the words of the field, so that whoever draws them may rely on them. */
    @Test
    void theLabelsAreThese() {
        hardDay();
        Operator operator = new Operator(crowd);
        assertThat(operator.metric(0, "kademlia_operations").keySet())
                .isEqualTo(Set.of("find-peer", "closest", "get", "put", "find-providers", "provide"));
        assertThat(operator.metric(0, "kademlia_operations_ended").keySet()).contains("finished");
        assertThat(operator.metric(0, "kademlia_queries").keySet()).contains("converged");
        assertThat(operator.metric(0, "kademlia_requests").keySet())
                .isEqualTo(Set.of("find-node", "get-value", "put-value", "get-providers", "add-provider"));
        assertThat(operator.metric(0, "kademlia_answers").keySet())
                .contains("found-nodes", "found-value", "found-providers", "stored-value");
        assertThat(operator.metric(0, "kademlia_failures").keySet()).contains("timed-out");
        assertThat(operator.metric(0, "kademlia_peers_added").keySet()).containsExactly("wide");
        assertThat(operator.metric(0, "kademlia_answers_within").keySet())
                .containsExactly("0.01", "0.05", "0.10", "0.50", "1.00", "5.00", "10.00", "60.00");
        assertThat(operator.metric(0, "records_refused").keySet()).contains("long-value");
    }

    /** Each question is answered, has failed or is awaited; and whoever has entered a table is there or has left it. */
    @Test
    void theCountsAgree() {
        hardDay();
        MetricsState metrics = metrics();
        long awaited = crowd.store(0).state().root().exchange().asks().size();
        assertThat(metrics.of(Figure.REQUESTS).sum())
                .isEqualTo(metrics.of(Figure.ANSWERS).sum()
                        + metrics.of(Figure.FAILURES).sum()
                        + awaited);
        long entered = metrics.of(Figure.ENTERED).sum();
        assertThat(entered - metrics.of(Figure.LEFT).sum())
                .isEqualTo(crowd.routing(0)
                        .spaces()
                        .first()
                        .orElseThrow()
                        .getValue()
                        .table()
                        .size());
        assertThat(metrics.of(Figure.OPERATIONS).sum()).isEqualTo(8);
        assertThat(metrics.of(Figure.OPERATION_ENDS).sum()).isEqualTo(8);
        assertThat(metrics.of(Span.OPERATION).count()).isEqualTo(8);
    }

    /** The figures are those of a run. */
    @Test
    void aNewRunBeginsAnew() {
        hardDay();
        crowd.stop(0);
        crowd.start(0, List.of());
        assertThat(metrics().of(Figure.OPERATIONS).sum()).isZero();
    }

    private MetricsState metrics() {
        return MetricsMachine.METRICS
                .state()
                .cast(Objects.requireNonNull(
                        crowd.store(0).statesOf(crowd.store(0).state()).get(MetricsMachine.NAME)));
    }

    private void hardDay() {
        for (int i = 0; i < NODES; i++) {
            int node = crowd.add();
            crowd.at(i * TENTH, () -> crowd.start(node, node == 0 ? List.of() : List.of(0)));
        }
        look(new Operator(crowd));
        pass(30);
        keep(50, 51);
        crowd.say(0, new PublishAction.KeepValue(new Ticket(Ticket.API, ++tickets), value("kept", 3)));
        begin(0, new Goal.FindPeer(crowd.contact(7).peer()));
        begin(0, new Goal.FindClosest(content(1)));
        begin(0, new Goal.PutValue(value("own", 3)));
        begin(0, new Goal.Provide(content(2)));
        look(new Operator(crowd));
        pass(5);
        begin(0, new Goal.GetValue(AnyValue.key("own"), 0));
        begin(0, new Goal.FindProviders(content(2), 5));
        // Others store more than there is room for, one after the other, and one that is too long for all.
        for (int i = 0; i < 20; i++) {
            begin(1 + i, new Goal.PutValue(value("value " + i, 2)));
            begin(1 + i, new Goal.Provide(content(10 + i)));
            pass(1);
        }
        IntStream.range(1, NODES).forEach(node -> begin(node, new Goal.PutValue(value("long " + node, 9))));
        // A message that tells of somebody else than its sender, too.
        PeerInfo sender = info(5);
        crowd.say(
                0,
                MessageExchange.asked(
                        1L << 40,
                        sender.peer(),
                        KadProtocol.NAME,
                        new KadQuestion.AddProvider(content(3), List.of(sender, info(6)), 0)));
        // Others go while they are being told of content.
        keep(100, 200);
        pass(6);
        IntStream.range(NODES / 2, NODES).forEach(crowd::stop);
        begin(0, new Goal.FindClosest(content(99)));
        crowd.say(
                0,
                new NodeAction.Configure(
                        Table.<String, String>empty()
                                .with("dht.maxOperations", "9")
                                .with("query.maxQueries", "9"),
                        new Ticket(Ticket.API, ++tickets)));
        pass(90);
        IntStream.range(1, NODES).forEach(crowd::stop);
        keep(200, 201);
        pass(30);
    }

    private void keep(int from, int to) {
        crowd.say(
                0,
                new PublishAction.Keep(
                        new Ticket(Ticket.API, ++tickets),
                        IntStream.range(from, to).mapToObj(MetricsTest::content).toList()));
    }

    private PeerInfo info(int node) {
        return new PeerInfo(crowd.contact(node).peer(), crowd.contact(node).addresses(), Connectedness.CONNECTED);
    }
}
