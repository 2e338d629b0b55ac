package dev.dunlin.core.runtime;

import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a log's house on a thread of its own: writes snapshots, when the log has grown or time has passed, packs what is full and
 * drops what is old. One piece of work at a time; the log's thread asks for it and never waits. By the log's thread alone, unless a
 * method says otherwise.
 */
final class LogHouse {

    private static final Logger LOG = LoggerFactory.getLogger(LogThread.class);
    private static final long END_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LogWriter writer;
    private final Store<?> store;
    private final LogOptions options;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("dunlin-log-house").factory());
    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicLong snapshots = new AtomicLong();

    private volatile long nodeTime;
    private volatile boolean wanted;
    private boolean asked;
    private long bytesAtLast;
    private long timeOfLast;
    private @Nullable StoreState<?> state;

    LogHouse(LogWriter writer, Store<?> store, LogOptions options) {
        this.writer = writer;
        this.store = store;
        this.options = options;
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    /** The node's time goes on. */
    void passes(long now) {
        nodeTime = now;
        timeOfLast = timeOfLast == 0 ? now : timeOfLast;
    }

    /** Something was written: by what the log has grown, or by time, the state of the next turn is wanted for a snapshot. */
    void written() {
        if (!asked
                && (writer.bytes() - bytesAtLast >= options.snapshotBytes()
                        || nodeTime - timeOfLast >= options.snapshotMicros())) {
            asked = true;
            wanted = true;
        }
    }

    /** Whether the state of the next turn is to be handed over for a snapshot. By the store's thread alone. */
    boolean wantsSnapshot() {
        if (!wanted) {
            return false;
        }
        wanted = false;
        return true;
    }

    /** A state for a snapshot, which is written when the log is forced that far. */
    void snapshot(StoreState<?> of) {
        state = of;
        asked = false;
        bytesAtLast = writer.bytes();
        timeOfLast = nodeTime;
    }

    /** Whether a snapshot waits for the log to be forced beyond an input. */
    boolean waitsBeyond(long forced) {
        return state != null && state.input() > forced;
    }

    /** Writes the snapshot that waits, if the log is forced that far and nothing else is in work. */
    void start(long forced) {
        StoreState<?> of = state;
        if (of == null || of.input() > forced) {
            return;
        }
        boolean begun = work(() -> {
            tryWrite(of);
            writer.keepHouse(nodeTime);
        });
        if (begun) {
            state = null;
        }
    }

    /** An orderly stop ends with a snapshot: the next start has nothing to replay. */
    void last(long forced) {
        StoreState<?> of = state;
        if (of != null && of.input() <= forced) {
            thread.execute(() -> tryWrite(of));
        }
    }

    private void tryWrite(StoreState<?> of) {
        try {
            write(of);
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "the snapshot after input {} could not be written; a start before the next one replays more of the log: {}",
                    of.input(),
                    e.toString());
        }
    }

    @SuppressWarnings("unchecked") // the store's own state
    private <R> void write(StoreState<R> of) throws IOException {
        writer.snapshot((Store<R>) store, of);
        snapshots.incrementAndGet();
    }

    /** Packs and drops, if nothing else is in work. */
    void keep() {
        work(() -> writer.keepHouse(nodeTime));
    }

    private boolean work(Work work) {
        if (!busy.compareAndSet(false, true)) {
            return false;
        }
        thread.execute(() -> {
            try {
                work.run();
            } catch (IOException | RuntimeException e) {
                LOG.warn("the log's housekeeping failed and will be tried again: {}", e.toString());
            } finally {
                busy.set(false);
            }
        });
        return true;
    }

    /** Ends what is in work, for a minute at most; whether the caller was interrupted meanwhile. By any thread, once. */
    boolean close() {
        thread.shutdown();
        boolean interrupted = false;
        long end = System.nanoTime() + END_NANOS;
        boolean done = thread.isTerminated();
        while (!done && System.nanoTime() < end) {
            try {
                done = thread.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (!done) {
            LOG.warn("the log's housekeeping does not end; it is left alone");
        }
        return interrupted;
    }

    /** How many snapshots were written. From any thread. */
    long snapshots() {
        return snapshots.get();
    }
}
