package dev.dunlin.node.admin;

import dev.dunlin.core.log.LogStorage;
import dev.dunlin.core.operate.NoAnswerException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Serves the clients of the event stream, so many at once as there may be. */
final class EventDesk implements AutoCloseable {

    /** Runs what lasts without the place that short requests share. */
    @FunctionalInterface
    interface Outside {
        void run(Runnable lasting);
    }

    private final EventRing ring;
    private final EventSource source;
    private final LongSupplier last;
    private final int most;
    private final Outside outside;
    private final AtomicInteger clients = new AtomicInteger();
    private volatile boolean closing;

    /**
     * A desk.
     *
     * @param log where older inputs stand
     * @param last the number of the node's last input
     * @param bytes most bytes of events that are kept
     * @param most how many clients there may be
     */
    EventDesk(LogStorage log, LongSupplier last, long bytes, int most, Outside outside) {
        this.ring = new EventRing(bytes);
        this.source = new EventSource(log, last, ring);
        this.last = last;
        this.most = most;
        this.outside = outside;
    }

    /** Where the events come from. */
    EventSource source() {
        return source;
    }

    /**
     * Sends events until the client is gone or the API is closed.
     *
     * @param from the first input to be sent; negative for those from now on
     * @param types what their types begin with; none for all
     * @throws NoAnswerException if there is no room for one more
     */
    void serve(Exchange exchange, long from, List<String> types) {
        if (ring.isClosed() && !closing) {
            throw new NoAnswerException(
                    NoAnswerException.Kind.UNAVAILABLE,
                    "the log cannot be followed, and no events are told: see the log of the process, and 'dunlin doctor'");
        }
        if (clients.incrementAndGet() > most) {
            clients.decrementAndGet();
            throw new NoAnswerException(
                    NoAnswerException.Kind.UNAVAILABLE,
                    most + " clients read events, as many as admin.maxEventStreams allows: end one, or raise it");
        }
        try {
            if (exchange.claim()) {
                outside.run(() -> stream(exchange, from, types));
            }
        } finally {
            clients.decrementAndGet();
            exchange.end();
        }
    }

    private void stream(Exchange exchange, long from, List<String> types) {
        long told = source.enter();
        try {
            new EventStream(exchange.request().response(), ring, source, types)
                    .run(from, last.getAsLong(), told, () -> closing);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            source.leave();
        }
    }

    /** Ends all streams. */
    @Override
    public void close() {
        closing = true;
        source.close();
    }
}
