package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Ticket;
import java.time.Duration;
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

/**
 * Callers outside the store that wait for the outcome of a wish. Safe from any thread. Futures are completed on threads of their
 * own: what a caller does then never runs on the store's.
 */
final class Asking {

    /** How many may wait. */
    static final int MAX_WAITING = 10_000;

    // A ticket's key: the run above, how many asked before below.
    private static final int COUNT_BITS = 40;
    private static final long MAX_RUN = (1L << Long.SIZE - COUNT_BITS - 1) - 1;

    private static final Executor CALLERS =
            task -> Thread.ofVirtual().name("dunlin-caller").start(task);

    private final ConcurrentHashMap<String, Asked> byKey = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, Asked> byTicket = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();
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
    private record Asked(String key, long ticket, CompletableFuture<Action.Ticketed> future) {}

    /** Hands a wish in. */
    @FunctionalInterface
    interface Door {
        Port.Offer offer(Action wish);
    }

    /** As {@link NodeRuntime#ask}. */
    CompletableFuture<Action.Ticketed> ask(String key, Function<Ticket, Action> wish, Duration timeout, Door door) {
        Asked known = byKey.get(key);
        if (known != null && !known.future().isDone()) {
            return known.future();
        }
        Asked fresh = new Asked(key, last.incrementAndGet(), new CompletableFuture<>());
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
        if (outcome.ticket().isOf(Ticket.API)) {
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
            CALLERS.execute(() -> how.accept(done.future()));
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

    /** Has something done on a thread of its own. */
    static void elsewhere(Runnable task) {
        CALLERS.execute(task);
    }
}
