package dev.dunlin.node.bench;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.node.Node;
import dev.dunlin.node.NodeOptions;
import dev.dunlin.node.interop.Implementation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Throughput of Noise and yamux over loopback, and connect times, Dunlin to Dunlin and js to js in turn within one run. Prints
 * medians with their least and greatest, and the ratios round by round.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true", disabledReason = "a benchmark: -Ddunlin.bench=true")
class TransportBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final int MIB = Integer.getInteger("dunlin.bench.mib", 256);
    private static final int ROUNDS = Integer.getInteger("dunlin.bench.rounds", 5);
    private static final int WARM_UP = 3;
    private static final int JS_RUNS = 3;
    private static final int CONNECTS = 50;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private record Round(double upload, double download, double connectMillis) {}

    @Test
    void besideJs() throws IOException, InterruptedException {
        List<Round> dunlin = new ArrayList<>();
        List<Round> js = new ArrayList<>();
        try (Node listener = node();
                Node dialer = node()) {
            Multiaddr address =
                    listener.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")).getFirst();
            for (int i = 0; i < WARM_UP; i++) {
                round(dialer, address);
            }
            for (int i = 0; i < ROUNDS; i++) {
                dunlin.add(round(dialer, address));
                if (Implementation.JS.missing().isEmpty()) {
                    js.add(jsRound());
                }
            }
        }
        print("dunlin", dunlin);
        if (js.isEmpty()) {
            FIGURES.info("js: skipped, Node.js or its packages are missing");
            return;
        }
        print("js", js);
        List<Double> up = new ArrayList<>();
        List<Double> down = new ArrayList<>();
        List<Double> connect = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            up.add(dunlin.get(i).upload() / js.get(i).upload());
            down.add(dunlin.get(i).download() / js.get(i).download());
            connect.add(dunlin.get(i).connectMillis() / js.get(i).connectMillis());
        }
        FIGURES.info("dunlin / js: upload {}, download {}, connect time {}", spread(up), spread(down), spread(connect));
    }

    private static Node node() {
        NodeOptions options = NodeOptions.DEFAULT
                .serving(Map.of(Perf.PROTOCOL, stream -> Perf.server()))
                .with("ping.interval", "0");
        return Node.start(PrivateKey.generate(KeyType.ED25519, new SecureRandom()), options);
    }

    private static Round round(Node dialer, Multiaddr address) {
        List<Double> connects = new ArrayList<>();
        for (int i = 0; i < CONNECTS; i++) {
            long begun = System.nanoTime();
            PeerId peer = dialer.connect(address, PATIENCE);
            connects.add((System.nanoTime() - begun) / 1e6);
            dialer.disconnect(peer);
            if (!dialer.await(state -> !state.root().connection().isConnected(peer), PATIENCE)
                    || !dialer.await(state -> state.node().handles().isEmpty(), PATIENCE)) {
                throw new IllegalStateException("the connection does not close");
            }
        }
        PeerId peer = dialer.connect(address, PATIENCE);
        long bytes = (long) MIB << 20;
        double upload = megabytes(dialer, peer, bytes, 0);
        double download = megabytes(dialer, peer, 0, bytes);
        dialer.disconnect(peer);
        dialer.await(state -> state.node().handles().isEmpty(), PATIENCE);
        return new Round(upload, download, median(connects));
    }

    private static double megabytes(Node dialer, PeerId peer, long upload, long download) {
        long begun = System.nanoTime();
        Perf.client(dialer.open(peer, List.of(Perf.PROTOCOL), PATIENCE), upload, download)
                .join();
        return MIB / ((System.nanoTime() - begun) / 1e9);
    }

    private static Round jsRound() throws IOException, InterruptedException {
        Process bench = new ProcessBuilder(
                        "node",
                        "bench.mjs",
                        "--mib",
                        String.valueOf(MIB),
                        // In a process of its own each time: the median of some runs is a warm one.
                        "--runs",
                        String.valueOf(JS_RUNS),
                        "--connects",
                        String.valueOf(CONNECTS))
                .directory(Path.of("src", "interop", "js").toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(bench.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (bench.waitFor() != 0) {
            throw new IllegalStateException("bench.mjs failed: " + output);
        }
        JsonNode figures =
                JsonMapper.shared().readTree(output.strip().lines().toList().getLast());
        return new Round(
                figures.path("uploadMiBps").path("median").asDouble(),
                figures.path("downloadMiBps").path("median").asDouble(),
                figures.path("connectMs").path("median").asDouble());
    }

    private static void print(String who, List<Round> rounds) {
        FIGURES.info(
                "{} to {}, {} MiB, {} rounds: upload {} MiB/s, download {} MiB/s, connect {} ms",
                who,
                who,
                MIB,
                rounds.size(),
                spread(rounds.stream().map(Round::upload).toList()),
                spread(rounds.stream().map(Round::download).toList()),
                spread(rounds.stream().map(Round::connectMillis).toList()));
    }

    private static String spread(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", median(values), sorted.getFirst(), sorted.getLast());
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
