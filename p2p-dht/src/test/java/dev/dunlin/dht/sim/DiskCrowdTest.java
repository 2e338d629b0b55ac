package dev.dunlin.dht.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.operate.Health.Status;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.operation.AnyValue;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operations.DhtOperations;
import dev.dunlin.dht.record.StoreFailure;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Nodes that have joined a network, and keep their records in files, on disks that are slow, full, broken and lost. */
class DiskCrowdTest {

    private static final long MINUTE = 60 * KadCrowd.SECOND;
    private static final int NODES = 30;
    private static final int SECONDS = 200;

    private static KadCrowd joined(SimulatedDisk disk) {
        KadCrowd crowd = new KadCrowd(KadCrowd.Options.of(7, CrowdHealth.SERVERS.with("records.store", "sqlite"))
                .judgedBy(AnyValue.VALIDATORS)
                .on(disk));
        CrowdHealth.join(crowd, NODES, 10);
        crowd.runTo(3 * MINUTE);
        return crowd;
    }

    private static String content(int number) {
        return Multihash.sha256(new byte[] {(byte) number}).toString();
    }

    private static int stored(Operator operator, int node, int content) {
        return ((DhtOperations.Stored)
                        operator.order(node, "dht provide", Map.of("content", content(content)), SECONDS))
                .stored();
    }

    private static List<String> found(Operator operator, int node, int content) {
        return ((DhtOperations.ProviderList)
                        operator.order(node, "dht find-providers", Map.of("content", content(content)), SECONDS))
                .providers();
    }

    private static void all(KadCrowd crowd, SimulatedDisk disk) {
        for (int node = 0; node < NODES; node++) {
            crowd.disk(node, disk);
        }
    }

    @Test
    void whatIsStoredIsFoundAndSurvivesARestart() {
        KadCrowd crowd = joined(SimulatedDisk.GOOD);
        Operator operator = new Operator(crowd);
        assertThat(stored(operator, 3, 1)).isEqualTo(20);
        operator.order(1, "dht put", Map.of("key", "/test/a", "value", "hallo"), SECONDS);
        for (int node = 0; node < NODES; node++) {
            crowd.stop(node);
        }
        for (int node = 0; node < NODES; node++) {
            crowd.start(node, List.of((node + 1) % NODES));
        }
        crowd.runTo(crowd.now() + 3 * MINUTE);
        assertThat(found(operator, 5, 1))
                .containsExactly(crowd.contact(3).peer().toString());
        assertThat(operator.order(6, "dht get", Map.of("key", "/test/a"), SECONDS))
                .isInstanceOfSatisfying(
                        DhtOperations.FoundValue.class,
                        value -> assertThat(value.text()).contains("hallo"));
        for (int node = 0; node < NODES; node++) {
            assertThat(crowd.records(node).providers().records()).isZero();
            assertThat(crowd.records(node).values().held().isEmpty()).isTrue();
        }
    }

    /** But for the size of the file, which is none here: SqliteStoreTest. */
    @Test
    void theMetricsOfADiskMove() {
        KadCrowd crowd = joined(new SimulatedDisk(300_000, 600_000, 300, StoreFailure.DISK_FULL, 0));
        Operator operator = new Operator(crowd);
        Map<String, Set<String>> seen = new TreeMap<>();
        for (int i = 0; i < 10; i++) {
            crowd.say(
                    3,
                    new OperationAction.Start(
                            new Ticket(Ticket.API, i),
                            new Goal.PutValue(ValueRecord.of(AnyValue.key("k" + i), Bytes.of((byte) i)))));
            for (int tenths = 0; tenths < 20; tenths++) {
                crowd.runTo(crowd.now() + KadCrowd.SECOND / 10);
                for (String name : operator.metrics()) {
                    if (name.startsWith("records_disk_")) {
                        seen.computeIfAbsent(name, any -> new TreeSet<>())
                                .add(operator.metric(5, name).toString());
                    }
                }
            }
        }
        assertThat(seen)
                .containsOnlyKeys(
                        "records_disk_answers",
                        "records_disk_failures",
                        "records_disk_question_bytes",
                        "records_disk_questions",
                        "records_disk_wait_seconds")
                .allSatisfy((name, values) -> assertThat(values).as(name).hasSizeGreaterThan(1));
    }

    @Test
    void whileDisksFailNothingIsStoredAndAllIsWellOnceTheyWork() {
        KadCrowd crowd = joined(SimulatedDisk.GOOD);
        Operator operator = new Operator(crowd);
        stored(operator, 3, 1);
        all(crowd, SimulatedDisk.GOOD.failing(1000, StoreFailure.DISK_FULL));
        assertThatThrownBy(() -> stored(operator, 4, 2)).hasMessageContaining("none of the 20 nodes");
        List<Integer> told = IntStream.range(0, NODES)
                .boxed()
                .filter(node -> crowd.records(node).disk().failure().isPresent())
                .toList();
        assertThat(told).hasSizeGreaterThanOrEqualTo(20);
        assertThat(operator.health(told.getFirst(), "records/records-file")).satisfies(health -> {
            assertThat(health.status()).isEqualTo(Status.WARN);
            assertThat(health.reason()).isEqualTo(StoreFailure.DISK_FULL.sentence());
        });
        all(crowd, SimulatedDisk.GOOD);
        assertThat(stored(operator, 4, 2)).isEqualTo(20);
        assertThat(found(operator, 6, 1))
                .containsExactly(crowd.contact(3).peer().toString());
    }

    @Test
    void disksThatFailAndLoseManyRequestsAreOutvoted() {
        KadCrowd crowd = joined(
                SimulatedDisk.GOOD.failing(200, StoreFailure.INPUT_OUTPUT).losing(100));
        Operator operator = new Operator(crowd);
        assertThat(stored(operator, 3, 1)).isBetween(5, 19);
        assertThat(found(operator, 5, 1))
                .containsExactly(crowd.contact(3).peer().toString());
        crowd.runTo(crowd.now() + MINUTE);
        for (int node = 0; node < NODES; node++) {
            assertThat(crowd.records(node).disk().waiting().running().isEmpty())
                    .as("what had no answer is given up")
                    .isTrue();
        }
    }

    @Test
    void aFileThatIsLostIsFilledAgain() {
        KadCrowd crowd = joined(SimulatedDisk.GOOD);
        Operator operator = new Operator(crowd);
        stored(operator, 3, 1);
        for (int node = 0; node < NODES; node++) {
            crowd.wipe(node);
        }
        assertThatThrownBy(() -> found(operator, 5, 1)).hasMessageContaining("was not found");
        assertThat(stored(operator, 3, 1)).isEqualTo(20);
        assertThat(found(operator, 5, 1)).hasSize(1);
    }

    @Test
    void fromOneSeedItIsAlwaysTheSame() {
        SimulatedDisk disk =
                SimulatedDisk.GOOD.failing(100, StoreFailure.LOCKED).losing(50);
        Digest[] digests = new Digest[2];
        for (int i = 0; i < digests.length; i++) {
            KadCrowd crowd = joined(disk);
            stored(new Operator(crowd), 3, 1);
            digests[i] = crowd.digest();
        }
        assertThat(digests[0]).isEqualTo(digests[1]);
    }
}
