package dev.dunlin.node;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.extension.Host;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.identify.IdentifyConfig;
import dev.dunlin.connection.identify.IdentifySigner;
import dev.dunlin.connection.identify.IdentifyState;
import dev.dunlin.connection.netty.NettyNode;
import dev.dunlin.connection.netty.NettyTransport;
import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.peer.Description;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.ping.PingAction;
import dev.dunlin.connection.ping.PingOutcome;
import dev.dunlin.connection.standard.StandardProtocols;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.words.PeerWords;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Budgets;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Audit;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import dev.dunlin.node.admin.ActionCounts;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: the store with all machines, its runtime and log, and the transport behind the services.
 *
 * <p>Thread-safe.
 */
public final class Node implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /** How much longer than connections may take to end in order. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    /** What is said behind an address that does not tell whose it is. */
    static final String NO_PEER =
            "does not say which peer is there: add /p2p/ and its id, as in /ip4/127.0.0.1/tcp/4001/p2p/12D3…";

    private final Optional<DirectoryStorage> storage;
    private final Optional<Audit> audit;
    private final NettyNode<NodeRoot> running;
    private final NodeRuntime<NodeRoot> runtime;
    private final NettyTransport transport;
    private final Store<NodeRoot> names;
    private final ActionCounts counts;
    private final LastRefusals refusals;
    private final ExtensionHost extensions;
    private final AtomicBoolean isDraining = new AtomicBoolean();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong broke = new AtomicLong();

    /**
     * Starts one.
     *
     * @param opened takes what is to be closed, the last first, if the start fails
     */
    private Node(
            PrivateKey identity,
            NodeOptions options,
            BuildInfo build,
            Optional<DirectoryStorage> storage,
            Deque<Closeable> opened)
            throws IOException {
        this.storage = storage;
        Store<NodeRoot> store = NodeRoot.newStore(options.extensions());
        names = store.another();
        counts = new ActionCounts(names::nameOf);
        refusals = new LastRefusals(names::nameOf);
        String buildName = build.text();
        Table<String, String> config = named(options.config(), build);
        Optional<ActionLog.Opened> recorded = Optional.empty();
        if (storage.isPresent()) {
            if (!storage.get().names().isEmpty()) {
                Machines.requireAll(options.logFolder().get(), LogReader.open(storage.get(), store));
            }
            ActionLog.Opened log = ActionLog.open(storage.get(), store, options.log(), buildName);
            opened.push(log.writer());
            log.notes().forEach(LOG::warn);
            recorded = Optional.of(log);
        }
        Optional<ActionLog.Opened> log = recorded;
        audit = options.audit() ? Optional.of(Audit.of(store)) : Optional.empty();
        extensions = ExtensionHost.begun(options.extensions(), store, config, options.logFolder());
        opened.push(extensions::close);
        NettyNode.Builder<NodeRoot> node = NettyNode.of(store, identity)
                .build(buildName)
                .config(config)
                .limits(options.limits())
                .earlyMuxer(options.earlyMuxer())
                .threads(options.threads())
                .served(options.protocols())
                .exchanges(StandardProtocols.signedBy(
                        new IdentifySigner(identity), options.extensions().protocols()))
                .channels(options.extensions().channels())
                .with(runtime -> {
                    runtime.budgets(Budgets.of(options.config()));
                    log.ifPresent(each -> runtime.log(each.writer(), options.log()));
                    extensions.handlers(runtime);
                });
        audit.ifPresent(every ->
                node.watching(turn -> every.after(turn).ifPresent(broken -> broken("step " + turn.number(), broken))));
        node.watching(counts).watching(refusals);
        running = extensions.start(node);
        runtime = running.runtime();
        transport = running.net();
        runtime.offer(new IdentifyAction.Speak(
                options.protocols().keySet().stream().sorted().toList()));
    }

    // With its version, unless it is to call itself otherwise.
    private static Table<String, String> named(Table<String, String> config, BuildInfo build) {
        return IdentifyConfig.AGENT_VERSION.of(config).equals(IdentifyConfig.AGENT_VERSION.standard())
                ? config.with(IdentifyConfig.AGENT_VERSION.key(), "dunlin/" + build.version())
                : config;
    }

    private void broken(String by, Audit.Broken what) {
        broke.incrementAndGet();
        LOG.error("{} broke an invariant, which is a bug: {}", by, what);
    }

    /** How many inputs broke an invariant, as far as the audit was on. */
    public long broken() {
        return broke.get();
    }

    /**
     * Starts a node.
     *
     * @param identity its key
     * @throws CommandFailure if the folder of its log cannot be used, the log has a machine that is not mounted, or an extension cannot
     *     start
     * @throws LogException if the log is damaged, in use, or of other machines
     * @throws IllegalArgumentException if an option is out of its range
     */
    public static Node start(PrivateKey identity, NodeOptions options) {
        try {
            Node node = made(identity, options);
            try {
                node.extensions.started();
            } catch (RuntimeException | Error cannot) {
                node.close();
                throw cannot;
            }
            return node;
        } catch (IOException e) {
            throw FileFailure.of(
                    "open the log in " + options.logFolder().map(Path::toString).orElse("?"), e);
        }
    }

    // A start that fails leaves nothing open: it may be tried again.
    private static Node made(PrivateKey identity, NodeOptions options) throws IOException {
        Deque<Closeable> opened = new ArrayDeque<>();
        try {
            Optional<DirectoryStorage> storage = Optional.empty();
            if (options.logFolder().isPresent()) {
                DirectoryStorage folder =
                        DirectoryStorage.open(options.logFolder().get());
                opened.push(folder);
                storage = Optional.of(folder);
            }
            return new Node(identity, options, BuildInfo.current(), storage, opened);
        } catch (IOException | RuntimeException | Error cannot) {
            for (Closeable each : opened) {
                try {
                    each.close();
                } catch (IOException also) {
                    cannot.addSuppressed(also);
                }
            }
            throw cannot;
        }
    }

    /** The node's id. */
    public PeerId self() {
        return running.self();
    }

    /** Its runtime, for state, figures and wishes of other kinds. */
    public NodeRuntime<NodeRoot> runtime() {
        return runtime;
    }

    /** Another store of its machines, before its first input. */
    Store<NodeRoot> store() {
        return names.another();
    }

    /** The full name of an action, as the log has it. */
    String nameOf(Action action) {
        return names.nameOf(action.getClass());
    }

    /** What was done and what was disabled since its start. */
    ActionCounts counts() {
        return counts;
    }

    /** What peers were refused last. */
    LastRefusals refusals() {
        return refusals;
    }

    /** Whether its log cannot be written now. */
    boolean logIsUnwritable() {
        return runtime.isUnwritable();
    }

    /** This node, as services of extensions see it; also for an API such as {@link dev.dunlin.dht.api.Dht}. */
    public Host host() {
        return extensions;
    }

    /** Its transport, for figures. */
    public NettyTransport net() {
        return transport;
    }

    private <F extends Action.Ticketed> F outcome(
            String what, Class<F> wanted, CompletableFuture<Action.Ticketed> asking) {
        try {
            Action.Ticketed outcome = asking.join();
            if (wanted.isInstance(outcome)) {
                return wanted.cast(outcome);
            }
            throw new CommandFailure(ExitCode.UNAVAILABLE, what + " failed: " + Outcomes.sentence(outcome));
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CommandFailure(ExitCode.UNAVAILABLE, what + " failed: " + Outcomes.sentence(cause), cause);
        }
    }

    private String key(String what) {
        return what + "-" + asked.incrementAndGet();
    }

    /**
     * Listens on an address.
     *
     * @return the addresses at which the node can be reached, its id at their end
     * @throws CommandFailure if it cannot
     */
    public List<Multiaddr> listen(Multiaddr address) {
        ConnectionOutcome.ListenDone done = outcome(
                "listening on " + address,
                ConnectionOutcome.ListenDone.class,
                runtime.ask(
                        key("listen"), ticket -> new ConnectionAction.Listen(address, ticket), Duration.ofSeconds(15)));
        return done.bound().stream()
                .map(bound -> bound.withPeer(running.self()))
                .toList();
    }

    /**
     * Connects to a peer.
     *
     * @param address with the peer's id at its end
     * @param timeout how long to wait for the outcome, all retries included
     * @throws CommandFailure if there is no connection by then
     */
    public PeerId connect(Multiaddr address, Duration timeout) {
        PeerId peer = peerOf(address);
        outcome("connecting to " + address, ConnectionOutcome.ConnectDone.class, connecting(address, timeout));
        return peer;
    }

    /** As {@link #connect}, without waiting. */
    public CompletableFuture<Action.Ticketed> connecting(Multiaddr address, Duration timeout) {
        PeerId peer = peerOf(address);
        Multiaddr where = address.withoutPeer().orElse(address);
        return runtime.ask(key("connect"), ticket -> new PeerAction.Reach(peer, List.of(where), ticket), timeout);
    }

    /**
     * Who is at an address.
     *
     * @throws CommandFailure if it does not say
     */
    static PeerId peerOf(Multiaddr address) {
        return address.peerId().orElseThrow(() -> new CommandFailure(ExitCode.USAGE, address + " " + NO_PEER));
    }

    /** Closes all connections to a peer; without waiting. */
    public void disconnect(PeerId peer) {
        runtime.offer(new ConnectionAction.Disconnect(peer));
    }

    /**
     * Pings a connected peer.
     *
     * @param count how many times, one after the other
     * @throws CommandFailure if they are given up
     */
    public PingOutcome.PingDone ping(PeerId peer, int count, Duration interval, Duration timeout) {
        return outcome(
                "pinging " + peer,
                PingOutcome.PingDone.class,
                runtime.ask(
                        key("ping"),
                        ticket -> new PingAction.Ping(
                                ticket, peer, count, TimeUnit.NANOSECONDS.toMicros(interval.toNanos())),
                        timeout));
    }

    /**
     * Opens a stream to a connected peer.
     *
     * @param protocols the protocols offered, best first
     * @throws CommandFailure if it cannot
     */
    public StreamChannel open(PeerId peer, List<String> protocols, Duration timeout) {
        StreamAction.StreamOpened opened = outcome(
                "opening a stream to " + peer,
                StreamAction.StreamOpened.class,
                runtime.ask(key("open"), ticket -> new StreamAction.OpenStream(ticket, peer, protocols), timeout));
        return transport.stream(opened.stream())
                .orElseThrow(() -> new CommandFailure(ExitCode.UNAVAILABLE, "the stream was closed at once"));
    }

    /**
     * What a connected peer has told of itself.
     *
     * @throws CommandFailure as soon as it is known that it will not, or if it does not in time
     */
    public Description identified(PeerId peer, Duration timeout) {
        CompletableFuture<String> failed = new CompletableFuture<>();
        Consumer<Turn> watcher = turn -> {
            for (int i = 0; i < turn.size(); i++) {
                if (turn.entry(i) instanceof IdentifyAction.IdentifyFailed(PeerId whom, String why)
                        && whom.equals(peer)) {
                    failed.complete(why);
                }
            }
        };
        Predicate<StoreState<NodeRoot>> known =
                state -> state.root().peer().description(peer).isPresent()
                        || failed.isDone()
                        || isUnidentified(state, peer)
                        || !state.root().connection().isConnected(peer);
        runtime.watch(watcher);
        try {
            if (!await(known, timeout)) {
                throw new CommandFailure(
                        ExitCode.UNAVAILABLE,
                        peer + " is connected and did not say in " + timeout.toSeconds()
                                + " s what it is: give it longer with --timeout");
            }
        } finally {
            runtime.unwatch(watcher);
        }
        StoreState<NodeRoot> state = runtime.state();
        return state.root()
                .peer()
                .description(peer)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.UNAVAILABLE,
                        state.root().connection().isConnected(peer)
                                ? peer + " is connected and does not say what it is: "
                                        + failed.getNow("it was asked when it connected")
                                : words(state).about(peer, Optional.empty()).state()));
    }

    // It may have failed before anybody watched.
    private static boolean isUnidentified(StoreState<NodeRoot> state, PeerId peer) {
        return state.root()
                .identify()
                .peers()
                .find(peer)
                .filter(known -> known.asking().step() == IdentifyState.Step.UNIDENTIFIED)
                .isPresent();
    }

    private static PeerWords words(StoreState<NodeRoot> state) {
        return new PeerWords(
                state.root().connection(),
                state.root().peer(),
                state.now(),
                state.node().wallOffset(),
                LogLine::second);
    }

    /** The addresses at which a peer may be, best first. */
    public List<Multiaddr> addresses(PeerId peer) {
        return runtime.state().root().peer().addresses(peer);
    }

    /** Waits until the state is as wished; false if it is not in time. */
    public boolean await(Predicate<StoreState<NodeRoot>> wished, Duration timeout) {
        CompletableFuture<Boolean> reached = new CompletableFuture<>();
        Consumer<Turn> watcher = turn -> {
            if (wished.test(runtime.state())) {
                reached.complete(true);
            }
        };
        runtime.watch(watcher);
        try {
            if (wished.test(runtime.state())) {
                return true;
            }
            return reached.completeOnTimeout(false, timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } finally {
            runtime.unwatch(watcher);
        }
    }

    /** Whether it is still running, or what ended it. */
    public CompletableFuture<Void> ended() {
        return runtime.ended();
    }

    /**
     * Begins to stop: extensions let nobody in any more when this returns, and what goes on there may come to its end, which {@link #close} waits for.
     * Whoever says elsewhere that the node is not ready says it after this. Does nothing if it was done before, or the node has ended.
     */
    public void drain() {
        if (runtime.ended().isDone() || !isDraining.compareAndSet(false, true)) {
            return;
        }
        extensions.drain();
        if (!await(now -> extensions.isShut() || runtime.ended().isDone(), MARGIN)) {
            LOG.warn("the extensions of the node still let others in as it is about to stop");
        }
    }

    /** Drains: closes listeners and connections in order, waits for their ends, and stops. */
    @Override
    public void close() {
        drain();
        if (!runtime.ended().isDone()) {
            if (!await(
                    now -> extensions.isDrained() || runtime.ended().isDone(),
                    extensions.drainsWithin().plus(MARGIN))) {
                LOG.warn("what the extensions of the node had begun did not come to its end");
            }
        }
        extensions.close();
        runtime.offer(new ConnectionAction.Drain());
        StoreState<NodeRoot> state = runtime.state();
        // Whoever waits for another try has nothing to be closed, and keeps the reason why it is not connected.
        state.root().connection().peers().forEach(peer -> {
            if (!(peer.getValue() instanceof ConnectionState.ConnectionFailed)) {
                runtime.offer(new ConnectionAction.Disconnect(peer.getKey()));
            }
        });
        Duration drained = Duration.of(state.root().connection().config().drainTimeout(), ChronoUnit.MICROS)
                .plus(MARGIN);
        if (!runtime.ended().isDone() && !await(now -> now.node().handles().isEmpty(), drained)) {
            LOG.warn(
                    "{} connections and streams did not close in order",
                    runtime.state().node().handles().size());
        }
        transport.close();
        try {
            runtime.stop().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the node did not stop in order: {}", e.getMessage());
        }
        if (runtime.ended().isDone()) {
            // What is looked at only from time to time is looked at once more at the end.
            audit.flatMap(Audit::sweep).ifPresent(broken -> broken("this run", broken));
        }
        storage.ifPresent(open -> {
            try {
                open.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
