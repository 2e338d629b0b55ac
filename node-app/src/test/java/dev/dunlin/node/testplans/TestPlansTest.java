package dev.dunlin.node.testplans;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Both programs as test-plans runs them: through the launcher, each side a process of its own. */
@Timeout(300)
final class TestPlansTest {

    private static final Path LAUNCHER =
            Path.of("src", "interop", "test-plans", "run").toAbsolutePath();
    private static final long SOON = 120;

    @TempDir
    private Path folder;

    private int started;

    /** A process, and where its standard error goes. */
    private record Run(Process process, Path errors) implements AutoCloseable {

        /** All that it prints, when it has ended well. */
        String result() throws IOException, InterruptedException {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(SOON, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
            return printed;
        }

        /** Waits until it says where it listens. */
        void awaitListening() throws IOException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SOON);
            while (!Files.readString(errors).contains("listening on")) {
                assertThat(process.isAlive()).as(Files.readString(errors)).isTrue();
                assertThat(System.nanoTime()).as("it listens").isLessThan(end);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private Run run(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(Arrays.asList(arguments));
        Path errors = folder.resolve("errors-" + started++);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("DUNLIN_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("DUNLIN_CLASS_PATH", System.getProperty("java.class.path"));
        builder.environment().putAll(environment);
        return new Run(builder.start(), errors);
    }

    private static Map<String, String> side(RespServer redis, boolean dials, String muxer) {
        return Map.of(
                "transport",
                "tcp",
                "security",
                "noise",
                "muxer",
                muxer,
                "is_dialer",
                String.valueOf(dials),
                "ip",
                dials ? "0.0.0.0" : "127.0.0.1",
                "redis_addr",
                redis.address(),
                "test_timeout_seconds",
                String.valueOf(SOON));
    }

    @Test
    void oneSideDialsTheOther() throws IOException, InterruptedException {
        try (RespServer redis = new RespServer();
                Run dialer = run(side(redis, true, "yamux"), "transport-interop");
                Run listener = run(side(redis, false, "yamux"), "transport-interop")) {
            List<String> printed = dialer.result().lines().toList();
            assertThat(printed).hasSize(1);
            JsonNode result = JsonMapper.shared().readTree(printed.getFirst());
            double ping = result.path("pingRTTMilllis").asDouble();
            assertThat(ping).isPositive();
            assertThat(result.path("handshakePlusOneRTTMillis").asDouble()).isGreaterThan(ping);
            assertThat(listener.process.isAlive()).isTrue();
        }
    }

    @Test
    void whatIsNotSpokenHereEndsAtOnce() throws IOException, InterruptedException {
        try (RespServer redis = new RespServer();
                Run dialer = run(side(redis, true, "mplex"), "transport-interop")) {
            assertThat(dialer.process.waitFor(SOON, TimeUnit.SECONDS)).isTrue();
            assertThat(dialer.process.exitValue()).isOne();
            assertThat(dialer.process.getInputStream().readAllBytes()).isEmpty();
            assertThat(Files.readString(dialer.errors)).contains("muxer is yamux here, not 'mplex'");
        }
    }

    @Test
    void theClientMeasuresTheServer() throws IOException, InterruptedException {
        long upload = 48L << 20;
        long download = 24L << 20;
        String address = "127.0.0.1:" + freePort();
        try (Run server = run(Map.of(), "perf", "--run-server", "--server-address", address)) {
            server.awaitListening();
            // The id that the programs of go and rust have, too.
            assertThat(Files.readString(server.errors))
                    .contains("/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN");
            try (Run client = run(
                    Map.of(),
                    "perf",
                    "--server-address",
                    address,
                    "--transport",
                    "tcp",
                    "--upload-bytes",
                    String.valueOf(upload),
                    "--download-bytes",
                    String.valueOf(download))) {
                List<JsonNode> lines = client.result()
                        .lines()
                        .map(line -> JsonMapper.shared().readTree(line))
                        .toList();
                JsonNode last = lines.getLast();
                assertThat(last.path("type").asString()).isEqualTo("final");
                assertThat(last.path("uploadBytes").asLong()).isEqualTo(upload);
                assertThat(last.path("downloadBytes").asLong()).isEqualTo(download);
                double seconds = last.path("timeSeconds").asDouble();
                assertThat(seconds).isPositive();
                List<JsonNode> before = lines.subList(0, lines.size() - 1);
                assertThat(before)
                        .allMatch(line -> line.path("type").asString().equals("intermediary"))
                        .allMatch(line -> line.path("timeSeconds").asDouble() >= 1)
                        .hasSizeLessThanOrEqualTo((int) seconds);
                assertThat(before.stream()
                                .mapToLong(line -> line.path("uploadBytes").asLong())
                                .sum())
                        .isLessThanOrEqualTo(upload);
                assertThat(before.stream()
                                .mapToLong(line -> line.path("downloadBytes").asLong())
                                .sum())
                        .isLessThanOrEqualTo(download);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
