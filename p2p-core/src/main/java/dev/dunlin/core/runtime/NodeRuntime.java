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
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: one thread owns the store; inputs come through a bounded queue; effects go to services; every input goes
 * to the log. The state is published once per input and may be read from any thread.
 *
 * @param <R> the root of the state tree
 */
public final class NodeRuntime<R> implements Port {

    private static final Logger LOG = LoggerFactory.getLogger(NodeRuntime.class);

    private final Store<R> store;
    private final Door door;
    private final Bell bell = new Bell();
    private final Inbox inbox;
    private final Asking asking = new Asking();
    private final EffectHandlers handlers;
    private final EffectDesk desk;
    private final @Nullable LogThread log;
    private final NodeClock clock;
    private final List<Consumer<Turn>> watchers = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread;
    private final Watchdog watchdog;
    private final Figures figures = new Figures();

    private volatile boolean open;
    private volatile boolean stopping;
    private volatile @Nullable Throwable logFailure;
    private volatile StoreState<R> published;

    private @Nullable Input boot;
    private NodeTime time = new NodeTime(0, 0, 0);

    private NodeRuntime(Builder<R> builder) {
        this.store = builder.store;
        this.clock = builder.clock;
        this.published = store.state();
        this.inbox = Inbox.ofThreads(builder.budgets, bell::wake);
        this.handlers = builder.handlers.checked();
        LogWriter writer = builder.writer;
        this.log = writer == null ? null : new LogThread(writer, store, builder.options, listener());
        this.desk = new EffectDesk(handlers, log != null, log == null ? 0 : log.forced());
        this.door = new Door(store, inbox, builder.budgets, figures.refusals);
        this.thread = Thread.ofPlatform().name("dunlin-store").unstarted(this::run);
        this.watchdog = new Watchdog(thread);
    }

    private LogThread.Listener listener() {
        return new LogThread.Listener() {
            @Override
            public void forced() {
                bell.ring();
            }

            @Override
            public void failed(Throwable why) {
                logFailure = why;
                bell.ring();
            }
        };
    }

    /** Wires a runtime around a store. */
    public static <R> Builder<R> of(Store<R> store) {
        return new Builder<>(store);
    }

    /** Collects what a runtime needs. */
    public static final class Builder<R> {
        private final Store<R> store;
        private final EffectHandlers handlers;
        private Budgets budgets = Budgets.DEFAULT;
        private NodeClock clock = NodeClock.SYSTEM;
        private LogOptions options = LogOptions.DEFAULT;
        private @Nullable LogWriter writer;

        private Builder(Store<R> store) {
            this.store = store;
            this.handlers = EffectHandlers.of(store);
        }

        /** Records to a log. Without one, durable effects do not wait. */
        public Builder<R> log(LogWriter to, LogOptions logOptions) {
            writer = to;
            options = logOptions;
            return this;
        }

        /** Bounds the queue; the other budgets stay as they are. */
        public Builder<R> capacity(int most) {
            return budgets(budgets.withQueued(most));
        }

        /** Bounds the queue, the requests in flight and the handles. */
        public Builder<R> budgets(Budgets bounds) {
            budgets = bounds;
            return this;
        }

        /** Takes other clocks than the system's. */
        public Builder<R> clock(NodeClock other) {
            clock = other;
            return this;
        }

        /** The handler of all effects under a sealed interface, or of one type. */
        public <E extends Effect> Builder<R> handler(Class<E> type, EffectHandler<? super E> handler) {
            handlers.with(type, handler);
            return this;
        }

        /**
         * The runtime, not yet started.
         *
         * @throws IllegalStateException if a mounted effect has no handler, or the log was not opened with this very store, so that
         *     the store's next input is not the log's next
         */
        public NodeRuntime<R> build() {
            if (writer != null && writer.taken() != store.state().input()) {
                throw new IllegalStateException("the log goes on behind input " + writer.taken()
                        + " and the store behind input " + store.state().input()
                        + ": open the log with the store that the node runs on");
            }
            return new NodeRuntime<>(this);
        }
    }

