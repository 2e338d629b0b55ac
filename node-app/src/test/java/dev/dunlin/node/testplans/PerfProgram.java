package dev.dunlin.node.testplans;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.node.Node;
import dev.dunlin.node.NodeOptions;
import dev.dunlin.node.bench.Perf;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A program: server or client of the performance test of libp2p/test-plans (perf/README.md there). The client prints one JSON
 * line for each second, of what was moved in it, and one for all; everything else goes to standard error.
 */
@Command(name = "perf", mixinStandardHelpOptions = true, description = "Server or client of libp2p/test-plans perf.")
public final class PerfProgram implements Runnable {

    private static final Duration CONNECTS_IN = Duration.ofSeconds(60);

    /**
     * The Ed25519 key whose seed is all zeros: the client must know the server's id without being told, and go-libp2p's and
     * rust-libp2p's programs have agreed on this one. Everybody has it, so it is for nothing else.
     */
    private static final String SERVER_KEY =
            "08011240" + "00".repeat(32) + "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29";

    private final PrintStream out;

    @Option(names = "--run-server", description = "Serve until killed.")
    private boolean server;

    @Option(names = "--server-address", required = true, paramLabel = "HOST:PORT", description = "Where the server is.")
    private String address = "";

    @Option(names = "--transport", defaultValue = "tcp", description = "tcp")
    private String transport = "";

    @Option(names = "--upload-bytes", defaultValue = "0", description = "How many bytes to send.")
    private long upload;

    @Option(names = "--download-bytes", defaultValue = "0", description = "How many bytes to ask for.")
    private long download;

    private PerfProgram(PrintStream out) {
        this.out = out;
    }

    /** Runs what the arguments say. */
    public static void main(String[] args) {
        PrintStream results = System.out;
        // Whatever is logged is diagnostics.
        System.setOut(System.err);
        CommandLine program = new CommandLine(new PerfProgram(results));
        program.setExecutionExceptionHandler((e, line, parsed) -> {
            System.err.println(e.getMessage() == null ? e.toString() : e.getMessage());
            return 1;
        });
        System.exit(program.execute(args));
    }

    private static PrivateKey serverKey() {
        return PrivateKey.fromProtobuf(HexFormat.of().parseHex(SERVER_KEY));
    }

    @Override
    public void run() {
        if (!transport.equals("tcp")) {
            throw new IllegalArgumentException("--transport is tcp here, not " + transport);
        }
        Multiaddr where = HostPort.parse(address).tcp();
        if (server) {
            serve(where);
        } else {
            measure(where.withPeer(serverKey().publicKey().peerId()));
        }
    }

    private static void serve(Multiaddr where) {
        NodeOptions options = NodeOptions.DEFAULT.serving(Map.of(Perf.PROTOCOL, stream -> Perf.server()));
        try (Node node = Node.start(serverKey(), options)) {
            node.listen(where).forEach(bound -> System.err.println("listening on " + bound));
            node.ended().join();
        }
    }

    private void measure(Multiaddr where) {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        try (Node node = Node.start(key, NodeOptions.DEFAULT)) {
            long begun = System.nanoTime();
            PeerId peer = node.connect(where, CONNECTS_IN);
            StreamChannel stream = node.open(peer, List.of(Perf.PROTOCOL), CONNECTS_IN);
            Perf perf = Perf.client(stream, upload, download);
            report(perf);
            print("final", System.nanoTime() - begun, upload, download);
        }
    }

    /** Until all is there, what each second has moved. */
    private void report(Perf perf) {
        long at = System.nanoTime();
        long sent = 0;
        long received = 0;
        while (true) {
            try {
                perf.done().get(at + TimeUnit.SECONDS.toNanos(1) - System.nanoTime(), TimeUnit.NANOSECONDS);
                return;
            } catch (TimeoutException e) {
                long now = System.nanoTime();
                long nowSent = perf.sent();
                long nowReceived = perf.received();
                print("intermediary", now - at, nowSent - sent, nowReceived - received);
                at = now;
                sent = nowSent;
                received = nowReceived;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private void print(String type, long nanos, long uploaded, long downloaded) {
        out.println(String.format(
                Locale.ROOT,
                "{\"type\":\"%s\",\"timeSeconds\":%.9f,\"uploadBytes\":%d,\"downloadBytes\":%d}",
                type,
                nanos / 1e9,
                uploaded,
                downloaded));
        out.flush();
    }
}
