package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a running node counts. The store's thread counts what happens to inputs, any thread what is offered. */
final class Figures {

    private static final Logger LOG = LoggerFactory.getLogger(Figures.class);

    /** A request that waits longer is told of, in microseconds. */
    static final long OVERDUE = TimeUnit.SECONDS.toMicros(60);

    /** One that waits longer is lost: it holds no place any more. */
    static final long LOST = TimeUnit.HOURS.toMicros(1);

    private static final int TOLD_AT_ONCE = 10;

    final Tally inputs = new Tally();
    final Tally actions = new Tally();
    final Tally rejections = new Tally();
    final Tally effects = new Tally();
    final Tally strayAnswers = new Tally();
    final Tally handlerFailures = new Tally();
    private final AtomicLongArray offers = new AtomicLongArray(Port.Offer.values().length);

    volatile int requests;
    private volatile long oldestRequest;
    private volatile long lostRequests;

    void count(Turn turn) {
        inputs.add(1);
        actions.add(turn.size());
        int disabled = 0;
        for (int i = 0; i < turn.size(); i++) {
            disabled += turn.rejection(i) != null ? 1 : 0;
        }
        if (disabled > 0) {
            rejections.add(disabled);
        }
    }

    void offered(Port.Offer answer) {
        if (answer != Port.Offer.TAKEN) {
            offers.incrementAndGet(answer.ordinal());
        }
    }

    /** How much new work was refused so. */
    long refused(Port.Offer why) {
        return offers.get(why.ordinal());
    }

    /** Looks at how long requests have waited. */
    void oldest(EffectDesk desk, Store<?> store, long now) {
        oldestRequest = desk.oldest().map(request -> now - request.since()).orElse(0L);
        List<EffectDesk.Request> overdue = desk.overdue(now - OVERDUE);
        for (EffectDesk.Request request : overdue.subList(0, Math.min(TOLD_AT_ONCE, overdue.size()))) {
            LOG.warn(
                    "the request {} ({}) has had no answer for {} s",
                    request.id(),
                    store.nameOf(request.type()),
                    (now - request.since()) / 1_000_000);
        }
        if (overdue.size() > TOLD_AT_ONCE) {
            LOG.warn("so have {} other requests", overdue.size() - TOLD_AT_ONCE);
        }
        long before = desk.lost();
        desk.loseBefore(now - LOST);
        if (desk.lost() > before) {
            lostRequests = desk.lost();
            LOG.error("{} requests had no answer for an hour and are given up", desk.lost() - before);
        }
        requests = desk.requests();
    }

    RuntimeStats stats(
            Inbox inbox, Asking asking, Watchdog watchdog, @Nullable LogThread log, int handles, long forced) {
        return new RuntimeStats(
                inputs.get(),
                actions.get(),
                rejections.get(),
                effects.get(),
                refused(Port.Offer.FULL),
                refused(Port.Offer.PEER_FULL),
                refused(Port.Offer.REQUESTS_FULL),
                refused(Port.Offer.HANDLES_FULL),
                refused(Port.Offer.DISK_FULL),
                strayAnswers.get(),
                handlerFailures.get(),
                watchdog.slow(),
                watchdog.stuckMicros(),
                inbox.queued(),
                inbox.control(),
                inbox.sources(),
                inbox.highest(),
                requests,
                oldestRequest,
                lostRequests,
                handles,
                asking.waiting(),
                log == null ? 0 : log.queued(),
                log == null ? 0 : log.stalls(),
                forced,
                log == null ? 0 : log.snapshots());
    }
}