    /**
     * Boots and starts. Before that, no new work is taken.
     *
     * @param build names this build
     * @param config the configuration; secrets are references
     * @param seed fresh, for the run's random draws
     * @throws IllegalStateException if it was started or stopped before
     */
    public synchronized void start(String build, Table<String, String> config, long seed) {
        if (thread.getState() != Thread.State.NEW || stopping) {
            throw new IllegalStateException("the node was started or stopped before");
        }
        long wall = clock.wallMicros();
        time = new NodeTime(store.state().now(), wall, monotonic());
        if (log != null) {
            log.start();
        }
        asking.begin(store.state().node().run() + 1);
        boot = Input.of(new NodeAction.Booted(store.state().node().run() + 1, build, config, wall, seed));
        open = true;
        thread.start();
        watchdog.start();
    }

    private long monotonic() {
        return clock.monotonicNanos() / 1000;
    }

    private void run() {
        try {
            input(Objects.requireNonNull(boot, "start"), time.at(monotonic()));
            loop();
            finish(null);
        } catch (StoreFailure failure) {
            if (log != null) {
                log.append(failure);
            }
            finish(() -> new NodeFailure(
                    "the node stopped at " + failure.getMessage()
                            + (log == null
                                    ? ""
                                    : logFailure == null
                                            ? ". The input is in the log " + log + ": replay it to step "
                                                    + failure.number()
                                            : ". The input is not in the log " + log + ", which cannot be written"),
                    failure));
        } catch (Throwable e) {
            finish(() -> new NodeFailure(
                    "the node stopped after input " + store.state().input() + ": " + e, e));
        }
    }

    // The cause is worded when it is known whether the log has the input.
    private void finish(@Nullable Supplier<NodeFailure> why) {
        inbox.close();
        stopping = true;
        watchdog.stop();
        if (log != null) {
            if (why == null && logFailure == null) {
                log.snapshot(store.state());
            }
            log.stop();
        }
        NodeFailure cause = why == null ? null : why.get();
        if (log != null) {
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
        NodeFailure broke = cause;
        if (broke != null) {
            LOG.error("{}", broke.getMessage());
            LOG.debug("where it broke", broke);
        }
        asking.end(broke);
        // Who waits for the end goes on elsewhere: this thread has nothing more to do for anybody.
        Asking.elsewhere(() -> {
            if (broke == null) {
                ended.complete(null);
            } else {
                ended.completeExceptionally(broke);
            }
        });
    }

    private void loop() {
        while (logFailure == null) {
            // The time is read when an input has left the queue: never before somebody offered it.
            Inbox.Item item = inbox.poll();
            long monotonic = monotonic();
            long now = time.at(monotonic);
            if (time.checks(monotonic)) {
                lookAround(monotonic, now);
            }
            store.dueTick(now).ifPresent(tick -> input(tick, now));
            if (log != null) {
                desk.forced(log.forced());
                carryOut();
            }
            if (item != null) {
                take(item, now);
            } else if (stopping && !inbox.owesWork() && desk.held() == 0) {
                return;
            } else {
                bell.await(inbox::isEmpty, parkNanos(monotonic, now));
            }
        }
    }

    // Until something is due, or the wall clock is to be read.
    private long parkNanos(long monotonic, long now) {
        long check = time.nextCheck() - monotonic;
        long deadline = store.nextDeadline();
        long micros = deadline >= now + check ? check : deadline - now;
        return Math.max(1, micros * 1000);
    }

    // Once a second: the wall clock, and requests that wait too long.
    private void lookAround(long monotonic, long now) {
        time.check(monotonic, clock.wallMicros()).ifPresent(stepped -> {
            LOG.warn("the wall clock was stepped: it differs from the node's time by {} ms", stepped.by() / 1000);
            input(Input.of(stepped), now);
        });
        figures.oldest(desk, store, now);
    }

    private void take(Inbox.Item item, long now) {
        if (item.kind() == Inbox.Kind.ANSWER && !desk.answered(item.answers())) {
            stray(item, now);
        } else {
            input(new Input(item.action(), item.answers()), now);
        }
    }

    // An answer that nobody waits for is a service's bug. What it opened is closed all the same.
    private void stray(Inbox.Item item, long now) {
        figures.strayAnswers.add(1);
        LOG.warn("a service answered {} twice, too late, or from before the boot: {}", item.answers(), item.action());
        if (item.action() instanceof Action.BringsHandle brings
                && !store.state().node().handles().has(brings.brought())) {
            desk.take(store.state().input(), now, item.answers(), new NodeEffect.CloseHandle(brings.brought()));
            carryOut();
        }
    }

    private void input(Input input, long now) {
        watchdog.begin(store.state().input() + 1);
        Turn turn = store.apply(input, Math.max(now, store.state().now()));
        published = store.state();
        if (log != null) {
            // To wait for the log is a stall and counted as such; it says nothing of the input.
            watchdog.pause();
            log.append(turn);
            if (log.wantsSnapshot() || input.action() instanceof NodeAction.Booted) {
                log.snapshot(store.state());
            }
            watchdog.resume();
        }
        figures.count(turn);
        desk.take(turn);
        if (log != null) {
            log.wantForce(desk.wanted());
        }
        carryOut();
        for (int i = 0; i < turn.size(); i++) {
            if (turn.entry(i) instanceof Action.Ticketed outcome && turn.rejection(i) == null) {
                asking.told(outcome);
            }
        }
        for (Consumer<Turn> watcher : watchers) {
            tell(watcher, turn);
        }
        watchdog.end(turn, store);
    }

    private static void tell(Consumer<Turn> watcher, Turn turn) {
        try {
            watcher.accept(turn);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            LOG.error("a watcher threw at input {}, which is a bug of the watcher", turn.number(), e);
        }
    }

    private void carryOut() {
        for (EffectDesk.Ready ready = desk.next(); ready != null; ready = desk.next()) {
            figures.effects.add(1);
            try {
                handlers.handle(ready);
            } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
                figures.handlerFailures.add(1);
                desk.answered(ready.id());
                LOG.error(
                        "the handler of {} threw, which is a bug: its machine will see no answer",
                        store.nameOf(ready.effect().getClass()),
                        e);
            }
        }
        figures.requests = desk.requests();
    }

