package dev.dunlin.core.runtime;

import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: one thread owns the store; inputs come through a bounded inbox; effects go to services; every turn goes
 * to the log. The state is published once per input and may be read from any thread.
 *
 * @param <R> the root of the state tree
 */
public final class NodeRuntime<R> implements Port {

    private static final Logger LOG = LoggerFactory.getLogger(NodeRuntime.class);

    /** How many inputs, requests in flight and open handles there may be, unless said otherwise. */
    public static final int DEFAULT_CAPACITY = 1 << 16;

    /** How many API requests may wait for their outcome. */
    public static final int MAX_WAITING = 10_000;

    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int SLOW_ENTRIES = 1000;
    private static final long STEP_MICROS = 500_000;
    private static final long STEP_CHECK_MICROS = 1_000_000;
    private static final long MAX_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Store<R> store;
    private final Inbox inbox;
    private final @Nullable LogThread log;
    private final NodeClock clock;
    private final Map<Class<?>, Service> services;
    private final List<Service> distinctServices;
    private final List<Consumer<Turn>> watchers = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<String, Asked> waiting = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, Asked> waitingByTicket = new ConcurrentHashMap<>();
    private final AtomicLong asked = new AtomicLong();
    private final Set<ActionId> requests = new HashSet<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread;

    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong refusedDiskFull = new AtomicLong();
    private final Tally inputs = new Tally();
    private final Tally actions = new Tally();
    private final Tally rejections = new Tally();
    private final Tally effects = new Tally();
    private final Tally strayAnswers = new Tally();
    private final Tally handlerFailures = new Tally();
    private final Tally slow = new Tally();
    private volatile boolean stopping;
    private volatile boolean started;
    private volatile @Nullable Throwable logFailure;
    private volatile StoreState<R> published;

    private @Nullable Input boot;
    private long timeBase;
    private long nanoBase;
    private long wallDifference;
    private long nextStepCheck;

    /** The service behind some effects, and those that wait for the disk. */
    private static final class Service {
        final EffectHandler<Effect> handler;
        final Deque<Waiting> waiting = new ArrayDeque<>();

        Service(EffectHandler<Effect> handler) {
            this.handler = handler;
        }
    }

    private record Waiting(long input, Turn.Emitted effect) {}

    /** A request of the API: its idempotency key, its ticket's number, and who waits. */
    private record Asked(String name, long number, CompletableFuture<Action.Ticketed> future) {}

    private NodeRuntime(Builder<R> builder) {
        this.store = builder.store;
        this.inbox = new Inbox(builder.capacity);
        this.clock = builder.clock;
        this.services = builder.services();
        this.distinctServices = services.values().stream().distinct().toList();
        this.published = store.state();
        LogWriter writer = builder.writer;
        this.log = writer == null
                ? null
                : new LogThread(writer, store, builder.options, clock, new LogThread.Listener() {
                    @Override
                    public void forced() {
                        inbox.nudge();
                    }

                    @Override
                    public void failed(Throwable why) {
                        logFailure = why;
                        inbox.nudge();
                    }
                });
        this.thread = Thread.ofPlatform().name("dunlin-store").unstarted(this::run);
    }

    /** Wires a runtime around a store. */
    public static <R> Builder<R> of(Store<R> store) {
        return new Builder<>(store);
    }

    /** Collects what a runtime needs. */
    public static final class Builder<R> {
        private final Store<R> store;
        private final Map<Class<?>, EffectHandler<? extends Effect>> handlers = new LinkedHashMap<>();
        private int capacity = DEFAULT_CAPACITY;
        private NodeClock clock = NodeClock.SYSTEM;
        private LogOptions options = LogOptions.DEFAULT;
        private @Nullable LogWriter writer;

        private Builder(Store<R> store) {
            this.store = store;
        }

        /** Records to a log. Without one, durable effects do not wait. */
        public Builder<R> log(LogWriter to, LogOptions logOptions) {
            writer = to;
            options = logOptions;
            return this;
        }

        /** Bounds the inbox. */
        public Builder<R> capacity(int most) {
            capacity = most;
            return this;
        }

        /** Takes other clocks than the system's. */
        public Builder<R> clock(NodeClock other) {
            clock = other;
            return this;
        }

        /** The handler of all effects under a sealed interface, or of one type. */
        public <E extends Effect> Builder<R> handler(Class<E> type, EffectHandler<? super E> handler) {
            @SuppressWarnings("unchecked")
            EffectHandler<E> typed = (EffectHandler<E>) handler;
            handlers.put(type, typed);
            return this;
        }

        /**
         * The runtime, not yet started.
         *
         * @throws IllegalStateException if a mounted effect has no handler
         */
        public NodeRuntime<R> build() {
            return new NodeRuntime<>(this);
        }

