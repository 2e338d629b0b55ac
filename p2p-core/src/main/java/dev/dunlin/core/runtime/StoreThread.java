package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.system.SystemErrors;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns a running node's store: takes what is queued and what is due, publishes the state, hands each turn to the
 * log and its effects to the services, until it is to stop or something breaks.
 *
 * @param <R> the root of the state tree
 */
final class StoreThread<R> {

    private static final Logger LOG = LoggerFactory.getLogger(NodeRuntime.class);

    private final Store<R> store;
    private final EffectHandlers handlers;
    private final NodeClock clock;
    private final Asking asking;
    private final Figures figures;
    private final Bell bell = new Bell();
    private final Inbox inbox;
    private final EffectDesk desk;
    private final @Nullable LogThread log;
    private final List<Consumer<Turn>> watchers = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread;
    private final Watchdog watchdog;

    private volatile boolean begun;
    private volatile boolean stopping;
    private volatile @Nullable Throwable logFailure;
    private volatile StoreState<R> published;

    private @Nullable Input boot;
    private NodeTime time = new NodeTime(0, 0, 0);

    StoreThread(NodeBuilder<R> builder, Asking asking, Figures figures) {
        this.store = builder.store;
        this.clock = builder.clock;
        this.asking = asking;
        this.figures = figures;
        this.published = store.state();
        this.inbox = Inbox.ofThreads(builder.budgets, bell::wake);
        this.handlers = builder.handlers.checked();
        this.log = builder.writer == null ? null : new LogThread(builder.writer, store, builder.options, listener());
        this.desk = new EffectDesk(handlers, log != null, log == null ? 0 : log.forced());
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

    /** Whether it was never started. */
    boolean isNew() {
        return thread.getState() == Thread.State.NEW && !stopping;
    }

    /** Boots; the clocks are read once for it. */
    void start(BootOf bootOf) {
        long wall = clock.wallMicros();
        time = new NodeTime(store.state().now(), wall, monotonic());
        if (log != null) {
            log.start();
        }
        long run = store.state().node().run() + 1;
        asking.begin(run);
        boot = Input.of(bootOf.at(run, wall));
        begun = true;
        thread.start();
        watchdog.start();
    }

    /** Makes the first input. */
    @FunctionalInterface
    interface BootOf {
        NodeAction.Booted at(long run, long wall);
    }

    /** Does what is queued, forces what waits for it, and ends; one that was never started only lets go of the log. */
    void stop() {
        inbox.close();
        boolean never = isNew();
        stopping = true;
        if (never) {
            if (log != null) {
                log.start();
            }
            finish(null);
            return;
        }
        if (log != null) {
            log.endSoon();
        }
        bell.ring();
    }

    /** Whether new work is taken: after the boot was made, and before it is to stop. */
    boolean takesWork() {
        return begun && !stopping;
    }

    /** Completes when it has ended; exceptionally with the {@link NodeFailure} that says what broke it. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** The state after the last input that is done; from any thread. */
    StoreState<R> state() {
        return published;
    }

    Inbox inbox() {
        return inbox;
    }

    Watchdog watchdog() {
        return watchdog;
    }

    @Nullable
    LogThread log() {
        return log;
    }

    /** Whoever is told every turn, on this thread. */
    List<Consumer<Turn>> watchers() {
        return watchers;
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
                                + log.forced() + ": " + SystemErrors.sentence(failed),
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
        if (deadline <= now) {
            return 1;
        }
        return Math.max(1, Math.min(check, deadline - now) * 1000);
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
        // Before a handler offers something: what is in flight is what the door goes by.
        figures.requests = desk.requests();
        if (log != null) {
            log.wantForce(desk.wanted());
        }
        carryOut();
        for (Consumer<Turn> watcher : watchers) {
            tell(watcher, turn);
        }
        // Behind the watchers: whoever is told that a setting has changed finds it changed.
        for (int i = 0; i < turn.size(); i++) {
            if (turn.entry(i) instanceof Action.Ticketed outcome && turn.rejection(i) == null) {
                asking.told(outcome);
            }
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
                        "the handler of {} threw at {} ({}), which is a bug: its machine will see no answer",
                        store.nameOf(ready.effect().getClass()),
                        ready.id(),
                        ready.effect(),
                        e);
            }
        }
        figures.requests = desk.requests();
    }
}