    @Override
    public void answer(ActionId request, Action fact) {
        door.check(fact);
        inbox.answer(request, fact);
    }

    @Override
    public <A extends Action & Action.EndsHandle> void ended(A fact) {
        door.check(fact);
        inbox.end(fact);
    }

    @Override
    public Offer offer(Action fact) {
        return offer(fact, true);
    }

    private Offer offer(Action fact, boolean fairly) {
        door.check(fact);
        if (stopping || !open) {
            return Offer.STOPPING;
        }
        Door.Load load =
                new Door.Load(figures.requests, published.node().handles().size(), log != null && log.diskFull());
        return door.offer(fact, fairly, load);
    }

    /**
     * Asks the node for something and waits, elsewhere, for the outcome. What a caller does with it runs on a thread of its own.
     *
     * @param key makes the request idempotent: while one of this key waits, its future is given to all
     * @param wish makes the wish, of the ticket that the outcome will echo: an {@link Action.Wish}, or nobody answers
     * @param timeout after this the future fails with a {@link TimeoutException}; the wish itself goes on
     * @return the outcome; fails with {@link RefusedException} if the wish was disabled or there was no room
     */
    public CompletableFuture<Action.Ticketed> ask(String key, Function<Ticket, Action> wish, Duration timeout) {
        // An operator's wish about a peer is not that peer's.
        return asking.ask(key, wish, timeout, action -> offer(action, false));
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

    /** Up to which input the log is forced; the last input if there is no log. */
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
        return figures.stats(
                inbox, asking, watchdog, log, published.node().handles().size(), forced());
    }

    /** Completes when the node has stopped; exceptionally with the {@link NodeFailure} that says what broke it. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /**
     * Takes no new work, does what is queued, forces and closes the log, and ends. The folder stays locked until the storage that
     * the log was opened on is closed, too.
     */
    public synchronized CompletableFuture<Void> stop() {
        inbox.close();
        boolean never = thread.getState() == Thread.State.NEW && !stopping;
        stopping = true;
        if (never) {
            // There is nothing to do but to let go of the log.
            if (log != null) {
                log.start();
            }
            finish(null);
            return ended;
        }
        if (log != null) {
            log.endSoon();
        }
        bell.ring();
        return ended;
    }
}
