package dev.dunlin.node;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.multiformats.Transport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dunlin run}: runs the node until it is told to stop. */
@Command(
        name = "run",
        description = "Runs the node. Prints the addresses it can be reached at, one a line, and runs until SIGTERM or "
                + "Ctrl-C, when it closes its connections in order.")
final class RunCommand implements Runnable {

    /** Where a node listens that was not told where. */
    static final Multiaddr DEFAULT_LISTEN = Multiaddr.parse("/ip4/0.0.0.0/tcp/4001");

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where key and log are; made on first use. Default: " + DataDirectory.DEFAULT_TEXT)
    private Path dataDir = DataDirectory.standard();

    @Option(
            names = "--listen",
            paramLabel = "MULTIADDR",
            arity = "1..*",
            converter = MultiaddrConverter.class,
            description = "Where to listen. Default: /ip4/0.0.0.0/tcp/4001")
    private List<Multiaddr> listen = new ArrayList<>();

    @Option(
            names = "--connect",
            paramLabel = "MULTIADDR",
            arity = "1..*",
            converter = MultiaddrConverter.class,
            description =
                    "Peers to stay connected to, with /p2p/ and their ids at the end. Whoever is lost is dialled again,"
                            + " with growing delays, for ever. Default: none")
    private List<Multiaddr> connect = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Sets one value of the machines' configuration, such as ping.interval=5000000 (microseconds).")
    private Map<String, String> settings = new TreeMap<>();

    @Option(
            names = "--no-early-muxer",
            description = "Negotiates the stream muxer after the handshake instead of inside it.")
    private boolean noEarlyMuxer;

    @Option(
            names = "--audit",
            description =
                    "Checks the machines' invariants after every input, and logs what breaks them: the checks that"
                            + " 'dunlin simulate' makes.")
    private boolean audit;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private volatile boolean stopping;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        try (OpenDirectory data = OpenDirectory.open(dataDir, "dunlin run", this::canBeMeant)) {
            run(data.identity(), out);
        }
    }

    private void canBeMeant(Optional<PeerId> self) {
        // A node that is not there yet is nobody's address.
        connect.forEach(address -> canBeDialled(address, self));
        listen.forEach(address -> canBeListenedAt(address, self));
    }

    private void run(Identity identity, PrintWriter out) {
        NodeOptions options = NodeOptions.DEFAULT
                .withLog(DataDirectory.log(dataDir))
                .withEarlyMuxer(!noEarlyMuxer)
                .withAudit(audit);
        for (Map.Entry<String, String> setting : new TreeMap<>(settings).entrySet()) {
            options = options.with(setting.getKey(), setting.getValue());
        }
        CompletableFuture<Node> started = new CompletableFuture<>();
        Thread closing = new Thread(() -> stopped(started), "dunlin-stop");
        Runtime.getRuntime().addShutdownHook(closing);
        try {
            serve(started(identity, options, started), out);
        } finally {
            if (removed(closing) && !started.isCompletedExceptionally()) {
                started.join().close();
            }
        }
    }

    // Before anything starts: what can never be is the command line's mistake.
    private static void canBeDialled(Multiaddr address, Optional<PeerId> self) {
        PeerId peer = Node.peerOf(address);
        CommandFailure.require(
                self.filter(peer::equals).isEmpty(),
                "--connect " + address + " is this node itself: give the address of another peer");
        Transport transport = address.withoutPeer().orElse(address).transport();
        boolean isTcp = transport == Transport.TCP && address.port().orElse(0) != 0;
        CommandFailure.require(
                isTcp || transport == Transport.DNSADDR,
                "--connect " + address + " cannot be dialled: give an address as /ip4/192.0.2.1/tcp/4001/p2p/" + peer
                        + " or /dnsaddr/example.org/p2p/" + peer);
    }

    private static void canBeListenedAt(Multiaddr address, Optional<PeerId> self) {
        CommandFailure.require(
                address.peerId().isEmpty() || address.peerId().equals(self),
                "--listen " + address + " names "
                        + self.map(own -> "another peer than this node, which is " + own)
                                .orElse("a peer, and this node has no key yet")
                        + ": leave out /p2p/ and what follows it");
    }

    private Node started(Identity identity, NodeOptions options, CompletableFuture<Node> started) {
        try {
            Node node = Node.start(identity.key(), options);
            started.complete(node);
            return node;
        } catch (RuntimeException | Error e) {
            started.completeExceptionally(e);
            throw e;
        }
    }

    private void serve(Node node, PrintWriter out) {
        try {
            listenAndWait(node, out);
        } catch (CommandFailure failure) {
            // What fails since the node is being stopped is no failure.
            if (!stopping) {
                throw failure;
            }
        }
    }

    private void listenAndWait(Node node, PrintWriter out) {
        for (Multiaddr address : listen.isEmpty() ? List.of(DEFAULT_LISTEN) : listen) {
            node.listen(address.withoutPeer().orElse(address)).forEach(out::println);
        }
        StandardOutput.lost(out).ifPresent(lost -> {
            throw lost;
        });
        for (Multiaddr address : connect) {
            keep(node, address);
        }
        try {
            node.ended().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CommandFailure(ExitCode.INTERNAL, String.valueOf(cause.getMessage()), cause);
        }
    }

    // In order, also while the node starts, which may take a long log its time. Without the halt the JVM would end with
    // the signal's code, which a supervisor takes for a failure.
    private void stopped(CompletableFuture<Node> started) {
        stopping = true;
        Node node;
        try {
            node = started.join();
        } catch (CompletionException itDidNotStart) {
            return;
        }
        node.close();
        if (node.ended().isDone() && !node.ended().isCompletedExceptionally()) {
            Runtime.getRuntime().halt(ExitCode.OK.code());
        }
    }

    private static void keep(Node node, Multiaddr address) {
        Multiaddr where = address.withoutPeer().orElse(address);
        node.runtime().offer(new ConnectionAction.Keep(Node.peerOf(address), List.of(where), "--connect"));
    }

    // While the JVM is shutting down the hook runs already, and closes the node itself.
    private static boolean removed(Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            return false;
        }
    }
}
