package dev.dunlin.node.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The last inputs of the log, as its lines, for clients of the event stream: one copy for all of them, bounded in bytes. A client has
 * nothing here but the number of the input that it has seen last; whoever is slower than the ring is wide has a gap, and delays nobody.
 */
final class EventRing {

    /** The most lines, however short. */
    static final int MAX_LINES = 1 << 16;

    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final @Nullable Line[] lines = new @Nullable Line[MAX_LINES];
    private long first;
    private int size;
    private int begin;
    private long bytes;
    private boolean closed;
    private Notice notice = new Notice(0, "");

    /**
     * What all clients are told that is no line.
     *
     * @param number how many there were so far
     * @param reason the last of them
     */
    record Notice(long number, String reason) {}

    /**
     * A line of the log.
     *
     * @param input the number of the input
     * @param text the line as it is sent: with its number before it and an empty line behind it
     * @param type what the line begins with, to be compared with what a client asks for
     */
    record Line(long input, byte[] text, String type) {}

    /**
     * What a client gets next.
     *
     * @param lines in their order; none if nothing came in time
     * @param missed how many inputs were dropped before the first of them
     */
    record Batch(List<Line> lines, long missed) {}

    EventRing(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    private Line at(int place) {
        return Objects.requireNonNull(lines[(begin + place) % MAX_LINES]);
    }

    /** Adds a line; those that it takes the place of are dropped. */
    void add(Line line) {
        lock.lock();
        try {
            // Nobody listened for a while: what is there is not what came before.
            boolean goesOn = size == 0 || line.input() == at(size - 1).input() + 1;
            while (size > 0 && (!goesOn || size == MAX_LINES || bytes + line.text().length > maxBytes)) {
                bytes -= at(0).text().length;
                lines[begin] = null;
                begin = (begin + 1) % MAX_LINES;
                size--;
            }
            lines[(begin + size) % MAX_LINES] = line;
            size++;
            bytes += line.text().length;
            first = at(0).input();
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The number of the last input in it; 0 if there is none. */
    long last() {
        lock.lock();
        try {
            return size == 0 ? 0 : at(size - 1).input();
        } finally {
            lock.unlock();
        }
    }

    /** The number of the first input in it; {@link Long#MAX_VALUE} if there is none. */
    long first() {
        lock.lock();
        try {
            return size == 0 ? Long.MAX_VALUE : first;
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes are in it. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What comes behind an input.
     *
     * @param after the input that was seen last
     * @param most how many lines at most
     * @param waitMillis how long to wait for the first of them
     * @param gone whether nobody wants it any more; looked at after each {@link #wake}
     */
    Batch next(long after, int most, long waitMillis, BooleanSupplier gone) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
        lock.lock();
        try {
            while (!closed && !gone.getAsBoolean() && (size == 0 || at(size - 1).input() <= after)) {
                if (left <= 0) {
                    return new Batch(List.of(), 0);
                }
                left = more.awaitNanos(left);
            }
            if (closed || gone.getAsBoolean()) {
                return new Batch(List.of(), 0);
            }
            // Inputs are numbered without holes.
            int from = (int) Math.max(0, after + 1 - first);
            List<Line> found = new ArrayList<>(Math.min(most, size - from));
            for (int i = from; i < size && found.size() < most; i++) {
                found.add(at(i));
            }
            return new Batch(found, Math.max(0, first - after - 1));
        } finally {
            lock.unlock();
        }
    }

    /** Tells all clients that something is damaged. */
    void tell(String reason) {
        lock.lock();
        try {
            notice = new Notice(notice.number() + 1, reason);
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What was told last. */
    Notice notice() {
        lock.lock();
        try {
            return notice;
        } finally {
            lock.unlock();
        }
    }

    /** Has all who wait look whether they are still wanted. */
    void wake() {
        lock.lock();
        try {
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets all who wait go. */
    void close() {
        lock.lock();
        try {
            closed = true;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}
