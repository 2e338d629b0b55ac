package dev.dunlin.dht.api;

import dev.dunlin.connection.extension.Host;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.RefusedException;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.metrics.MetricsMachine;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operation.OperationConfig;
import dev.dunlin.dht.operation.OperationMachine;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.operation.OperationState;
import dev.dunlin.dht.publish.PublishAction;
import dev.dunlin.dht.publish.PublishOutcome;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.record.RecordsMachine;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.routing.RoutingMachine;
import dev.dunlin.dht.routing.RoutingOutcome;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.ValueRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The Kademlia networks of a node, for programs. Each call comes in two forms: one waits, which is cheap on a virtual thread, and one
 * gives a {@link CompletableFuture}. A future that is cancelled, and a waiting thread that is interrupted, stop what was asked.
 *
 * <p>What is wrong with the arguments is told at once, before anything is sent, as {@link DhtException.Configuration} or
 * {@link DhtException.Protocol}; all else as another {@link DhtException}, thrown or in the future. What nobody has answered or stored is
 * tried again as {@link DhtConfig} says.
 *
 * <p>Thread-safe.
 */
public final class Dht implements AutoCloseable {

    /** How much longer an outcome is awaited than the node takes at most: it tells one in any case. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private enum Phase {
        NEW,
        STARTED,
        CLOSED
    }

    /** Waits before something is tried again. */
    @FunctionalInterface
    public interface Pause {

        /** By the system's clock. */
        Pause SYSTEM = wait -> CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(wait.toNanos(), TimeUnit.NANOSECONDS));

