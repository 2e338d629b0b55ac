package dev.dunlin.node.testplans;

import dev.dunlin.connection.ping.PingOutcome;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.node.Node;
import dev.dunlin.node.NodeOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program: one side of the transport test of libp2p/test-plans (transport-interop/README.md there), told by its environment
 * what to be. The result goes to standard output, everything else to standard error; the exit code is 0 if all went well.
 */
public final class TransportInterop {

    private static final String KEY = "listenerAddr";

    private final PrintStream out;
    private final boolean dials;
    private final String ip;
    private final String redis;
    private final Duration timeout;

    private TransportInterop(Map<String, String> environment, PrintStream out) {
        this.out = out;
        require(environment, "transport", "tcp");
        require(environment, "security", "noise");
        require(environment, "muxer", "yamux");
        dials = switch (environment.getOrDefault("is_dialer", "")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("is_dialer is true or false");
        };
        ip = environment.getOrDefault("ip", "0.0.0.0");
        redis = environment.getOrDefault("redis_addr", "redis:6379");
        timeout = Duration.ofSeconds(Long.parseLong(environment.getOrDefault("test_timeout_seconds", "180")));
    }

    private static void require(Map<String, String> environment, String name, String only) {
        String value = environment.getOrDefault(name, "");
        if (!value.equals(only)) {
            throw new IllegalArgumentException(name + " is " + only + " here, not '" + value + "'");
        }
    }

    /** Runs the side that the environment names. */
    public static void main(String[] args) {
        PrintStream result = System.out;
        // Whatever is logged is diagnostics.
        System.setOut(System.err);
        int code = 0;
        try {
            new TransportInterop(System.getenv(), result).run();
        } catch (IOException | RuntimeException | InterruptedException | ExecutionException | TimeoutException e) {
            System.err.println(e.getMessage() == null ? e.toString() : e.getMessage());
            code = 1;
        }
        System.exit(code);
    }

    private void run() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        // The only ping is the one that is timed.
        NodeOptions options = NodeOptions.DEFAULT.with("ping.interval", "0");
        try (Redis found = Redis.connect(redis, timeout);
                Node node = Node.start(key, options)) {
            if (dials) {
                dial(found, node);
            } else {
                listen(found, node);
            }
        }
    }

    private void dial(Redis found, Node node) throws IOException {
        Multiaddr listener = Multiaddr.parse(found.pop(KEY, timeout)
                .orElseThrow(
                        () -> new IOException("no listener has told its address in " + timeout.toSeconds() + " s")));
        long begun = System.nanoTime();
        PeerId peer = node.connect(listener, timeout);
        PingOutcome.PingDone pinged = node.ping(peer, 1, Duration.ZERO, timeout);
        double all = (System.nanoTime() - begun) / 1e6;
        if (pinged.rttsMicros().isEmpty()) {
            throw new IOException(peer + " does not answer the ping");
        }
        // The third l is in the specification.
        out.println(String.format(
                Locale.ROOT,
                "{\"handshakePlusOneRTTMillis\":%.3f,\"pingRTTMilllis\":%.3f}",
                all,
                pinged.rttsMicros().getFirst() / 1000.0));
        out.flush();
    }

    private void listen(Redis found, Node node)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        List<Multiaddr> bound = node.listen(new HostPort(ip, 0).tcp());
        Multiaddr told = bound.stream()
                .filter(address -> !isLoopback(address))
                .findFirst()
                .orElse(bound.getFirst());
        found.push(KEY, told.toString());
        System.err.println("listening on " + told);
        try {
            node.ended().get(timeout.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException("nobody has ended this listener in " + timeout.toSeconds() + " s", e);
        }
    }

    private static boolean isLoopback(Multiaddr address) {
        String text = address.toString();
        return text.startsWith("/ip4/127.") || text.startsWith("/ip6/::1/");
    }
}