        @SuppressWarnings("unchecked")
        private Map<Class<?>, Service> services() {
            Map<Class<?>, Service> byHandler = new LinkedHashMap<>();
            handlers.forEach((type, handler) -> byHandler.put(type, new Service((EffectHandler<Effect>) handler)));
            Map<Class<?>, Service> services = new HashMap<>();
            for (Slice<?, ?, ?> slice : store.slices()) {
                for (Class<? extends Action> type : slice.types().actions().values()) {
                    if (!Effect.class.isAssignableFrom(type)) {
                        continue;
                    }
                    for (Map.Entry<Class<?>, Service> entry : byHandler.entrySet()) {
                        if (entry.getKey().isAssignableFrom(type)) {
                            services.putIfAbsent(type, entry.getValue());
                        }
                    }
                    if (!services.containsKey(type)) {
                        throw new IllegalStateException("the effect " + type.getName() + " has no handler");
                    }
                }
            }
            return services;
        }
    }

    /**
     * Boots and starts. Before that, no new work is taken.
     *
     * @param build names this build
     * @param config the configuration; secrets are references
     * @param seed fresh, for the run's random draws
     */
    public void start(String build, Table<String, String> config, long seed) {
        long wall = clock.wallMicros();
        timeBase = Math.max(wall, store.state().now());
        nanoBase = clock.monotonicNanos();
        wallDifference = wall - timeBase;
        nextStepCheck = timeBase + STEP_CHECK_MICROS;
        if (log != null) {
            log.start();
        }
        inbox.holdMore(published.node().handles().size());
        boot = Input.of(new NodeAction.Booted(store.state().node().run() + 1, build, config, wall, seed));
        started = true;
        thread.start();
    }

    private long now() {
        return timeBase + (clock.monotonicNanos() - nanoBase) / 1000;
    }

    private void run() {
        try {
            turn(Objects.requireNonNull(boot, "start"), now(), 0);
            loop();
            finish(null);
        } catch (StoreFailure failure) {
            if (log != null) {
                log.append(failure);
            }
            finish(new NodeFailure(
                    "the node stopped at " + failure.getMessage()
                            + (log == null
                                    ? ""
                                    : ". The input is in the log " + log + ": replay it with --to " + failure.number()),
                    failure));
        } catch (Throwable e) {
            finish(new NodeFailure(
                    "the node stopped after input " + store.state().input() + ": " + e, e));
        }
    }