        /** Is completed after this time. */
        CompletionStage<Void> of(Duration wait);
    }

    private final Host host;
    private final Validators validators;
    private final DhtConfig config;
    private final Pause pause;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
    private final Set<Going<?>> going = ConcurrentHashMap.newKeySet();
    private final AtomicLong asked = new AtomicLong();
    private final long startedAt = System.nanoTime();
    private final Machine<Object, OperationState, OperationAction> machine;

    private Dht(Host host, Validators validators, DhtConfig config, Pause pause) {
        this.host = host;
        this.validators = validators;
        this.config = config;
        this.pause = pause;
        this.machine = OperationMachine.of(validators);
    }

    /**
     * The DHT of a node.
     *
     * @param host the node, which was started with a {@link dev.dunlin.dht.extension.KadExtension} of these validators, and with the
     *     {@link DhtConfig#settings() settings} of the configuration
     */
    public static Dht of(Host host, Validators validators, DhtConfig config) {
        return of(host, validators, config, Pause.SYSTEM);
    }

    /** As {@link #of(Host, Validators, DhtConfig)}, with another clock for what is tried again. */
    public static Dht of(Host host, Validators validators, DhtConfig config, Pause pause) {
        return new Dht(host, validators, config, pause);
    }

    // From its start to its end

    /**
     * Begins to take calls. Nothing if it has been started.
     *
     * @throws DhtException.Configuration if the node has no DHT, or works with other settings than the configuration's
     * @throws DhtException.Closed if it was closed
     */
    public void start() {
        List<String> problems = new ArrayList<>();
        try {
            host.state(machine);
        } catch (IllegalArgumentException without) {
            problems.add("the node has no DHT: start it with a KadExtension");
        } catch (IllegalStateException notStarted) {
            throw new DhtException.NotStarted();
        }
        for (Map.Entry<String, String> one : config.settings()) {
            Setting setting = DhtConfig.setting(one.getKey());
            String inForce = host.config().or(one.getKey(), setting.standard());
            if (!inForce.equals(one.getValue())) {
                problems.add("the node works with " + one.getKey() + " = "
                        + setting.kind().shown(inForce) + ", not "
                        + setting.kind().shown(one.getValue()) + ": start it with the settings of this configuration");
            }
        }
        if (!problems.isEmpty()) {
            throw new DhtException.Configuration(problems);
        }
        if (!phase.compareAndSet(Phase.NEW, Phase.STARTED) && phase.get() == Phase.CLOSED) {
            throw new DhtException.Closed();
        }
    }

    /** Stops all that goes on, each of which fails with {@link DhtException.Closed}, and takes no more calls. The node goes on. */
    @Override
    public void close() {
        phase.set(Phase.CLOSED);
        for (Going<?> one : going) {
            one.future.completeExceptionally(new DhtException.Closed());
        }
    }

    private void requireStarted() {
        switch (phase.get()) {
            case NEW -> throw new DhtException.NotStarted();
            case CLOSED -> throw new DhtException.Closed();
            case STARTED -> {}
        }
    }

    /**
     * What the node's DHT has done since the node started, and how it stands; {@link DhtMetrics#NONE} if the configuration has them off. Those
     * of other callers of the node are in it.
     */
    public DhtMetrics metrics() {
        requireStarted();
        return config.enableMetrics()
                ? DhtMetrics.of(
                        host.state(MetricsMachine.METRICS),
                        host.state(RoutingMachine.ROUTING),
                        host.state(RecordsMachine.of(validators)),
                        Duration.ofNanos(System.nanoTime() - startedAt))
                : DhtMetrics.NONE;
    }

    // Joining

    /**
     * Joins the network by the nodes that the configuration names and those that the node remembers, and fills the routing table.
     *
     * @return how many nodes are known then
     * @throws DhtException.Bootstrap if it is nobody
     */
    public int bootstrap() {
        return await(bootstrapAsync());
    }

    /** As {@link #bootstrap()}. */
    public CompletableFuture<Integer> bootstrapAsync() {
        requireStarted();
        return going(new Going<Integer>() {
            @Override
            void attempt() {
                CompletableFuture<Integer> wide = joined(Network.WIDE).toCompletableFuture();
                CompletableFuture<Integer> local = joined(Network.LOCAL).toCompletableFuture();
                wide.thenCombine(local, Integer::sum).whenComplete((known, failure) -> {
                    if (failure != null) {
                        failed(failure(failure));
                    } else if (host.state(RoutingMachine.ROUTING).spaces().isEmpty()) {
                        failed(new DhtException.Query(
                                "the node's DHT is off: start it in another mode",
                                false,
                                new IllegalStateException("it is part of no network")));
                    } else if (known == 0) {
                        failed(new DhtException.Bootstrap(
                                "none of the nodes by which the network is joined has answered: name some with bootstrapPeers, or"
                                        + " look whether they can be reached"));
                    } else {
                        future.complete(known);
                    }
                });
            }
        });
    }

    private CompletionStage<Integer> joined(Network network) {
        return host.ask(key(), ticket -> new RoutingAction.Join(ticket, network), patience())
                .handle((outcome, failure) -> {
                    if (outcome instanceof RoutingOutcome.Joined done) {
                        return done.known();
                    }
                    // The node is not part of this network.
                    if (failure != null
                            && cause(failure) instanceof RefusedException refused
                            && refused.clause().equals("network-is-on")) {
                        return 0;
                    }
                    throw new CompletionException(failure == null ? new IllegalStateException() : cause(failure));
                });
    }

    // Peers

    /**
     * Where a peer is.
     *
     * @return empty if it is not known to the network
     */
    public Optional<Contact> findPeer(PeerId peer) {
        return await(findPeerAsync(peer));
    }

    /** As {@link #findPeer}. */
    public CompletableFuture<Optional<Contact>> findPeerAsync(PeerId peer) {
        requireStarted();
        OperationState own = host.state(machine);
        if (own.config().self().filter(peer::equals).isPresent()) {
            return CompletableFuture.completedFuture(Optional.of(Contact.of(peer, own.ownAddresses())));
        }
        return operate(
                new Goal.FindPeer(peer),
                done -> done.found() instanceof Goal.Found.Peer(var info, boolean _, var _)
                        ? Optional.of(Contact.of(info.peer(), info.addresses()))
                        : Optional.empty());
    }

    /** The nodes nearest to a peer's id that have answered, the nearest first. */
    public List<Contact> getClosestPeers(PeerId target) {
        return await(getClosestPeersAsync(target));
    }

    /** As {@link #getClosestPeers(PeerId)}. */
    public CompletableFuture<List<Contact>> getClosestPeersAsync(PeerId target) {
        return getClosestPeersAsync(Bytes.of(target.toBytes()));
    }

    /**
     * The nodes nearest to a key that have answered, the nearest first.
     *
     * @param key 1 to {@link KadQuestion#MAX_KEY} bytes, whose hash is the target
     */
    public List<Contact> getClosestPeers(Bytes key) {
        return await(getClosestPeersAsync(key));
    }

    /** As {@link #getClosestPeers(Bytes)}. */
    public CompletableFuture<List<Contact>> getClosestPeersAsync(Bytes key) {
        requireStarted();
        requireKey(key);
        return operate(new Goal.FindClosest(key), OperationOutcome.Done::closest);
    }

    // Values

    /**
     * Stores a value with the nodes nearest to its key, and with this one.
     *
     * @param key 1 to {@link KadQuestion#MAX_KEY} bytes, which begin with a namespace of the validators
     * @param value at most {@link ValueRecord#MAX_VALUE} bytes
     * @return with how many others it is stored, at least one
     * @throws DhtException.Protocol if the value is not valid under the key
     */
    public int putValue(Bytes key, Bytes value) {
        return await(putValueAsync(key, value));
    }

    /** As {@link #putValue}. */
    public CompletableFuture<Integer> putValueAsync(Bytes key, Bytes value) {
        return operate(new Goal.PutValue(valid(key, value)), OperationOutcome.Done::stored);
    }

    /**
     * Stores a value with these nodes and nobody else: none are looked for, and this node does not keep it.
     *
     * @param nodes 1 to {@link Goal#MOST_NODES}, each once, without this one
     * @return how many of them have stored it
     * @throws DhtException.MaxRetries if none has, as often as it was tried
     * @throws DhtException.Protocol if the value is not valid under the key
     */
    public int putValueTo(Bytes key, Bytes value, List<Contact> nodes) {
        return await(putValueToAsync(key, value, nodes));
    }

    /** As {@link #putValueTo}. */
    public CompletableFuture<Integer> putValueToAsync(Bytes key, Bytes value, List<Contact> nodes) {
        require(
                !nodes.isEmpty() && nodes.size() <= Goal.MOST_NODES,
                "a value is stored with 1 to " + Goal.MOST_NODES + " nodes, not " + nodes.size());
        require(
                nodes.stream().map(Contact::peer).distinct().count() == nodes.size(),
                "a node stands twice among those with which the value is to be stored");
        requireStarted();
        Optional<PeerId> self = host.state(machine).config().self();
        require(
                nodes.stream()
                        .noneMatch(node -> self.filter(node.peer()::equals).isPresent()),
                "this node is among those with which the value is to be stored: others are to have it");
        return operate(new Goal.PutValueTo(valid(key, value), nodes), OperationOutcome.Done::stored);
    }

    /**
     * Has a value stored with the nodes nearest to its key, and again before they forget it, also after a restart of the node, in the place
     * of one of the same key that is kept. Returns once the node has taken it upon itself: with how many it is stored then, it tells in its
     * log and metrics.
     *
     * @param key 1 to {@link KadQuestion#MAX_KEY} bytes, which begin with a namespace of the validators
     * @param value at most {@link ValueRecord#MAX_VALUE} bytes
     * @throws DhtException.Protocol if the value is not valid under the key
     * @throws DhtException.Query if the node keeps as many values as may be ({@code publish.maxValues})
     */
    public void keepValue(Bytes key, Bytes value) {
        await(keepValueAsync(key, value));
    }

    /** As {@link #keepValue}; gives the key. */
    public CompletableFuture<Bytes> keepValueAsync(Bytes key, Bytes value) {
        ValueRecord record = valid(key, value);
        return asked(
                ticket -> new PublishAction.KeepValue(ticket, record),
                outcome -> outcome instanceof PublishOutcome.ValueKept ? Optional.of(key) : Optional.empty());
    }

    /**
     * Has a value stored no longer that is {@linkplain #keepValue kept}; others forget it within two days.
     *
     * @throws DhtException.Query if none of this key is kept
     */
    public void stopKeepingValue(Bytes key) {
        await(stopKeepingValueAsync(key));
    }

    /** As {@link #stopKeepingValue}; gives the key. */
    public CompletableFuture<Bytes> stopKeepingValueAsync(Bytes key) {
        requireStarted();
        requireKey(key);
        return asked(
                ticket -> new PublishAction.ForgetValue(ticket, key),
                outcome -> outcome instanceof PublishOutcome.ValueForgotten ? Optional.of(key) : Optional.empty());
    }

    private ValueRecord valid(Bytes key, Bytes value) {
        requireStarted();
        requireKey(key);
        require(
                value.size() <= ValueRecord.MAX_VALUE,
                "a value has at most " + ValueRecord.MAX_VALUE + " bytes, not " + value.size());
        long wallTime = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        validators.problem(key, value, wallTime).ifPresent(problem -> {
            throw new DhtException.Protocol("the value cannot be stored: " + problem);
        });
        return ValueRecord.of(key, value);
    }

    /**
     * The best value of a key, of as many answers as the configuration's quorum says.
     *
     * @return empty if there is none
     */
    public Optional<Bytes> getValue(Bytes key) {
        return await(getValueAsync(key));
    }

    /** As {@link #getValue(Bytes)}. */
    public CompletableFuture<Optional<Bytes>> getValueAsync(Bytes key) {
        return getValueAsync(key, 0);
    }

    /**
     * The best value of a key.
     *
     * @param quorum how many answers with a value are enough, 1 to {@link Terms#MOST_WANTED}; 0 for as many as the configuration says
     * @return empty if there is none
     */
    public Optional<Bytes> getValue(Bytes key, int quorum) {
        return await(getValueAsync(key, quorum));
    }

    /** As {@link #getValue(Bytes, int)}. */
    public CompletableFuture<Optional<Bytes>> getValueAsync(Bytes key, int quorum) {
        requireStarted();
        return operate(
                valueOf(key, quorum),
                done -> done.found() instanceof Goal.Found.Value value
                        ? Optional.of(value.record().value())
                        : Optional.empty());
    }

    /**
     * The values of a key, each better than the one before; the last is the best.
     *
     * @param quorum as {@link #getValue(Bytes, int)}
     */
    public Results<Bytes> searchValue(Bytes key, int quorum) {
        requireStarted();
        return results(
                valueOf(key, quorum),
                told -> told instanceof OperationOutcome.ValueFound found
                        ? Optional.of(found.record().value())
                        : Optional.empty());
    }

    private static Goal valueOf(Bytes key, int quorum) {
        requireKey(key);
        require(
                quorum >= 0 && quorum <= Terms.MOST_WANTED,
                "a quorum is from 1 to " + Terms.MOST_WANTED + ", or 0 for the configuration's, not " + quorum);
        return new Goal.GetValue(key, quorum);
    }

    // Providers

    /**
     * Tells the nodes nearest to some content that this node provides it, once. They keep it for two days; what is to be known for longer
     * is {@linkplain #keepProviding kept}.
     *
     * @return how many have been told, at least one
     */
    public int provide(Cid content) {
        return await(provideAsync(content));
    }

    /** As {@link #provide}. */
    public CompletableFuture<Integer> provideAsync(Cid content) {
        requireStarted();
        return operate(new Goal.Provide(contentKey(content)), OperationOutcome.Done::stored);
    }

    /**
     * Has others told that this node provides some content, within seconds, and again before they forget it, also after a restart of the
     * node. Much of it costs little: others are told by regions of the id space.
     *
     * @param contents at most {@link PublishAction.MOST_KEYS} at once
     * @return how much of it was not kept before
     */
    public int keepProviding(List<Cid> contents) {
        return await(keepProvidingAsync(contents));
    }

    /** As {@link #keepProviding}. */
    public CompletableFuture<Integer> keepProvidingAsync(List<Cid> contents) {
        List<Bytes> keys = contentKeys(contents);
        return asked(
                ticket -> new PublishAction.Keep(ticket, keys),
                outcome -> outcome instanceof PublishOutcome.Kept kept ? Optional.of(kept.added()) : Optional.empty());
    }

    /**
     * Has others told no longer that this node provides some content; they forget it within two days.
     *
     * @param contents at most {@link PublishAction.MOST_KEYS} at once
     * @return how much of it was kept before
     */
    public int stopProviding(List<Cid> contents) {
        return await(stopProvidingAsync(contents));
    }

    /** As {@link #stopProviding}. */
    public CompletableFuture<Integer> stopProvidingAsync(List<Cid> contents) {
        List<Bytes> keys = contentKeys(contents);
        return asked(
                ticket -> new PublishAction.Forget(ticket, keys),
                outcome -> outcome instanceof PublishOutcome.Forgotten forgotten
                        ? Optional.of(forgotten.removed())
                        : Optional.empty());
    }

    private List<Bytes> contentKeys(List<Cid> contents) {
        requireStarted();
        require(
                !contents.isEmpty() && contents.size() <= PublishAction.MOST_KEYS,
                "1 to " + PublishAction.MOST_KEYS + " contents are given at once, not " + contents.size());
        return contents.stream().map(Dht::contentKey).toList();
    }

    /** Has the node do something at once. */
    private <T> CompletableFuture<T> asked(
            Function<Ticket, Action> wish, Function<Action.Ticketed, Optional<T>> result) {
        return going(new Going<T>() {
            @Override
            void attempt() {
                host.ask(key(), wish, patience()).whenComplete((outcome, failure) -> {
                    if (failure != null) {
                        failed(failure(failure));
                    } else {
                        future.complete(result.apply(outcome).orElseThrow());
                    }
                });
            }
        });
    }

    /**
     * Who provides some content.
     *
     * @param count how many are enough, 1 to {@link Goal#MOST_PROVIDERS}
     */
    public Results<Contact> findProviders(Cid content, int count) {
        requireStarted();
        require(
                count >= 1 && count <= Goal.MOST_PROVIDERS,
                "1 to " + Goal.MOST_PROVIDERS + " providers are looked for at once, not " + count);
        return results(
                new Goal.FindProviders(contentKey(content), count),
                told -> told instanceof OperationOutcome.ProviderFound found
                        ? Optional.of(Contact.of(
                                found.provider().peer(), found.provider().addresses()))
                        : Optional.empty());
    }

    private static Bytes contentKey(Cid content) {
        Bytes key = Bytes.of(content.hash().toBytes());
        require(
                key.size() <= KadQuestion.MAX_CONTENT_KEY,
                "the multihash of content has at most " + KadQuestion.MAX_CONTENT_KEY + " bytes, not " + key.size());
        return key;
    }

    // How a call goes

    private <T> CompletableFuture<T> operate(Goal goal, Function<OperationOutcome.Done, T> result) {
        return going(new Operating<>(goal, result, told -> {}));
    }

    private <T> Results<T> results(Goal goal, Function<OperationOutcome.Told, Optional<T>> each) {
        // What is told waits for whoever takes it: the operation begins when that is made.
        AtomicReference<Consumer<T>> taker = new AtomicReference<>(one -> {});
        Operating<Boolean> operating = new Operating<>(
                goal,
                done -> true,
                told -> each.apply(told).ifPresent(one -> taker.get().accept(one)));
        Results<T> results = new Results<>(operating.future);
        taker.set(results::found);
        going(operating);
        return results;
    }

    private <T> CompletableFuture<T> going(Going<T> one) {
        going.add(one);
        one.future.whenComplete((result, failure) -> {
            going.remove(one);
            one.over();
        });
        one.tried();
        if (phase.get() == Phase.CLOSED) {
            one.future.completeExceptionally(new DhtException.Closed());
        }
        return one.future;
    }

    /** A call that goes on: it is tried until it has succeeded, failed for good, or nobody waits for it any more. */
    private abstract class Going<T> {
        final CompletableFuture<T> future = new CompletableFuture<>();
        private int tries;

        abstract void attempt();

        /** Nobody waits any more, or all is done. */
        void over() {}

        void tried() {
            if (!future.isDone()) {
                tries++;
                try {
                    attempt();
                } catch (IllegalStateException | IllegalArgumentException cannot) {
                    failed(failure(cannot));
                }
            }
        }

        void failed(DhtException why) {
            if (!why.isTransient()) {
                future.completeExceptionally(why);
            } else if (tries <= config.maxRetries()) {
                pause.of(config.backoff(tries)).thenRun(this::tried);
            } else {
                future.completeExceptionally(tries > 1 ? new DhtException.MaxRetries(tries, why) : why);
            }
        }
    }

    /** A call of the machine of operations. */
    private final class Operating<T> extends Going<T> {
        private final Goal goal;
        private final Function<OperationOutcome.Done, T> result;
        private final Consumer<OperationOutcome.Told> told;
        private volatile Ticket ticket = Ticket.NONE;

        Operating(Goal goal, Function<OperationOutcome.Done, T> result, Consumer<OperationOutcome.Told> told) {
            this.goal = goal;
            this.result = result;
            this.told = told;
        }

        @Override
        void attempt() {
            host.ask(
                            key(),
                            given -> {
                                ticket = given;
                                return new OperationAction.Start(given, goal);
                            },
                            patience(),
                            this::told)
                    .whenComplete(this::ended);
            // Whoever went away before the wish was handed in has stopped nothing yet.
            if (future.isDone()) {
                over();
            }
        }

        private void told(Outcome.Progress progress) {
            if (progress instanceof OperationOutcome.Told one) {
                told.accept(one);
            }
        }

        private void ended(Action.@Nullable Ticketed outcome, @Nullable Throwable failure) {
            ticket = Ticket.NONE;
            if (outcome instanceof OperationOutcome.Done done) {
                boolean isFound = !(done.found() instanceof Goal.Found.Nothing);
                switch (done.result()) {
                    case FINISHED -> future.complete(result.apply(done));
                    case TIMED_OUT, STOPPED -> {
                        if (isFound || done.stored() > 0) {
                            future.complete(result.apply(done));
                        } else {
                            failed(new DhtException.Timeout(
                                    "it was not done in time: give it longer with queryTimeout"));
                        }
                    }
                    case NO_ANSWERS -> failed(nobody());
                    case NOT_STORED ->
                        failed(new DhtException.Network(
                                "none of the " + done.failed() + " nodes that were asked has stored it"));
                }
            } else {
                failed(failure(failure == null ? new IllegalStateException("an outcome of another kind") : failure));
            }
        }

        @Override
        void over() {
            Ticket going = ticket;
            if (!going.equals(Ticket.NONE)) {
                host.offer(new OperationAction.Stop(going));
            }
        }
    }

    private DhtException nobody() {
        return host.state(RoutingMachine.ROUTING).known() == 0
                ? new DhtException.Routing(
                        "this node knows nobody of the network: call bootstrap(), and name nodes with bootstrapPeers")
                : new DhtException.Network("nobody of the network has answered: look at this node's connection to it");
    }

    private String key() {
        return "dht-api-" + System.identityHashCode(this) + "-" + asked.incrementAndGet();
    }

    private Duration patience() {
        return Duration.of(OperationConfig.of(host.config()).timeout(), ChronoUnit.MICROS)
                .plus(MARGIN);
    }

    private static void requireKey(Bytes key) {
        require(
                key.size() >= 1 && key.size() <= KadQuestion.MAX_KEY,
                "a key has 1 to " + KadQuestion.MAX_KEY + " bytes, not " + key.size());
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new DhtException.Configuration(List.of(problem));
        }
    }

    private static boolean isOfRuntime(RefusedException refused) {
        return refused.type().isEmpty();
    }

    private static Throwable cause(Throwable failure) {
        return (failure instanceof CompletionException || failure instanceof ExecutionException)
                        && failure.getCause() != null
                ? cause(failure.getCause())
                : failure;
    }

    /** What a failure is to a caller. */
    static DhtException failure(Throwable failure) {
        return switch (cause(failure)) {
            case DhtException known -> known;
            case TimeoutException _ ->
                new DhtException.Timeout("the node did not tell in time what became of it: look at its load and log");
            case RefusedException refused when refused.clause().equals("node-runs") -> new DhtException.Closed();
            case RefusedException refused
            when isOfRuntime(refused) -> new DhtException.Query(String.valueOf(refused.getMessage()), true, refused);
            case RefusedException refused ->
                switch (refused.clause()) {
                    case "operations-not-full" ->
                        new DhtException.Query(
                                "as many operations go on as may: wait for some, or raise maxConcurrentQueries",
                                true,
                                refused);
                    case "waiters-not-full" ->
                        new DhtException.Query(
                                "as many wait for the network to be joined as may: wait for some", true, refused);
                    case "values-not-full" ->
                        new DhtException.Query(
                                "this node keeps as many values as may be: stop keeping some, or raise publish.maxValues",
                                false,
                                refused);
                    case "value-is-kept" -> new DhtException.Query("no value of this key is kept", false, refused);
                    case "node-can-be-found" ->
                        new DhtException.Query(
                                "this node has no address at which others could come to it: have it listen first",
                                false,
                                refused);
                    case "node-has-an-id", "dht-is-on" ->
                        new DhtException.Query("the node's DHT is off: start it in another mode", false, refused);
                    default -> new DhtException.Query(String.valueOf(refused.getMessage()), false, refused);
                };
            case Throwable other -> new DhtException.Query(String.valueOf(other.getMessage()), false, other);
        };
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return Objects.requireNonNull(future.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            future.cancel(false);
            throw new CancellationException("the thread that waits for the DHT was interrupted");
        } catch (ExecutionException failed) {
            throw failure(failed);
        }
    }
}
