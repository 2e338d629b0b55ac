package dev.dunlin.node;

import dev.dunlin.connection.ping.PingOutcome;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin ping}: measures the round trip to a peer. */
@Command(name = "ping", description = "Connects to a peer with a key made for it, and measures the round trip.")
final class PingCommand implements Runnable {

    @Parameters(
            index = "0",
            paramLabel = "MULTIADDR",
            converter = MultiaddrConverter.class,
            description = "The peer, with /p2p/ and its id at the end.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private Multiaddr address;

    @Option(
            names = {"-c", "--count"},
            paramLabel = "N",
            defaultValue = "5",
            description = "How many times. Default: ${DEFAULT-VALUE}")
    private int count;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "How long between two, in milliseconds. Default: ${DEFAULT-VALUE}")
    private long interval;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long to wait for the connection, and for each round trip. Default: ${DEFAULT-VALUE}")
    private long timeout;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    @Override
    public void run() {
        CommandFailure.require(count >= 1, "-c is at least 1, not " + count);
        CommandFailure.require(timeout >= 1, "--timeout is at least 1 s, not " + timeout);
        CommandFailure.require(interval >= 0, "--interval is at least 0 ms, not " + interval);
        PrintWriter out = spec.commandLine().getOut();
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        NodeOptions options =
                NodeOptions.DEFAULT.with("connection.maxAttempts", "1").with("ping.interval", "0");
        try (Node node = Node.start(key, options)) {
            PeerId peer = node.connect(address, Duration.ofSeconds(timeout));
            PingSummary summary = new PingSummary(peer);
            // The summary is the last line, also where a pong comes at the same moment.
            boolean[] over = {false};
            AtInterrupt interrupt = AtInterrupt.run(() -> {
                synchronized (over) {
                    over[0] = true;
                    out.println(summary.line());
                    out.flush();
                }
            });
            for (int i = 1; i <= count; i++) {
                summary.sent();
                PingOutcome.PingDone done = node.ping(peer, 1, Duration.ZERO, Duration.ofSeconds(timeout + 1));
                synchronized (over) {
                    if (over[0]) {
                        return;
                    }
                    if (done.rttsMicros().isEmpty()) {
                        out.println(i + "/" + count + " lost");
                    } else {
                        long took = done.rttsMicros().getFirst();
                        summary.answered(took);
                        out.println(i + "/" + count + " " + PingSummary.millis(took) + " ms");
                    }
                }
                // Nobody reads any more, or there is no room: the rest would be for nothing.
                if (out.checkError()) {
                    break;
                }
                if (i < count) {
                    LockSupport.parkNanos(Duration.ofMillis(interval).toNanos());
                }
            }
            if (!interrupt.done()) {
                return;
            }
            if (summary.isEmpty()) {
                throw new CommandFailure(ExitCode.UNAVAILABLE, peer + " is connected and did not answer one ping");
            }
            out.println(summary.line());
        }
    }
}
