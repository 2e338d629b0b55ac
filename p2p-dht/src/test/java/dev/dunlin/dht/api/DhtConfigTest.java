package dev.dunlin.dht.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.operation.OperationConfig;
import dev.dunlin.dht.publish.PublishConfig;
import dev.dunlin.dht.query.QueryConfig;
import dev.dunlin.dht.routing.Mode;
import dev.dunlin.dht.routing.RoutingConfig;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DhtConfigTest {

    private static final Multiaddr ENTRY =
            Multiaddr.parse("/ip4/192.0.2.1/tcp/4001/p2p/12D3KooWLU2znyJMtDiHArqAGbZn8CgUGp92kxDBtefftEEaHSZS");

    private static Arguments option(
            String name,
            UnaryOperator<DhtConfig.Builder> said,
            Function<Table<String, String>, Object> read,
            Object wanted) {
        return Arguments.of(name, said, read, wanted);
    }

    /** Each option, and what the machines of a node make of it. */
    static Stream<Arguments> options() {
        return Stream.of(
                option(
                        "mode",
                        b -> b.mode(Mode.CLIENT),
                        c -> RoutingConfig.of(c).mode(),
                        Mode.CLIENT),
                option(
                        "prefix",
                        b -> b.prefix("/fleet"),
                        c -> RoutingConfig.of(c).prefix(),
                        "/fleet"),
                option(
                        "bootstrapPeers",
                        b -> b.bootstrapPeers(List.of(ENTRY)),
                        c -> RoutingConfig.of(c).bootstrap().getFirst().peer(),
                        ENTRY.peerId().orElseThrow()),
                option(
                        "bucketSize",
                        b -> b.bucketSize(5),
                        c -> RoutingConfig.of(c).bucketSize(),
                        5),
                option(
                        "bucketSize, to store",
                        b -> b.bucketSize(5),
                        c -> OperationConfig.of(c).replication(),
                        5),
                option(
                        "replication",
                        b -> b.replication(7),
                        c -> OperationConfig.of(c).replication(),
                        7),
                option(
                        "concurrency",
                        b -> b.concurrency(10),
                        c -> OperationConfig.of(c).concurrency(),
                        10),
                option(
                        "resiliency",
                        b -> b.resiliency(2),
                        c -> OperationConfig.of(c).resiliency(),
                        2),
                option(
                        "disjointPaths",
                        b -> b.disjointPaths(4),
                        c -> OperationConfig.of(c).paths(),
                        4),
                option("quorum", b -> b.quorum(1), c -> OperationConfig.of(c).quorum(), 1),
                option(
                        "filterLocalhost",
                        b -> b.filterLocalhost(false),
                        c -> RoutingConfig.of(c).isScoped(),
                        false),
                option(
                        "maxPeersPerNetwork",
                        b -> b.maxPeersPerNetwork(9),
                        c -> RoutingConfig.of(c).maxPerNetwork(),
                        9),
                option(
                        "networkTimeout",
                        b -> b.networkTimeout(Duration.ofSeconds(5)),
                        c -> List.of(
                                QueryConfig.of(c).requestTimeout(),
                                RoutingConfig.of(c).checkTimeout(),
                                OperationConfig.of(c).storeTimeout()),
                        List.of(5_000_000L, 5_000_000L, 5_000_000L)),
                option(
                        "queryTimeout",
                        b -> b.queryTimeout(Duration.ofMillis(1500)),
                        c -> List.of(
                                QueryConfig.of(c).timeout(),
                                OperationConfig.of(c).timeout()),
                        List.of(500_000L, 1_500_000L)),
                option(
                        "maxConcurrentQueries",
                        b -> b.maxConcurrentQueries(2),
                        c -> List.of(
                                OperationConfig.of(c).maxOperations(),
                                OperationConfig.of(c).maxOperationsOfOne()),
                        List.of(2, 2)),
                option(
                        "refreshInterval",
                        b -> b.refreshInterval(Duration.ofMinutes(15)),
                        c -> RoutingConfig.of(c).refreshInterval(),
                        900_000_000L),
                option(
                        "maxRoutingTableSize",
                        b -> b.maxRoutingTableSize(50),
                        c -> RoutingConfig.of(c).maxContacts(),
                        50),
                option(
                        "optimisticProvide",
                        b -> b.optimisticProvide(true),
                        c -> OperationConfig.of(c).optimisticProvide(),
                        true),
                option(
                        "reprovideInterval",
                        b -> b.reprovideInterval(Duration.ofHours(12)),
                        c -> PublishConfig.of(c).reprovideInterval(),
                        43_200_000_000L),
                option(
                        "setting",
                        b -> b.setting("query.patience", "1s"),
                        c -> QueryConfig.of(c).patience(),
                        1_000_000L));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("options")
    void eachOptionReachesTheMachines(
            String name,
            UnaryOperator<DhtConfig.Builder> said,
            Function<Table<String, String>, Object> read,
            Object wanted) {
        assertThat(read.apply(said.apply(DhtConfig.builder()).build().settings()))
                .isEqualTo(wanted);
        assertThat(read(read)).as("without it").isNotEqualTo(wanted);
    }

    private static Object read(Function<Table<String, String>, Object> read) {
        try {
            return read.apply(DhtConfig.STANDARD.settings());
        } catch (RuntimeException nothingThere) {
            return "nothing";
        }
    }

    @Test
    void allThatIsWrongIsToldAtOnce() {
        assertThatExceptionOfType(DhtException.Configuration.class)
                .isThrownBy(() -> DhtConfig.builder()
                        .bucketSize(0)
                        .prefix("fleet")
                        .queryTimeout(Duration.ofDays(400_000))
                        .networkTimeout(Duration.ofMillis(-1))
                        .setting("routing.colour", "red")
                        .maxRetries(101)
                        .initialBackoff(Duration.ZERO)
                        .maxBackoff(Duration.ofHours(2))
                        .build())
                .satisfies(bad -> assertThat(bad.problems())
                        .anyMatch(one -> one.startsWith("routing.bucketSize = 0 is below 1"))
                        .anyMatch(one -> one.startsWith("dht.replication = 0 is below 1"))
                        .anyMatch(one -> one.startsWith("routing.prefix = fleet is no path"))
                        .anyMatch(one -> one.startsWith("query.timeout = "))
                        .anyMatch(one -> one.startsWith("query.requestTimeout = "))
                        .anyMatch(one -> one.startsWith("routing.colour = red is no setting of the DHT"))
                        .anyMatch(one -> one.startsWith("maxRetries = 101"))
                        .anyMatch(one -> one.startsWith("initialBackoff = PT0S"))
                        .anyMatch(one -> one.startsWith("maxBackoff = PT2H")));
    }

    @Test
    void waitsGrowUpToTheirBound() {
        DhtConfig config = DhtConfig.STANDARD;
        assertThat(Stream.of(1, 2, 3, 7, 100).map(config::backoff))
                .containsExactly(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30));
        assertThat(config.maxRetries()).isEqualTo(3);
        assertThat(config.enableMetrics()).isTrue();
        assertThat(DhtConfig.builder().enableMetrics(false).build().enableMetrics())
                .isFalse();
    }
}
