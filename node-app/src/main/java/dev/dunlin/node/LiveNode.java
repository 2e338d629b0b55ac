package dev.dunlin.node;

import dev.dunlin.connection.netty.TransportStats;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.connection.words.Refusal;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.Health;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.runtime.RefusedException;
import dev.dunlin.core.runtime.RuntimeStats;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import dev.dunlin.core.words.Counts;
import dev.dunlin.core.words.Spans;
import dev.dunlin.node.admin.AdminSettings;
import dev.dunlin.node.admin.Live;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A running node, as its admin API sees it. */
final class LiveNode implements Live<NodeRoot>, NodeOperations.Running {

    // An input that takes longer is no work any more.
    private static final long STUCK_MICROS = 5_000_000;
    private static final long UNFORCED = 100_000;

    private final Node node;
    private final Path dataDir;
    private final Map<String, CompletableFuture<Optional<Action.Ticketed>>> awaited = new HashMap<>();
    private volatile Optional<String> url = Optional.empty();
    private volatile Optional<Registry<NodeRoot>> registry = Optional.empty();

    LiveNode(Node node, Path dataDir) {
        this.node = node;
        this.dataDir = dataDir;
    }

    /** Says what can be asked of it, whose checks are a part of its health. */
    void offers(Registry<NodeRoot> all) {
        registry = Optional.of(all);
    }

    /** Says where its admin API is. */
    void isAt(String where) {
        url = Optional.of(where);
    }

    private NodeRuntime<NodeRoot> runtime() {
        return node.runtime();
    }

