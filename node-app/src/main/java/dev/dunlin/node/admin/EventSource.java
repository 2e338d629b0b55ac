package dev.dunlin.node.admin;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogFollower;
import dev.dunlin.core.log.LogStorage;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log into a ring, on a thread of its own, as long as there is a client: the log's lines are the events, so nothing is
 * encoded twice, and the store knows nothing of clients.
 */
final class EventSource implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventSource.class);
    private static final long PAUSE_NANOS = 2_000_000;

    private final LogStorage storage;
    private final LongSupplier last;
    private final EventRing ring;
    private final Object guard = new Object();
    private int clients;
    private Optional<Following> following = Optional.empty();
    private boolean closed;
    private final AtomicLong damaged = new AtomicLong();

    /** One thread that follows, until it is told to stop. */
    private record Following(Thread thread, AtomicBoolean stop) {
        void end() {
            stop.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * A source.
     *
     * @param storage the log, to be read
     * @param last the number of the node's last input
     */
    EventSource(LogStorage storage, LongSupplier last, EventRing ring) {
        this.storage = storage;
        this.last = last;
        this.ring = ring;
    }

    /** The log. */
    LogStorage storage() {
        return storage;
    }

    /**
     * One more client; the ring goes on from where the log is now, if there was none.
     *
     * @return the number of the last notice before: those behind it are for this client
     */
    long enter() {
        synchronized (guard) {
            long told = ring.notice().number();
            clients++;
            if (clients == 1 && !closed) {
                long from = Math.max(last.getAsLong(), ring.last()) + 1;
                AtomicBoolean stop = new AtomicBoolean();
                Thread thread =
                        Thread.ofPlatform().name("dunlin-events").daemon().unstarted(() -> follow(from, stop));
                following = Optional.of(new Following(thread, stop));
                thread.start();
            }
            return told;
        }
    }

    /** One client less; without any, nothing is read. */
    void leave() {
        synchronized (guard) {
            clients--;
            if (clients == 0) {
                end();
            }
        }
    }

    private void end() {
        following.ifPresent(Following::end);
        following = Optional.empty();
    }

    /** How many clients there are. */
    int clients() {
        synchronized (guard) {
            return clients;
        }
    }

    private void follow(long from, AtomicBoolean stop) {
        long next = from;
        try (LogFollower follower = LogFollower.from(storage, from)) {
            while (!stop.get()) {
                Optional<String> line;
                try {
                    line = follower.next();
                } catch (LogException.Damaged closed) {
                    // A segment that is whole: the follower goes on with the next.
                    damaged(closed);
                    continue;
                }
                follower.damage().ifPresent(this::damaged);
                if (line.isEmpty()) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                } else if (!Frame.isOwn(line.get())) {
                    EventRing.Line event = line(line.get());
                    // A follower may give lines again.
                    if (event.input() >= next) {
                        next = event.input() + 1;
                        ring.add(event);
                    }
                }
            }
        } catch (LogException | UncheckedIOException failure) {
            LOG.error("the event stream cannot go on, its clients are ended: {}", failure.getMessage());
            ring.tell(String.valueOf(failure.getMessage()));
            ring.close();
        }
    }

    private void damaged(LogException.Damaged where) {
        damaged.incrementAndGet();
        LOG.error("the event stream leaves out what is damaged: {}", where.getMessage());
        ring.tell(String.valueOf(where.getMessage()));
    }

    /** Counts a damaged place that a client met which reads the log itself. */
    void met() {
        damaged.incrementAndGet();
    }

    /** How many damaged places of the log were met. */
    long damaged() {
        return damaged.get();
    }

    /** An event, as server-sent events have it (WHATWG HTML, section 9.2). */
    static EventRing.Line line(String raw) {
        long input = Frame.inputOf(raw);
        return new EventRing.Line(
                input, ("id: " + input + "\ndata: " + raw + "\n\n").getBytes(StandardCharsets.UTF_8), typeOf(raw));
    }

    private static String typeOf(String raw) {
        int begin = raw.indexOf("\"type\":\"") + 8;
        int end = raw.indexOf('"', begin);
        return begin < 8 || end < 0 ? "" : raw.substring(begin, end);
    }

    @Override
    public void close() {
        ring.close();
        synchronized (guard) {
            closed = true;
            end();
        }
    }
}
