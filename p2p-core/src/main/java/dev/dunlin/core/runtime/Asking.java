package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Callers outside the store that wait for the outcome of a wish. Safe from any thread. Futures are completed on threads of their
 * own: what a caller does then never runs on the store's.
 */
final class Asking {

    private static final Logger LOG = LoggerFactory.getLogger(Asking.class);

    /** How many may wait. */
    static final int MAX_WAITING = 10_000;

    /** How much of what was told on the way may wait for one who is slow to take it. */
    static final int MAX_PROGRESS = 4096;

    // A ticket's key: the run above, how many asked before below.
    private static final int COUNT_BITS = 40;
    private static final long MAX_RUN = (1L << Long.SIZE - COUNT_BITS - 1) - 1;

    private static final Executor CALLERS =
            task -> Thread.ofVirtual().name("dunlin-caller").start(task);

    private final ConcurrentHashMap<String, Asked> byKey = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, Asked> byTicket = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final ScheduledThreadPoolExecutor timeouts;
    private volatile boolean over;
    private volatile @Nullable NodeFailure failure;

    Asking() {
        timeouts = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("dunlin-timeouts").factory());
        timeouts.setRemoveOnCancelPolicy(true);
    }

    /** Tickets of this run: none is like one of another run, which the state may still hold. */
    void begin(long run) {
        last.set((run & MAX_RUN) << COUNT_BITS);
    }

    /** One who waits. */
    private record Asked(String key, long ticket, CompletableFuture<Action.Ticketed> future, Progress progress) {}

    /** What one who waits is told on the way: in order, one at a time, and all of it before the end. */
    private static final class Progress {
        private final Consumer<? super Outcome.Progress> listener;
        private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
        private boolean isTelling;

        Progress(Consumer<? super Outcome.Progress> listener) {
            this.listener = listener;
        }

        /** False if too much waits already. */
        boolean tell(Outcome.Progress outcome) {
            synchronized (waiting) {
                if (waiting.size() >= MAX_PROGRESS) {
                    return false;
                }
                waiting.add(() -> listener.accept(outcome));
                begin();
                return true;
            }
        }

        void end(Runnable told) {
            synchronized (waiting) {
                waiting.add(told);
                begin();
            }
        }

        private void begin() {
            if (!isTelling) {
                isTelling = true;
                CALLERS.execute(this::tellAll);
            }
        }

        private void tellAll() {
            for (Runnable next = next(); next != null; next = next()) {
                try {
                    next.run();
                } catch (RuntimeException | LinkageError | AssertionError e) {
                    LOG.error("who waits for an outcome threw when told of what came before it", e);
                }
            }
        }

        private @Nullable Runnable next() {
            synchronized (waiting) {
                Runnable next = waiting.poll();
                isTelling = next != null;
                return next;
            }
        }
    }

    /** Hands a wish in. */
    @FunctionalInterface
    interface Door {
        Port.Offer offer(Action wish);
    }

    /** As {@link NodeRuntime#ask}. */
    CompletableFuture<Action.Ticketed> ask(
            String key,
            Function<Ticket, Action> wish,
            Duration timeout,
            Consumer<? super Outcome.Progress> progress,
            Door door) {
        Asked known = byKey.get(key);
        if (known != null && !known.future().isDone()) {
            return known.future();
        }
        Asked fresh = new Asked(key, last.incrementAndGet(), new CompletableFuture<>(), new Progress(progress));
        // One that has just failed may still stand there: who saw it fail may ask again at once.
        Asked there =
                byKey.compute(key, (any, old) -> old == null || old.future().isDone() ? fresh : old);
        if (there != fresh) {
            return there.future();
        }
        byTicket.put(fresh.ticket(), fresh);
        Port.Offer offer;
        try {
            offer = byKey.size() > MAX_WAITING
                    ? Port.Offer.FULL
                    : door.offer(wish.apply(new Ticket(Ticket.API, fresh.ticket())));
        } catch (RuntimeException e) {
            forget(fresh);
            // Another may wait for the same by now.
            CALLERS.execute(() -> fresh.future().completeExceptionally(e));
            throw e;
        }
        if (offer != Port.Offer.TAKEN) {
            forget(fresh);
            fresh.future().completeExceptionally(RefusedException.of(offer));
            return fresh.future();
        }
        expire(fresh, timeout);
        if (over) {
            end(failure);
        }
        return fresh.future();
    }

    private void expire(Asked one, Duration timeout) {
        try {
            Future<?> timer = timeouts.schedule(
                    () -> {
                        forget(one);
                        CALLERS.execute(() -> one.future()
                                .completeExceptionally(new TimeoutException("no outcome of '" + one.key()
                                        + "' came within " + timeout.toMillis() + " ms; what was wished goes on")));
                    },
                    timeout.toMillis(),
                    TimeUnit.MILLISECONDS);
            one.future().whenComplete((outcome, failure) -> timer.cancel(false));
        } catch (RejectedExecutionException stopped) {
            // Who waits is told that the node stops.
            over = true;
        }
    }

    private void forget(Asked one) {
        byKey.remove(one.key(), one);
        byTicket.remove(one.ticket(), one);
    }

    /** An outcome left the store: whoever waits for it is told. */
    void told(Action.Ticketed outcome) {
        if (!outcome.ticket().isOf(Ticket.API)) {
            return;
        }
        if (outcome instanceof Outcome.Progress progress) {
            Asked one = byTicket.get(outcome.ticket().key());
            if (one != null && !one.progress().tell(progress)) {
                dropped.incrementAndGet();
            }
        } else {
            complete(outcome.ticket().key(), future -> {
                if (outcome instanceof NodeOutcome.Refused refused) {
                    future.completeExceptionally(RefusedException.of(refused));
                } else {
                    future.complete(outcome);
                }
            });
        }
    }

    private void complete(long ticket, Consumer<CompletableFuture<Action.Ticketed>> how) {
        Asked done = byTicket.remove(ticket);
        if (done != null) {
            byKey.remove(done.key(), done);
            done.progress().end(() -> how.accept(done.future()));
        }
    }

    /**
     * The node has stopped: nobody is told anything else any more.
     *
     * @param why what broke it, if it did not stop in order
     */
    void end(@Nullable NodeFailure why) {
        over = true;
        failure = why;
        timeouts.shutdownNow();
        for (Long ticket : byTicket.keySet()) {
            complete(
                    ticket,
                    future ->
                            future.completeExceptionally(why == null ? RefusedException.of(Port.Offer.STOPPING) : why));
        }
    }

    /** How many wait. */
    int waiting() {
        return byTicket.size();
    }

    /** How much of what was told on the way was dropped, as those who were to be told were too slow. */
    long dropped() {
        return dropped.get();
    }

    /** Has something done on a thread of its own. */
    static void elsewhere(Runnable task) {
        CALLERS.execute(task);
    }
}