    @Override
    public StoreState<NodeRoot> state() {
        StoreState<NodeRoot> last = runtime().state();
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now())
                - last.node().wallOffset();
        return new StoreState<>(last.input(), Math.max(last.now(), now), last.node(), last.root());
    }

    @Override
    public long lastInputAt() {
        return runtime().state().now();
    }

    @Override
    public RuntimeStats stats() {
        return runtime().stats();
    }

    @Override
    public String clock(long time) {
        return LogLine.second(time + state().node().wallOffset());
    }

    @Override
    public long forced() {
        return runtime().forced();
    }

    @Override
    public Optional<String> url() {
        return url;
    }

    @Override
    public TransportStats sockets() {
        return node.net().stats();
    }

    @Override
    public Optional<Refusal> refusal(PeerId peer) {
        return node.refusals().of(peer);
    }

    @Override
    public <V, S, A extends Record> CompletableFuture<A> order(
            Registry.Offered<NodeRoot, V, S, A> offered, Operation.Order<V, S, A> order, Arguments given, String key) {
        Duration patience = Duration.ofMillis(order.patience());
        Action wish = order.wish().apply(given, Ticket.NONE);
        CompletableFuture<Optional<Action.Ticketed>> outcome = wish instanceof Action.Wish
                ? runtime()
                        .ask(key, ticket -> order.wish().apply(given, ticket), patience)
                        .thenApply(Optional::of)
                : once(key, () -> done(wish, patience));
        return outcome.handle((told, failure) -> {
            if (failure != null) {
                throw failed(failure);
            }
            return order.became().told(told, given, offered.look().at(state(), this::clock));
        });
    }

    // Of wishes without a ticket as of those with one: who asks by the key of one that is awaited gets its outcome.
    private CompletableFuture<Optional<Action.Ticketed>> once(
            String key, Supplier<CompletableFuture<Optional<Action.Ticketed>>> begin) {
        synchronized (awaited) {
            CompletableFuture<Optional<Action.Ticketed>> there = awaited.get(key);
            if (there != null && !there.isDone()) {
                return there;
            }
            awaited.values().removeIf(CompletableFuture::isDone);
            CompletableFuture<Optional<Action.Ticketed>> begun = begin.get();
            awaited.put(key, begun);
            return begun;
        }
    }

    // A wish without a ticket: it is done when its input is.
    private CompletableFuture<Optional<Action.Ticketed>> done(Action wish, Duration patience) {
        CompletableFuture<Optional<Action.Ticketed>> done = new CompletableFuture<>();
        Consumer<Turn> watcher = turn -> {
            if (turn.entry(0) == wish) {
                Verdict.@Nullable Disabled disabled = turn.rejection(0);
                if (disabled == null) {
                    done.completeAsync(Optional::empty);
                } else {
                    String type = node.nameOf(wish);
                    done.completeExceptionally(refused(
                            type, disabled.clause(), Refusals.why(type, disabled.clause(), disabled.operands())));
                }
            }
        };
        runtime().watch(watcher);
        Port.Offer offer = runtime().offer(wish);
        if (offer != Port.Offer.TAKEN) {
            done.completeExceptionally(new NoAnswerException(
                    NoAnswerException.Kind.UNAVAILABLE, "the node takes no new work now: try again later"));
        }
        return done.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((told, failure) -> runtime().unwatch(watcher));
    }

    private static NoAnswerException refused(String type, String clause, String why) {
        return Refusals.isAbsence(type, clause)
                ? NoAnswerException.notFound(why)
                : new NoAnswerException(NoAnswerException.Kind.REFUSED, "it is refused: " + why);
    }

    private static NoAnswerException failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return switch (cause) {
            case NoAnswerException known -> known;
            case TimeoutException _ ->
                new NoAnswerException(
                        NoAnswerException.Kind.TIMED_OUT,
                        "what became of it was not known in time; it goes on, and 'dunlin log' tells how it ends");
            case RefusedException refused
            when refused.type().isEmpty() ->
                new NoAnswerException(NoAnswerException.Kind.UNAVAILABLE, String.valueOf(refused.getMessage()));
            case RefusedException refused -> refused(refused.type(), refused.clause(), why(refused));
            default -> new NoAnswerException(NoAnswerException.Kind.FAILED, String.valueOf(cause.getMessage()));
        };
    }

    private static String why(RefusedException refused) {
        if (!refused.type().equals("node/configure")) {
            return Refusals.why(refused.type(), refused.clause(), refused.operands());
        }
        List<Operand> looked = refused.operands();
        return switch (refused.clause()) {
            case "fits-what-is" ->
                "what is there now does not fit the new value: " + operand(looked, "why")
                        + "; change that first, or choose another value";
            case "fits-others" ->
                operand(looked, "key") + " would be above " + operand(looked, "above") + ": " + operand(looked, "why")
                        + "; lower the one or raise the other first";
            case "changes-live" -> operand(looked, "key") + " changes with the next start only";
            default -> operand(looked, "key") + " = " + operand(looked, "value") + " is no value of it";
        };
    }

    private static String operand(List<Operand> all, String name) {
        return all.stream()
                .filter(one -> one.name().equals(name))
                .map(Operand::value)
                .findFirst()
                .orElse("");
    }

    @Override
    public Map<String, Health> health() {
        Map<String, Health> all = new TreeMap<>();
        StoreState<NodeRoot> state = state();
        RuntimeStats stats = stats();
        all.put("node/store", store(stats));
        all.put("node/log", log(state, stats));
        all.put("node/disk", disk(state));
        all.put("node/peers", peers(state));
        registry.ifPresent(known ->
                known.checks().forEach(check -> all.put(check.name(), check.now(state, this::clock))));
        return all;
    }

    @Override
    public Map<String, String> checked() {
        Map<String, String> all = new TreeMap<>(Map.of(
                "node/store", "whether the node runs, and its inputs are done in time",
                "node/log", "whether the log is written, and is safe on the disk",
                "node/disk", "how much is free on the disk of the data directory",
                "node/peers", "how many peers are connected"));
        registry.ifPresent(known -> known.checks()
                .forEach(check -> all.put(check.name(), check.check().meaning())));
        return all;
    }

    private Health store(RuntimeStats stats) {
        if (runtime().ended().isDone()) {
            return Health.fail("the node has stopped", "look into the log of the process, and start it again");
        }
        if (stats.stuckMicros() > STUCK_MICROS) {
            return Health.fail(
                    "the input in work takes " + Spans.of(stats.stuckMicros()) + " so far",
                    "look into the log of the process; report it");
        }
        return Health.ok("inputs are taken, " + stats.queued() + " wait");
    }

    private Health log(StoreState<NodeRoot> state, RuntimeStats stats) {
        if (node.logIsUnwritable()) {
            return Health.fail(
                    "the log cannot be written: new work is refused",
                    "make room on its disk, or look into the log of the process");
        }
        long unforced = Math.max(0, state.input() - stats.forced());
        return unforced > UNFORCED
                ? Health.warn(unforced + " inputs are not safe on the disk yet", "look at the load of the disk")
                : Health.ok("written, and safe up to input " + stats.forced());
    }

    private Health disk(StoreState<NodeRoot> state) {
        long least = AdminSettings.READY_DISK.number(state.node().config());
        try {
            long free = Files.getFileStore(dataDir).getUsableSpace();
            String told = (free >> 20) + " MiB are free on the disk of " + dataDir;
            return free >= least
                    ? Health.ok(told)
                    : Health.fail(told + ", and admin.readyDisk wants " + (least >> 20) + " MiB", "make room");
        } catch (IOException e) {
            return Health.fail("the disk of " + dataDir + " cannot be looked at", "look at the disk and the path");
        }
    }

    private static Health peers(StoreState<NodeRoot> state) {
        long wanted = AdminSettings.READY_PEERS.number(state.node().config());
        int connected = state.root().connection().connectedPeers();
        String told = Counts.of(connected, "peer is", "peers are") + " connected";
        return connected >= wanted
                ? Health.ok(told)
                : Health.fail(told + ", and admin.readyPeers wants " + wanted, "ask 'dunlin peers' and 'dunlin why'");
    }
}