    private void finish(@Nullable Throwable why) {
        inbox.close();
        stopping = true;
        Throwable cause = why;
        if (log != null) {
            try {
                log.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Throwable failed = logFailure;
            if (cause == null && failed != null) {
                cause = new NodeFailure(
                        "the node stopped because its log " + log + " cannot be written; it is safe up to input "
                                + log.forced() + ": " + failed.getMessage(),
                        failed);
            } else if (cause != null && failed != null) {
                cause.addSuppressed(failed);
            }
        }
        waitingByTicket.forEach((number, one) -> one.future()
                .completeExceptionally(new RefusedException("node-runs", "the node has stopped")));
        waitingByTicket.clear();
        waiting.clear();
        if (cause == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(cause);
        }
    }

    private void loop() {
        while (logFailure == null) {
            // The time is read when an input has left the queue: never before somebody offered it.
            Inbox.Item item = inbox.poll();
            long now = now();
            checkClock(now);
            store.dueTick(now).ifPresent(tick -> turn(tick, now, 0));
            releaseForced();
            if (item != null) {
                take(item, now);
            } else if (stopping && !inbox.owesWork() && nobodyWaitsForTheDisk()) {
                return;
            } else {
                inbox.await(parkNanos(now));
            }
        }
    }

    private boolean nobodyWaitsForTheDisk() {
        return distinctServices.stream().allMatch(service -> service.waiting.isEmpty());
    }

    private long parkNanos(long now) {
        long deadline = store.nextDeadline();
        if (deadline >= now + MAX_PARK_NANOS / 1000) {
            return MAX_PARK_NANOS;
        }
        return Math.max(1, (deadline - now) * 1000);
    }

    private void checkClock(long now) {
        if (now < nextStepCheck) {
            return;
        }
        nextStepCheck = now + STEP_CHECK_MICROS;
        long wall = clock.wallMicros();
        long difference = wall - now;
        if (Math.abs(difference - wallDifference) >= STEP_MICROS) {
            wallDifference = difference;
            LOG.warn("the wall clock was stepped: it differs from the node's time by {} ms", difference / 1000);
            turn(Input.of(new NodeAction.ClockStepped(wall, difference)), now, 0);
        }
    }

    private void take(Inbox.Item item, long now) {
        switch (item.kind()) {
            case WORK -> inbox.release();
            case ANSWER -> {
                if (!requests.remove(item.answers())) {
                    stray(item);
                    return;
                }
                inbox.release();
            }
            case END -> {
                // Its place is given back when the handle leaves the state.
            }
        }
        turn(new Input(item.action(), item.answers()), now, item.key());
    }

    // An answer that nobody waits for is a service's bug. What it opened is closed all the same.
    private void stray(Inbox.Item item) {
        strayAnswers.add(1);
        LOG.warn("a service answered {} twice, or from before the boot: {}", item.answers(), item.action());
        if (item.action() instanceof Action.BringsHandle brings) {
            emit(store.state().input(), item.answers(), new NodeEffect.CloseHandle(brings.brought()));
        }
    }

    private void turn(Input input, long now, long key) {
        long begun = clock.monotonicNanos();
        // Waiting for the log is a stall and counted as such; it says nothing of the input.
        long stalled = 0;
        int handles = published.node().handles().size();
        Turn turn = store.apply(input, Math.max(now, store.state().now()));
        published = store.state();
        if (log != null) {
            stalled = log.append(turn);
            if (turn.number() % log.options().snapshotEvery() == 0 || input.action() instanceof NodeAction.Booted) {
                stalled += log.snapshot(store.state());
            }
        }
        inputs.add(1);
        actions.add(turn.size());
        int more = published.node().handles().size() - handles;
        if (more != 0) {
            inbox.holdMore(more);
        }
        for (int i = 0; i < turn.size(); i++) {
            settle(turn, i, key);
        }
        for (Consumer<Turn> watcher : watchers) {
            tell(watcher, turn);
        }
        long took = clock.monotonicNanos() - begun - stalled;
        if (took > SLOW_NANOS || turn.size() > SLOW_ENTRIES) {
            slow.add(1);
            LOG.warn(
                    "input {} ({}) took {} ms and led to {} actions",
                    turn.number(),
                    input.action().getClass().getSimpleName(),
                    took / 1_000_000,
                    turn.size());
        }
    }

    private static void tell(Consumer<Turn> watcher, Turn turn) {
        try {
            watcher.accept(turn);
        } catch (RuntimeException e) {
            LOG.error("a watcher threw at input {}, which is a bug of the watcher", turn.number(), e);
        }
    }

    private void settle(Turn turn, int index, long key) {
        Action entry = turn.entry(index);
        if (entry instanceof Effect effect) {
            effects.add(1);
            emit(turn.number(), turn.id(index), effect);
            return;
        }
        Verdict.Disabled why = turn.rejection(index);
        if (why != null) {
            rejections.add(1);
            if (index == 0 && key != 0) {
                complete(key, future -> future.completeExceptionally(RefusedException.of(why)));
            }
        } else if (entry instanceof NodeOutcome.Refused refused && refused.ticket().isOf(Ticket.API)) {
            complete(
                    refused.ticket().key(),
                    future -> future.completeExceptionally(
                            RefusedException.of(new Verdict.Disabled(refused.clause(), refused.operands()))));
        } else if (entry instanceof Action.Ticketed outcome && outcome.ticket().isOf(Ticket.API)) {
            complete(outcome.ticket().key(), future -> future.complete(outcome));
        }
    }

    private void complete(long number, Consumer<CompletableFuture<Action.Ticketed>> how) {
        Asked done = waitingByTicket.remove(number);
        if (done != null) {
            waiting.remove(done.name(), done);
            how.accept(done.future());
        }
    }

    private void emit(long input, ActionId id, Effect effect) {
        Service service = services.get(effect.getClass());
        if (service == null) {
            throw new IllegalStateException(
                    "no handler for " + effect.getClass().getName());
        }
        if (effect instanceof Effect.Request) {
            inbox.hold();
            requests.add(id);
        }
        Turn.Emitted emitted = new Turn.Emitted(id, effect);
        boolean durable = effect instanceof Effect.Durable;
        if (log != null && durable) {
            service.waiting.add(new Waiting(input, emitted));
            log.wantForce(input);
        } else if (!service.waiting.isEmpty()) {
            service.waiting.add(new Waiting(0, emitted));
        } else {
            carryOut(service, emitted);
        }
    }

    private void carryOut(Service service, Turn.Emitted emitted) {
        try {
            service.handler.handle(emitted.id(), emitted.effect());
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            handlerFailures.add(1);
            if (requests.remove(emitted.id())) {
                inbox.release();
            }
            LOG.error(
                    "the handler of {} threw, which is a bug: its machine will see no answer",
                    emitted.effect().getClass().getSimpleName(),
                    e);
        }
    }

    private void releaseForced() {
        if (log == null) {
            return;
        }
        long forced = log.forced();
        for (Service service : distinctServices) {
            while (!service.waiting.isEmpty() && service.waiting.element().input() <= forced) {
                carryOut(service, service.waiting.remove().effect());
            }
        }
    }

    @Override
    public void answer(ActionId request, Action fact) {
        inbox.put(new Inbox.Item(fact, request, Inbox.Kind.ANSWER, 0));
    }

    @Override
    public <A extends Action & Action.EndsHandle> void ended(A fact) {
        inbox.put(new Inbox.Item(fact, ActionId.NONE, Inbox.Kind.END, 0));
    }

    @Override
    public Offer offer(Action fact) {
        return offer(fact, 0);
    }

    private Offer offer(Action fact, long key) {
        if (stopping || !started) {
            return Offer.STOPPING;
        }
        if (log != null && log.diskFull()) {
            refusedDiskFull.incrementAndGet();
            return Offer.DISK_FULL;
        }
        return switch (inbox.offer(new Inbox.Item(fact, ActionId.NONE, Inbox.Kind.WORK, key))) {
            case YES -> Offer.TAKEN;
            case CLOSED -> Offer.STOPPING;
            case FULL -> {
                refused.incrementAndGet();
                yield Offer.FULL;
            }
        };
    }

    /**
     * Asks the node for something and waits, elsewhere, for the outcome.
     *
     * @param key makes the request idempotent: while one of this key waits, its future is given to all
     * @param wish makes the wish, of the ticket that the outcome will echo
     * @param timeout after this the future fails with a {@link TimeoutException}; the wish itself goes on
     * @return the outcome; fails with {@link RefusedException} if the wish was disabled or there was no room
     */
    public CompletableFuture<Action.Ticketed> ask(String key, Function<Ticket, Action> wish, Duration timeout) {
        Asked fresh = new Asked(key, asked.incrementAndGet(), new CompletableFuture<>());
        // One that has just failed may still stand there: who saw it fail may ask again at once.
        Asked there = waiting.compute(key, (any, old) -> old == null || old.future().isDone() ? fresh : old);
        if (there != fresh) {
            return there.future();
        }
        waitingByTicket.put(fresh.number(), fresh);
        Offer offer;
        try {
            offer = waiting.size() > MAX_WAITING
                    ? Offer.FULL
                    : offer(wish.apply(new Ticket(Ticket.API, fresh.number())), fresh.number());
        } catch (RuntimeException e) {
            forget(fresh);
            throw e;
        }
        if (offer != Offer.TAKEN) {
            forget(fresh);
            fresh.future()
                    .completeExceptionally(new RefusedException(
                            switch (offer) {
                                case DISK_FULL -> "disk-has-room";
                                case STOPPING -> "node-runs";
                                case FULL, TAKEN -> "inbox-has-room";
                            },
                            "the node takes no new work now (" + offer + "): try again later"));
            return fresh.future();
        }
        fresh.future().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).whenComplete((outcome, failure) -> {
            if (failure instanceof TimeoutException) {
                forget(fresh);
            }
        });
        return fresh.future();
    }

