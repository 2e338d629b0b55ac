package dev.dunlin.node.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Table;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bootstrap sessions under load, from sockets to the ledger's file: how many a second, and what those feel of it that mean well when others
 * stall, flood, or hang in the hook. The node is a process of its own with half a GiB of heap, and records its log; all peers are in
 * this one, on the same processors. Prints what was measured.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true", disabledReason = "a benchmark: -Ddunlin.bench=true")
class BootstrapBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final int SECONDS = Integer.getInteger("dunlin.bench.seconds", 15);
    private static final int ROUNDS = Integer.getInteger("dunlin.bench.rounds", 2);
    private static final int STALLED = Integer.getInteger("dunlin.bench.stalled", 10_000);
    private static final int UNREAD = 100;
    private static final int PEERS = 64;
    private static final int HANGING = 100;
    private static final int FLOODERS = 256;
    private static final int GOOD_NETWORK = 100;
    private static final int FLOOD_NETWORK = 120;
    private static final long MIB = 1 << 20;
    private static final Duration WARM_UP = Duration.ofSeconds(Math.min(15, SECONDS));
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** A token of the bench is used by all peers, and more often than one a second. */
    private static final Map<String, String> BUSY = Map.of("session.tokenEvery", "0", "connection.idleTimeout", "0");

    /** An hour, in microseconds. */
    private static final String LONG = "3600000000";

    /** Room for all, and time to stall in; what bounds a single peer or network stays as it is. */
    private static final Map<String, String> ROOMY = with(
            BUSY,
            Map.ofEntries(
                    Map.entry("connection.maxInbound", "16000"),
                    Map.entry("connection.maxConnections", "16000"),
                    Map.entry("connection.maxPeers", "16000"),
                    Map.entry("exchange.maxPeers", "16000"),
                    Map.entry("exchange.maxInbound", "16000"),
                    Map.entry("stream.maxInbound", "16000"),
                    Map.entry("stream.maxInboundPerProtocol", "16000"),
                    // Half of it is where the first peers are turned away by chance.
                    Map.entry("session.maxSessions", "20000"),
                    Map.entry("session.maxProvisioning", "1000"),
                    Map.entry("session.maxQueued", "16000"),
                    Map.entry("session.timeout", LONG),
                    Map.entry("session.foilTimeout", LONG),
                    Map.entry("session.databaseTimeout", LONG),
                    Map.entry("session.provisionTimeout", LONG)));

    @TempDir
    private Path folder = Path.of("");

    private int nodes;

    private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(some);
        all.putAll(more);
        return all;
    }

    private NodeUnderTest node(String databases, Map<String, String> settings) throws IOException {
        List<String> jvm = Stream.concat(
                        Stream.of("-Xmx512m"),
                        Stream.of(System.getProperty("dunlin.bench.jvm", "").split(" +"))
                                .filter(flag -> !flag.isEmpty()))
                .toList();
        Path own = Files.createDirectory(folder.resolve("node" + nodes++));
        NodeUnderTest node =
                NodeUnderTest.start(BootstrapListener.class, jvm, List.of(own.toString(), databases), settings);
        FIGURES.info("the node is process {}, {}, databases: {}, {}", node.pid(), jvm, databases, settings);
        return node;
    }

    private static void hold(Duration time) throws InterruptedIOException {
        Pace.hold(time);
    }

    private static Duration phase() {
        return Duration.ofSeconds(SECONDS);
    }

    private static String load() {
        return String.format(
                Locale.ROOT,
                "load of the machine %.1f",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static String memory(NodeUnderTest node) throws IOException {
        Table<String, Long> figures = node.collected();
        String resident = Files.readAllLines(Path.of("/proc", String.valueOf(node.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .findFirst()
                .orElse("0");
        return String.format(
                Locale.ROOT,
                "heap %.1f MiB behind a collection, resident %d MiB, direct %.1f MiB, %d descriptors, %d threads,"
                        + " %d connections, %d streams, %d sessions (%d in the hook, %d queued)",
                (double) figures.at("heap") / MIB,
                Long.parseLong(resident) / 1024,
                (double) (figures.at("nettyDirect") + figures.at("jdkDirect")) / MIB,
                figures.at("descriptors"),
                figures.at("threads"),
                figures.at("connections"),
                figures.at("streams"),
                figures.at("sessions"),
                figures.at("provisioning"),
                figures.at("waiting"));
    }

    private static String sessions(NodeUnderTest node) {
        List<String> some = new ArrayList<>();
        node.figures().each((name, value) -> {
            if (name.startsWith("ended.") || name.startsWith("turned.") || name.startsWith("micros.")) {
                some.add(name + "=" + value);
            }
        });
        return String.join(" ", some);
    }

    private static BootstrapLoad.Sum measured(String name, NodeUnderTest node, BootstrapLoad load)
            throws InterruptedIOException {
        Usage before = Usage.now(node);
        Table<String, Long> then = node.figures();
        load.take();
        hold(phase());
        BootstrapLoad.Sum sum = load.take();
        Table<String, Long> now = node.figures();
        FIGURES.info(
                "{}: {}; {} inputs/s, {} ms in collections; {}; {}",
                name,
                sum,
                (now.at("inputs") - then.at("inputs")) / SECONDS,
                now.at("collectingMillis") - then.at("collectingMillis"),
                Usage.now(node).since(before),
                load());
        return sum;
    }

    @Test
    void throughput() throws IOException, InterruptedException {
        for (String databases : List.of(BootstrapListener.STUB, BootstrapListener.FILES)) {
            try (NodeUnderTest node = node(databases, with(BUSY, Map.of("tally.maxDatabases", "1000000")));
                    BootstrapLoad peers = BootstrapLoad.connected(node.port(), GOOD_NETWORK, PEERS)) {
                peers.working(BootstrapPeer::stock);
                hold(WARM_UP);
                for (int round = 1; round <= ROUNDS + 1; round++) {
                    BootstrapLoad.Sum sum = measured("round " + round + ", databases: " + databases, node, peers);
                    assertThat(sum.done()).isPositive();
                }
                FIGURES.info("{}; {}", sessions(node), memory(node));
            }
        }
    }

    @Test
    void stalled() throws IOException, InterruptedException {
        Map<Stallers.Kind, Integer> kinds = new EnumMap<>(Stallers.Kind.class);
        int unread = Math.min(UNREAD, STALLED / 10);
        kinds.put(Stallers.Kind.HANGING_HOOK, STALLED / 4);
        kinds.put(Stallers.Kind.SLOW_CONTACT, STALLED / 4);
        kinds.put(Stallers.Kind.UNREAD, unread);
        kinds.put(Stallers.Kind.NO_THIRD_MESSAGE, STALLED - 2 * (STALLED / 4) - unread);
        List<BootstrapLoad.Sum> idle = new ArrayList<>();
        List<BootstrapLoad.Sum> loaded = new ArrayList<>();
        try (NodeUnderTest node = node(BootstrapListener.STUB, ROOMY);
                BootstrapLoad good = BootstrapLoad.connected(node.port(), GOOD_NETWORK, 8)) {
            node.ask(BootstrapListener.TAKES + -1);
            good.working(BootstrapPeer::foil);
            hold(WARM_UP);
            good.stop();
            good.working(BootstrapPeer::foil, 50);
            FIGURES.info("at first: {}", memory(node));
            for (int round = 1; round <= ROUNDS; round++) {
                idle.add(measured("round " + round + ", idle", node, good));
                try (Stallers crowd = new Stallers(node.port(), kinds)) {
                    long begun = System.nanoTime();
                    boolean isWhole = node.await(
                            figures -> figures.at("connections") >= STALLED
                                    && figures.at("sessions") >= STALLED - STALLED / 4 - unread,
                            PATIENCE);
                    FIGURES.info(
                            "{} stall ({}), in {} s; {}",
                            kinds,
                            isWhole,
                            (System.nanoTime() - begun) / 1_000_000_000,
                            crowd.counts());
                    hold(WARM_UP);
                    FIGURES.info("while they stall: {}", memory(node));
                    loaded.add(measured("round " + round + ", " + STALLED + " stall", node, good));
                    FIGURES.info("{}; {}", crowd.counts(), sessions(node));
                    FIGURES.info("while they stall: {}", memory(node));
                }
                // Who has not read that it was let in is waited for, though it has gone: it may come with another
                // connection.
                assertThat(node.await(
                                figures -> figures.at("connections") <= 8
                                        && figures.at("provisioning") + figures.at("waiting") == 0,
                                PATIENCE))
                        .isTrue();
                FIGURES.info("when they are gone: {}", memory(node));
            }
            idle.add(measured("idle at the end", node, good));
            ratios("p99 with " + STALLED + " that stall (goal 1.2)", loaded, idle);
        }
    }

    @Test
    void hangingHook() throws IOException, InterruptedException {
        Map<Stallers.Kind, Integer> kinds = Map.of(Stallers.Kind.HANGING_HOOK, HANGING);
        Map<String, String> settings = with(
                BUSY,
                Map.of(
                        "session.provisionTimeout",
                        LONG,
                        "session.timeout",
                        LONG,
                        "session.maxQueued",
                        String.valueOf(2 * HANGING),
                        // All wrong tokens come from a few networks, which would not be let in any more.
                        "session.penaltyMost",
                        "0"));
        try (NodeUnderTest node = node(BootstrapListener.STUB, settings);
                BootstrapLoad replays = BootstrapLoad.connected(node.port(), GOOD_NETWORK, 8);
                BootstrapLoad wrong = BootstrapLoad.connected(node.port(), FLOOD_NETWORK, 8)) {
            // Each peer's first is a bootstrap, all others are the same again.
            BootstrapLoad.Work again = peer -> peer.ask(peer.contact(BootstrapListener.STOCK_TOKEN, peer.ownKey()))
                    .isApproved();
            BootstrapLoad.Work no = peer -> peer.ask(peer.contact("no such token", BootstrapPeer.newKey()))
                    .isApproved();
            replays.working(again);
            wrong.working(no);
            hold(WARM_UP);
            replays.stop();
            wrong.stop();
            replays.working(again, 50);
            wrong.working(no, 50);
            for (int round = 1; round <= ROUNDS; round++) {
                wrong.take();
                measured("round " + round + ", idle: replays", node, replays);
                FIGURES.info("round {}, idle: wrong tokens: {}", round, wrong.take());
                node.ask(BootstrapListener.TAKES + -1);
                try (Stallers crowd = new Stallers(node.port(), kinds)) {
                    assertThat(node.await(
                                    figures -> figures.at("provisioning") + figures.at("waiting") >= HANGING, PATIENCE))
                            .isTrue();
                    wrong.take();
                    measured("round " + round + ", " + HANGING + " in a hook that hangs: replays", node, replays);
                    FIGURES.info("round {}, {} in a hook that hangs: wrong tokens: {}", round, HANGING, wrong.take());
                    FIGURES.info("{}; {}", crowd.counts(), memory(node));
                }
                node.ask(BootstrapListener.TAKES + 0);
                assertThat(node.await(figures -> figures.at("sessions") <= 16, PATIENCE))
                        .isTrue();
            }
        }
    }

    @Test
    void overload() throws IOException, InterruptedException {
        // The databases are what bounds it: 4 at a time, 20 ms each.
        try (NodeUnderTest node = node(BootstrapListener.STUB, BUSY)) {
            node.ask(BootstrapListener.TAKES + 20);
            for (int round = 0; round <= ROUNDS; round++) {
                String name = round == 0 ? "warming up" : "round " + round;
                BootstrapLoad.Sum peak;
                try (BootstrapLoad peers = BootstrapLoad.connected(node.port(), GOOD_NETWORK, 16)) {
                    peers.working(BootstrapPeer::stock);
                    hold(Duration.ofSeconds(2));
                    peak = measured(name + ", as many as are answered", node, peers);
                }
                FIGURES.info("{}: {}", name, memory(node));
                int offered = (int) (10 * peak.perSecond());
                try (BootstrapLoad flood = BootstrapLoad.connected(node.port(), FLOOD_NETWORK, FLOODERS)) {
                    flood.flooding(BootstrapListener.STOCK_TOKEN, offered);
                    hold(Duration.ofSeconds(2));
                    BootstrapLoad.Sum sum = measured(name + ", " + offered + "/s offered", node, flood);
                    FIGURES.info(
                            "{}: {} % of the peak done; {}",
                            name, Math.round(100 * sum.perSecond() / peak.perSecond()), memory(node));
                    flood.stop();
                    FIGURES.info("{}: the first good peer after the flood: {} ms", name, first(node));
                    assertThat(flood.left()).isEqualTo(FLOODERS);
                }
                FIGURES.info("{}: {}; {}", name, sessions(node), memory(node));
            }
        }
    }

    /** How long a new peer takes from its dial to its database, trying again where it is turned away. */
    private static long first(NodeUnderTest node) throws IOException {
        long begun = System.nanoTime();
        try (BootstrapPeer peer = BootstrapPeer.connect(node.port(), Crowd.address(GOOD_NETWORK, 200))) {
            while (!peer.stock()) {
                hold(Duration.ofMillis(20));
            }
        }
        return (System.nanoTime() - begun) / 1_000_000;
    }

    @Test
    void floodOfOneNetwork() throws IOException, InterruptedException {
        try (NodeUnderTest node = node(BootstrapListener.STUB, BUSY);
                BootstrapLoad good = BootstrapLoad.connected(node.port(), GOOD_NETWORK, 16)) {
            node.ask(BootstrapListener.TAKES + 20);
            good.working(BootstrapPeer::stock);
            hold(WARM_UP);
            good.stop();
            good.working(BootstrapPeer::stock, 20);
            for (int round = 1; round <= ROUNDS; round++) {
                measured("round " + round + ", idle", node, good);
                for (String token : List.of(BootstrapListener.STOCK_TOKEN, "no such token")) {
                    String kind = token.equals(BootstrapListener.STOCK_TOKEN) ? "a good token" : "a wrong token";
                    try (BootstrapLoad flood = BootstrapLoad.connectedFrom(node.port(), "127.200.0", FLOODERS)) {
                        flood.flooding(token, 2_000);
                        hold(Duration.ofSeconds(1));
                        flood.take();
                        BootstrapLoad.Sum sum =
                                measured("round " + round + ", good peers beside one network with " + kind, node, good);
                        FIGURES.info(
                                "round {}: {} % of the good ones done; the flood: {}; {}",
                                round,
                                String.format(Locale.ROOT, "%.2f", 100.0 * sum.done() / (sum.done() + sum.refused())),
                                flood.take(),
                                memory(node));
                    }
                }
            }
        }
    }

    private static void ratios(String name, List<BootstrapLoad.Sum> with, List<BootstrapLoad.Sum> without) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < with.size(); i++) {
            double before = without.get(i).spread().p99();
            double after = without.get(i + 1).spread().p99();
            all.add(String.format(
                    Locale.ROOT,
                    "%.2f ms to %.2f before and %.2f after: %.2f times",
                    with.get(i).spread().p99(),
                    before,
                    after,
                    2 * with.get(i).spread().p99() / (before + after)));
        }
        FIGURES.info("{}: {}", name, String.join("; ", all));
    }
}
