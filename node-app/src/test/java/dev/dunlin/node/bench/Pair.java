package dev.dunlin.node.bench;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.node.interop.Counterpart;
import dev.dunlin.node.interop.Implementation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** Two peers of one kind, each a process of its own; all kinds are asked and timed alike, from outside. */
final class Pair implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 600;

    /** Whose libp2p the two are. */
    enum Kind {
        DUNLIN(Optional.empty()),
        JS(Optional.of(Implementation.JS)),
        GO(Optional.of(Implementation.GO)),
        RUST(Optional.of(Implementation.RUST));

        private final Optional<Implementation> other;

        Kind(Optional<Implementation> other) {
            this.other = other;
        }

        /** Why there is none on this machine; empty if there is. */
        Optional<String> missing() {
            return other.flatMap(Implementation::missing);
        }

        private Counterpart start() {
            return other.map(known -> Counterpart.start(known, Counterpart.Key.ED25519, true))
                    .orElseGet(() -> Counterpart.start("dunlin", Path.of("").toAbsolutePath(), dunlin()));
        }

        /** A Dunlin peer with the JVM flags of the launcher, the script dunlin; native access is granted in the jar's manifest there. */
        private static List<String> dunlin() {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:+UseCompactObjectHeaders",
                    "-Xlog:disable",
                    "-Xlog:all=error:stderr",
                    "--enable-native-access=ALL-UNNAMED"));
            // More flags, to look into a peer: a recording of where its time goes, say.
            String more = System.getProperty("dunlin.bench.jvm", "");
            if (!more.isBlank()) {
                command.addAll(Arrays.asList(more.strip().split("\\s+", -1)));
            }
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), PerfPeer.class.getName()));
            return command;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Counterpart dialler;
    private final Counterpart listener;

    private Pair(Counterpart dialler, Counterpart listener) {
        this.dialler = dialler;
        this.listener = listener;
    }

    static Pair start(Kind kind) {
        Counterpart dialler = kind.start();
        try {
            return new Pair(dialler, kind.start());
        } catch (RuntimeException | Error e) {
            dialler.close();
            throw e;
        }
    }

    /** Where the listener listens, its id at the end. */
    Multiaddr address() {
        return listener.address();
    }

    /** Dials the listener at an address. */
    void dial(Multiaddr address) {
        dialler.dial(address);
    }

    /** Ends the connection in order. */
    void hangup() {
        dialler.hangup(listener.id(), false);
    }

    /** The median of so many dials, milliseconds; there must be no connection. */
    double dialMillis(int count) {
        JsonNode times =
                dialler.askDialling("connectTimes", Map.of("addr", address().toString(), "count", count));
        return times.path("medianMs").asDouble();
    }

    /** Sends so many bytes one way over so many streams at once; MiB a second. */
    double transfer(boolean upload, int streams, long bytes) {
        Map<String, Object> each =
                Map.of("peer", listener.id().toString(), upload ? "upload" : "download", bytes / streams);
        List<CompletableFuture<JsonNode>> transfers = new ArrayList<>();
        long begun = System.nanoTime();
        for (int i = 0; i < streams; i++) {
            transfers.add(dialler.asking("perf", each));
        }
        CompletableFuture.allOf(transfers.toArray(CompletableFuture[]::new))
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        return bytes / (double) (1 << 20) / ((System.nanoTime() - begun) / 1e9);
    }

    @Override
    public void close() {
        dialler.close();
        listener.close();
    }
}