    private void forget(Asked one) {
        waiting.remove(one.name(), one);
        waitingByTicket.remove(one.number(), one);
    }

    /** Has every turn told to a watcher, on the store's thread: it must be quick and not throw. */
    public void watch(Consumer<Turn> watcher) {
        watchers.add(watcher);
    }

    /** Tells a watcher no more. */
    public void unwatch(Consumer<Turn> watcher) {
        watchers.remove(watcher);
    }

    /** The state after the last input that is done; from any thread. */
    public StoreState<R> state() {
        return published;
    }

    /** Up to which input the disk has promised; the last input if there is no log. */
    public long forced() {
        return log == null ? published.input() : log.forced();
    }

    /** The handler that closes handles which no state took, by their kind. */
    public static EffectHandler<NodeEffect> closing(Map<String, Consumer<Handle>> byKind) {
        return (id, effect) -> {
            switch (effect) {
                case NodeEffect.CloseHandle(var handle) -> {
                    Consumer<Handle> close = byKind.get(handle.kind());
                    if (close == null) {
                        throw new IllegalStateException("nobody closes handles of the kind " + handle.kind());
                    }
                    close.accept(handle);
                }
            }
        };
    }

    /** Figures. */
    public RuntimeStats stats() {
        return new RuntimeStats(
                inputs.get(),
                actions.get(),
                rejections.get(),
                effects.get(),
                refused.get(),
                refusedDiskFull.get(),
                strayAnswers.get(),
                handlerFailures.get(),
                slow.get(),
                inbox.load(),
                inbox.highest(),
                log == null ? 0 : log.queued(),
                log == null ? 0 : log.stalls(),
                forced(),
                log == null ? 0 : log.snapshots());
    }

    /** Completes when the node has stopped; exceptionally with the {@link NodeFailure} that says what broke it. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /** Takes no new work, does what is queued, forces and closes the log, and ends. */
    public CompletableFuture<Void> stop() {
        inbox.close();
        stopping = true;
        if (log != null) {
            log.endSoon();
        }
        inbox.nudge();
        return ended;
    }
}
