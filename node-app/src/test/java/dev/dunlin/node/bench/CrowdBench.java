package dev.dunlin.node.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Table;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What good peers of a node feel of hostile ones: their pings' round trips beside one flood, and among ten thousand connections. The
 * node is a process of its own with half a GiB of heap. Prints what was measured; fails only if a good peer lost a ping or its
 * connection, or the node does not get rid of a crowd.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true", disabledReason = "a benchmark: -Ddunlin.bench=true")
class CrowdBench {

    static final Logger FIGURES = LoggerFactory.getLogger("figures");

    private static final int SECONDS = Integer.getInteger("dunlin.bench.seconds", 60);
    private static final int CROWD = Integer.getInteger("dunlin.bench.crowd", 9_000);
    private static final int HOSTILES = Integer.getInteger("dunlin.bench.hostiles", 1_000);
    private static final int DIALS_PER_SECOND = Integer.getInteger("dunlin.bench.dials", 100);
    /** All, or those that are named with commas between them: to find out which of them costs what. */
    private static final List<Attack> ATTACKS =
            System.getProperty("dunlin.bench.attacks", "").isEmpty()
                    ? List.of(Attack.values())
                    : Stream.of(System.getProperty("dunlin.bench.attacks").split(","))
                            .map(Attack::valueOf)
                            .toList();

    private static final int PINGERS = 10;
    private static final int WARM_UP_PEERS = 64;
    private static final int GOOD_NETWORK = 100;
    private static final double GOAL = 1.5;
    private static final long MIB = 1 << 20;
    private static final Duration WARM_UP = Duration.ofSeconds(Math.min(10, SECONDS));
    private static final Duration SETTLING = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** A good peer's pings keep no connection from being idle; here they are all that it does. */
    private static final Map<String, String> STAYING = Map.of("connection.idleTimeout", "0");

    /** Room for all; what bounds a single peer or network stays as it is. */
    private static final Map<String, String> ROOMY = Map.of(
            "connection.idleTimeout", "0",
            "connection.maxInbound", "12000",
            "connection.maxConnections", "12000",
            "connection.maxPeers", "12000",
            "exchange.maxPeers", "12000");

    private static List<String> jvm() {
        return Stream.concat(
                        Stream.of("-Xmx512m"),
                        Stream.of(System.getProperty("dunlin.bench.jvm", "").split(" +"))
                                .filter(flag -> !flag.isEmpty()))
                .toList();
    }

    private static Latencies.Spread phase(String name, NodeUnderTest node, Latencies pings, Control control)
            throws InterruptedIOException {
        pings.take();
        control.take();
        Usage begun = Usage.now(node);
        Table<String, Long> before = node.figures();
        Pace.hold(Duration.ofSeconds(SECONDS));
        Latencies.Spread spread = pings.take();
        Latencies.Spread plain = control.take();
        String usage = Usage.now(node).since(begun);
        Table<String, Long> after = node.figures();
        FIGURES.info("{}: pings {}; plain sockets beside them {}; {}", name, spread, plain, usage);
        FIGURES.info(
                "{}: the node took {} inputs/s, {} slow, {} collections in {} ms; now {} connections, {} streams, at most {} inputs queued",
                name,
                (after.at("inputs") - before.at("inputs")) / SECONDS,
                after.at("slowInputs") - before.at("slowInputs"),
                after.at("collections") - before.at("collections"),
                after.at("collectingMillis") - before.at("collectingMillis"),
                after.at("connections"),
                after.at("streams"),
                after.at("highestQueued"));
        return spread;
    }

    private static void ratio(String name, Latencies.Spread with, Latencies.Spread without) {
        FIGURES.info(
                "{}: p99 {} times, p50 {} times (goal of p99: at most {})",
                name,
                String.format(Locale.ROOT, "%.2f", with.p99() / without.p99()),
                String.format(Locale.ROOT, "%.2f", with.p50() / without.p50()),
                GOAL);
    }

    private static void memory(String name, Table<String, Long> figures) {
        FIGURES.info(
                "{}: heap {} of {} MiB behind a collection, {} descriptors, direct memory {} MiB (netty {}, its pool {}, JDK {}) of {} MiB, {} threads, {} connections, {} handles",
                name,
                mib(figures.at("heap")),
                figures.at("maxHeap") / MIB,
                figures.at("descriptors"),
                mib(figures.at("nettyDirect") + figures.at("jdkDirect")),
                mib(figures.at("nettyDirect")),
                mib(figures.at("poolDirect")),
                mib(figures.at("jdkDirect")),
                figures.at("maxDirect") / MIB,
                figures.at("threads"),
                figures.at("connections"),
                figures.at("handles"));
    }

    private static String mib(long bytes) {
        return String.format(Locale.ROOT, "%.1f", (double) bytes / MIB);
    }

    private static String text(Table<String, Long> figures) {
        StringBuilder text = new StringBuilder();
        figures.each((name, value) ->
                text.append(text.isEmpty() ? "" : " ").append(name).append('=').append(value));
        return text.toString();
    }

