package dev.dunlin.node;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.netty.TransportSettings;
import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.routing.RoutingConfig;
import dev.dunlin.node.config.Configuration;
import dev.dunlin.node.config.NodeSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dunlin run}: runs the node until it is told to stop. */
@Command(
        name = "run",
        description = "Runs the node. Prints the addresses it can be reached at, one a line, and runs until SIGTERM or "
                + "Ctrl-C, when it closes its connections in order.")
final class RunCommand implements Runnable {

    private static final Logger MACHINES = LoggerFactory.getLogger("dunlin.machines");

    @Mixin
    private final ConfigurationOptions configured;

    private final Machines machines;

    @Option(
            names = "--listen",
            paramLabel = "MULTIADDR",
            arity = "1..*",
            description = "Where to listen. Default: /ip4/0.0.0.0/tcp/4001")
    private List<String> listen = new ArrayList<>();

    @Option(
            names = "--connect",
            paramLabel = "MULTIADDR",
            arity = "1..*",
            description =
                    "Peers to stay connected to, with /p2p/ and their ids at the end. Whoever is lost is dialled again,"
                            + " with growing delays, for ever. Default: none")
    private List<String> connect = new ArrayList<>();

    @Option(
            names = "--bootstrap",
            paramLabel = "MULTIADDR",
            arity = "1..*",
            description =
                    "Nodes by which the DHT is joined, with /p2p/ and their ids at the end. Default: none; the node joins by"
                            + " those that it knew when it ran last")
    private List<String> bootstrap = new ArrayList<>();

    @Option(
            names = "--dht",
            paramLabel = "MODE",
            description =
                    "What the node does in the DHT: client (asks others), server (answers them, too), auto (answers as long as"
                            + " others can reach it), off. Default: auto")
    private @Nullable String dht;

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

    @Option(names = "--quiet", description = "Tells nothing of what happens but faults.")
    private boolean quiet;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private volatile boolean stopping;
    private volatile Optional<Narrator> narrator = Optional.empty();
    private volatile Optional<AdminApi> admin = Optional.empty();

    RunCommand(Machines machines) {
        this.machines = machines;
        this.configured = new ConfigurationOptions(machines);
    }

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        Configuration said = configured.read(options());
        NodeAddresses.requireWhosever(said);
        levels(said);
        if (!NodeSettings.QUIET.isOn(said.recorded())) {
            machines.told().forEach(MACHINES::info);
        }
        try (OpenDirectory data = OpenDirectory.open(
                configured.dataDir(), "dunlin run", said.recorded(), self -> NodeAddresses.require(said, self))) {
            run(data.identity(), said, out);
        }
    }

    private static void levels(Configuration said) {
        try {
            LogLevels.apply(NodeSettings.LOG_LEVEL.of(said.recorded()));
        } catch (BadValueException refusedBefore) {
            throw new IllegalStateException(refusedBefore);
        }
    }

    private void run(Identity identity, Configuration said, PrintWriter out) {
        Table<String, String> config = said.recorded();
        NodeOptions options = NodeOptions.DEFAULT
                .withLog(DataDirectory.log(configured.dataDir()))
                .withLogOptions(LogOptions.of(config))
                .withLimits(TransportSettings.of(config))
                .withEarlyMuxer(NodeSettings.EARLY_MUXER.isOn(config))
                .withThreads(NodeSettings.THREADS.integer(config))
                .withAudit(NodeSettings.AUDIT.isOn(config))
                .withExtensions(machines.extensions())
                .withAll(config);
        CompletableFuture<Node> started = new CompletableFuture<>();
        Thread closing = new Thread(() -> stopped(started), "dunlin-stop");
        Runtime.getRuntime().addShutdownHook(closing);
        try {
            serve(started(identity, options, started), said, out);
        } finally {
            if (removed(closing) && !started.isCompletedExceptionally()) {
                started.join().close();
            }
        }
    }

    // What the options of this command say of keys.
    private List<Configuration.Option> options() {
        List<Configuration.Option> said = new ArrayList<>();
        addresses("--listen", NodeSettings.LISTEN, listen, said);
        addresses("--connect", NodeSettings.CONNECT, connect, said);
        addresses("--bootstrap", RoutingConfig.BOOTSTRAP, bootstrap, said);
        if (dht != null) {
            said.add(new Configuration.Option("--dht", RoutingConfig.MODE.key(), dht));
        }
        if (noEarlyMuxer) {
            said.add(new Configuration.Option("--no-early-muxer", NodeSettings.EARLY_MUXER.key(), "false"));
        }
        if (quiet) {
            said.add(new Configuration.Option("--quiet", NodeSettings.QUIET.key(), "true"));
        }
        Main.logLevel(spec)
                .ifPresent(level ->
                        said.add(new Configuration.Option("--log-level", NodeSettings.LOG_LEVEL.key(), level)));
        if (audit) {
            said.add(new Configuration.Option("--audit", NodeSettings.AUDIT.key(), "true"));
        }
        return said;
    }

    private static void addresses(String option, Setting setting, List<String> given, List<Configuration.Option> said) {
        if (!given.isEmpty()) {
            said.add(new Configuration.Option(option, setting.key(), String.join(",", given)));
        }
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

    private void serve(Node node, Configuration said, PrintWriter out) {
        if (!NodeSettings.QUIET.isOn(said.recorded())) {
            narrator = Optional.of(Narrator.of(node));
        }
        try {
            listenAndWait(node, said, out);
        } catch (CommandFailure failure) {
            // What fails since the node is being stopped is no failure.
            if (!stopping) {
                throw failure;
            }
        } finally {
            admin.ifPresent(AdminApi::close);
            narrator.ifPresent(Narrator::close);
        }
    }

    private void listenAndWait(Node node, Configuration said, PrintWriter out) {
        // Whoever sees an address can ask.
        admin = AdminApi.start(node, configured.dataDir(), said);
        for (Multiaddr address : said.addresses(NodeSettings.LISTEN)) {
            node.listen(address.withoutPeer().orElse(address)).forEach(out::println);
        }
        StandardOutput.lost(out).ifPresent(lost -> {
            throw lost;
        });
        for (Multiaddr address : said.addresses(NodeSettings.CONNECT)) {
            keep(node, address);
        }
        try {
            node.ended().join();
        } catch (CompletionException e) {
            throw ended(e.getCause() == null ? e : e.getCause());
        }
    }

    // A disk that fails is no fault of the program.
    private static CommandFailure ended(Throwable cause) {
        ExitCode code = cause.getCause() instanceof IOException failed ? FileFailure.code(failed) : ExitCode.INTERNAL;
        return new CommandFailure(code, String.valueOf(cause.getMessage()), cause);
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
        // First the doors: whoever is told that the node is not ready knows that nobody is let in any more.
        node.drain();
        admin.ifPresent(AdminApi::close);
        node.close();
        narrator.ifPresent(Narrator::close);
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
