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

    /** One who waits: under its key until its end is told, under its ticket until it is known. */
    private record Asked(String key, long ticket, CompletableFuture<Action.Ticketed> future, Telling telling) {}

    /** What one who waits is told: what comes on the way in order, one at a time, and the end behind it. */
    private static final class Telling {
        private final Consumer<? super Outcome.Progress> listener;
        private final ArrayDeque<Outcome.Progress> waiting = new ArrayDeque<>();
        private @Nullable Runnable end;
        private boolean isTelling;
        private boolean isOver;

        Telling(Consumer<? super Outcome.Progress> listener) {
            this.listener = listener;
        }

        /** False if too much waits already. */
        boolean tell(Outcome.Progress outcome) {
            synchronized (waiting) {
                if (isOver || end != null) {
                    return true;
                }
                if (waiting.size() >= MAX_PROGRESS) {
                    return false;
                }
                waiting.add(outcome);
                begin();
                return true;
            }
        }

        void end(Runnable told) {
            synchronized (waiting) {
                if (!isOver && end == null) {
                    end = told;
                    begin();
                }
            }
        }

        /** Ends it without waiting for the listener, which is told nothing more; an end that has come before is the end. */
        void endNow(Runnable told) {
            Runnable last;
            synchronized (waiting) {
                if (isOver) {
                    return;
                }
                isOver = true;
                waiting.clear();
                last = end == null ? told : end;
            }
            CALLERS.execute(last);
        }

        private void begin() {
            if (!isTelling) {
                isTelling = true;
                CALLERS.execute(this::tellAll);
            }
        }

        private void tellAll() {
            for (Runnable next = next(); next != null; next = next()) {
                next.run();
            }
        }

        private @Nullable Runnable next() {
            synchronized (waiting) {
                Outcome.Progress told = waiting.poll();
                if (told != null) {
                    return () -> tellOne(told);
                }
                Runnable last = isOver ? null : end;
                isOver |= last != null;
                isTelling = last != null;
                return last;
            }
        }

        // Whatever it throws, the end is told.
        private void tellOne(Outcome.Progress told) {
            try {
                listener.accept(told);
            } catch (Throwable e) {
                LOG.error("who waits for an outcome threw when told of what came before it", e);
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
        Asked fresh = new Asked(key, last.incrementAndGet(), new CompletableFuture<>(), new Telling(progress));
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
                        byTicket.remove(one.ticket());
                        one.telling()
                                .endNow(end(
                                        one,
                                        new TimeoutException("no outcome of '" + one.key() + "' came within "
                                                + timeout.toMillis() + " ms; what was wished goes on")));
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

    // Its key and its place are free first: what callers do then may take long.
    private Runnable end(Asked one, Throwable why) {
        return () -> {
            forget(one);
            one.future().completeExceptionally(why);
        };
    }

    /** An outcome left the store: whoever waits for it is told. */
    void told(Action.Ticketed outcome) {
        if (!outcome.ticket().isOf(Ticket.API)) {
            return;
        }
        if (outcome instanceof Outcome.Progress progress) {
            Asked one = byTicket.get(outcome.ticket().key());
            if (one != null && !one.telling().tell(progress)) {
                dropped.incrementAndGet();
            }
        } else {
            Asked one = byTicket.remove(outcome.ticket().key());
            if (one != null) {
                one.telling().end(end(one, outcome));
            }
        }
    }

    private Runnable end(Asked one, Action.Ticketed outcome) {
        return outcome instanceof NodeOutcome.Refused refused
                ? end(one, RefusedException.of(refused))
                : () -> {
                    forget(one);
                    one.future().complete(outcome);
                };
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
        for (Asked one : byKey.values()) {
            byTicket.remove(one.ticket());
            one.telling().endNow(end(one, why == null ? RefusedException.of(Port.Offer.STOPPING) : why));
        }
    }

    /** How many wait. */
    int waiting() {
        return byKey.size();
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