    @Test
    void aFloodBesideAGoodPeer() throws IOException, InterruptedException {
        Latencies pings = new Latencies();
        try (NodeUnderTest node = NodeUnderTest.start(jvm(), STAYING);
                Control control = new Control();
                Pinger good = Pinger.start(Crowd.upgraded(node.port(), Crowd.address(GOOD_NETWORK, 0)), pings)) {
            FIGURES.info("the node is process {}, {}", node.pid(), jvm());
            // A cold node is slow at its first connections, flood or not.
            try (Flood cold = Flood.start(node.port(), new LongAdder(), new LongAdder())) {
                Pace.hold(WARM_UP);
            }
            FIGURES.info("pings beside a flood while the node was cold: {}", pings.take());
            Pace.hold(SETTLING);
            Latencies.Spread idle = phase("idle", node, pings, control);
            Latencies.Spread flooded;
            LongAdder streams = new LongAdder();
            LongAdder thrownOut = new LongAdder();
            try (Flood flood = Flood.start(node.port(), streams, thrownOut)) {
                flooded = phase("beside a flood of streams", node, pings, control);
            }
            FIGURES.info("the hostile peer opened {} streams and was thrown out {} times", streams, thrownOut);
            Latencies.Spread after = phase("idle again", node, pings, control);
            ratio("flood to idle", flooded, idle);
            ratio("idle again to idle", after, idle);
            long lost = good.lost();
            FIGURES.info("pings lost: {}; the good peer's connection: {}", lost, state(good));
            FIGURES.info("the node's figures: {}", text(node.figures()));
            assertThat(good.ended()).isEmpty();
            assertThat(lost).isZero();
            assertThat(thrownOut.sum()).isPositive();
        }
    }

    private static String state(Pinger good) {
        return good.ended().isEmpty() ? "open" : good.ended();
    }

    @Test
    void tenThousandConnections() throws IOException, InterruptedException {
        Latencies pings = new Latencies();
        List<Pinger> good = new ArrayList<>();
        try (NodeUnderTest node = NodeUnderTest.start(jvm(), ROOMY);
                Control control = new Control()) {
            FIGURES.info("the node is process {}, {}, {}", node.pid(), jvm(), ROOMY);
            try (Crowd few = Crowd.dial(node.port(), WARM_UP_PEERS)) {
                assertThat(few.await(PATIENCE)).isTrue();
                try (Hostiles cold = Hostiles.start(node.port(), WARM_UP_PEERS, ATTACKS, DIALS_PER_SECOND)) {
                    Pace.hold(WARM_UP);
                }
            }
            assertThat(node.await(CrowdBench::isAlone, PATIENCE)).isTrue();
            Table<String, Long> before = node.collected();
            memory("before the crowd", before);

            for (int i = 0; i < PINGERS; i++) {
                good.add(Pinger.start(Crowd.upgraded(node.port(), Crowd.address(GOOD_NETWORK, i)), pings));
            }
            Pace.hold(WARM_UP);
            Latencies.Spread alone = phase("ten good peers alone", node, pings, control);
            Latencies.Spread idle;
            Latencies.Spread hostile;
            Latencies.Spread gone;
            int lostOfCrowd;
            long begun = System.nanoTime();
            try (Crowd crowd = Crowd.dial(node.port(), CROWD)) {
                assertThat(crowd.await(PATIENCE)).isTrue();
                FIGURES.info(
                        "{} polite peers connected in {} s, {} failed {}; pings meanwhile {}",
                        CROWD - crowd.failed(),
                        (System.nanoTime() - begun) / 1_000_000_000,
                        crowd.failed(),
                        crowd.firstLoss(),
                        pings.take());
                Pace.hold(WARM_UP);
                memory("with the crowd", node.collected());
                idle = phase("with the crowd", node, pings, control);
                try (Hostiles hostiles = Hostiles.start(node.port(), HOSTILES, ATTACKS, DIALS_PER_SECOND)) {
                    hostile = phase("with " + HOSTILES + " hostile ones more", node, pings, control);
                    FIGURES.info("hostile ones, begun/refused/thrown out: {}", hostiles.counts());
                    memory("with the hostile ones", node.collected());
                }
                assertThat(node.await(figures -> figures.at("connections") <= CROWD + PINGERS, PATIENCE))
                        .isTrue();
                gone = phase("when they are gone", node, pings, control);
                lostOfCrowd = crowd.lost() + crowd.failed();
                FIGURES.info("connections of the crowd that were lost: {} {}", lostOfCrowd, crowd.firstLoss());
            }
            ratio("crowd to alone", idle, alone);
            ratio("hostile to crowd", hostile, idle);
            ratio("gone to crowd", gone, idle);
            long lost = 0;
            for (Pinger pinger : good) {
                lost += pinger.lost();
            }
            List<String> ended = good.stream()
                    .map(Pinger::ended)
                    .filter(why -> !why.isEmpty())
                    .toList();
            FIGURES.info("pings lost: {}; good peers' connections lost: {} {}", lost, ended.size(), ended);
            for (Pinger pinger : good) {
                pinger.close();
            }
            boolean isBack = node.await(CrowdBench::isAlone, PATIENCE);
            Table<String, Long> after = node.collected();
            memory("before the crowd", before);
            memory("after the crowd", after);
            FIGURES.info("the node's figures: {}", text(after));
            assertThat(isBack).isTrue();
            assertThat(ended).isEmpty();
            assertThat(lost).isZero();
            assertThat(lostOfCrowd).isZero();
        }
    }

    /** Whether the node has its listener and nothing else. */
    private static boolean isAlone(Table<String, Long> figures) {
        return figures.at("connections") == 0 && figures.at("sockets") == 1 && figures.at("handles") == 1;
    }
}
