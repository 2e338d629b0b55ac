package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a running node counts. The store's thread counts what happens to inputs, any thread what is offered. */
final class Figures {

    private static final Logger LOG = LoggerFactory.getLogger(Figures.class);

    private static final int TOLD_AT_ONCE = 10;

    final Tally inputs = new Tally();
    final Tally actions = new Tally();
    final Tally rejections = new Tally();
    final Tally effects = new Tally();
    final Tally strayAnswers = new Tally();
    final Tally handlerFailures = new Tally();
    private final Tally lostRequests = new Tally();
    final Refusals refusals = new Refusals();

    volatile int requests;
    private volatile long oldestRequest;

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

    /** Looks at how long requests have waited. */
    void oldest(EffectDesk desk, Store<?> store, long now) {
        oldestRequest = desk.oldest().map(request -> now - request.since()).orElse(0L);
        List<EffectDesk.Request> overdue = desk.overdue(now);
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
        int lost = desk.loseOld(now);
        if (lost > 0) {
            lostRequests.add(lost);
            LOG.error("{} requests had no answer for an hour and are given up", lost);
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
                refusals.of(Port.Offer.FULL),
                refusals.of(Port.Offer.PEER_FULL),
                refusals.of(Port.Offer.REQUESTS_FULL),
                refusals.of(Port.Offer.HANDLES_FULL),
                refusals.of(Port.Offer.LOG_UNWRITABLE),
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
                lostRequests.get(),
                handles,
                asking.waiting(),
                asking.dropped(),
                log == null ? 0 : log.queued(),
                log == null ? 0 : log.stalls(),
                forced,
                log == null ? 0 : log.snapshots());
    }
}
