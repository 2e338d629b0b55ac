package dev.dunlin.core.runtime;

import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.SpscArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log's own thread: encodes, writes and forces what the store's thread hands over, through a bounded queue that stalls the
 * store when it is full and loses nothing. Snapshots, compression and the ring's trimming run on one thread more.
 */
final class LogThread {

    /** How many turns may wait to be written: few, so that what they changed is still in the caches when it is digested. */
    static final int QUEUE = 1 << 9;

    /** How many may wait while the disk is full: answers, ends and what is due go on meanwhile. */
    static final int QUEUE_WHILE_FULL = 1 << 16;

    private static final Logger LOG = LoggerFactory.getLogger(LogThread.class);
    private static final int BATCH = 512;
    private static final long FORCE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long HOUSE_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LogWriter writer;
    private final Store<?> store;
    private final LogOptions options;
    private final Listener listener;
    private final SpscArrayQueue<Object> queue = new SpscArrayQueue<>(QUEUE_WHILE_FULL);
    private final Thread thread;
    private final ExecutorService house = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("dunlin-log-house").factory());
    private final AtomicBoolean housekeeping = new AtomicBoolean();
    private final AtomicLong stalls = new AtomicLong();
    private final AtomicLong snapshots = new AtomicLong();

    private volatile long nodeTime;
    private volatile boolean snapshotWanted;
    private boolean snapshotAsked;
    private long snapshotBytes;
    private long snapshotAt;

    private volatile boolean sleeping;
    private volatile boolean stopping;
    private volatile long forceWanted;
    private volatile boolean ending;
    private volatile boolean diskFull;
    private volatile long forced;
    private volatile @Nullable Throwable failure;
    private @Nullable StoreState<?> snapshotState;

    /** Is told from the log's thread. */
    interface Listener {
        /** More of the log is forced. */
        void forced();

        /** The log cannot be written or forced: the node must stop. */
        void failed(Throwable why);
    }

    LogThread(LogWriter writer, Store<?> store, LogOptions options, Listener listener) {
        this.writer = writer;
        this.store = store;
        this.options = options;
        this.listener = listener;
        this.forced = writer.forced();
        this.thread = Thread.ofPlatform().name("dunlin-log").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /**
     * Hands over a turn; waits while the queue is full. Called by the store's thread alone.
     */
    void append(Turn turn) {
        hand(turn);
    }

    /** Hands over the input that ended the run. */
    void append(StoreFailure end) {
        hand(end);
    }

    /** Has the state of the last appended turn kept as a snapshot; otherwise as {@link #append(Turn)}. */
    void snapshot(StoreState<?> state) {
        hand(state);
    }

    private void hand(Object what) {
        if (offered(what)) {
            wake();
            return;
        }
        stalls.incrementAndGet();
        while (failure == null && !offered(what)) {
            wake();
            LockSupport.parkNanos(this, 20_000);
        }
        wake();
    }

    private boolean offered(Object what) {
        return (queue.size() < QUEUE || diskFull) && queue.offer(what);
    }

    private void wake() {
        if (sleeping) {
            LockSupport.unpark(thread);
        }
    }

    /** Wants everything up to an input, which was handed over, forced soon. Called by the store's thread alone. */
    void wantForce(long input) {
        if (input > forceWanted) {
            forceWanted = input;
            wake();
        }
    }

    /** The node is about to stop: a full disk is not waited for any more. From any thread. */
    void endSoon() {
        ending = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        long lastForce = System.nanoTime();
        long lastHouse = lastForce;
        try {
            while (true) {
                boolean last = stopping;
                int taken = drain();
                if (taken == 0) {
                    writeOut(false);
                }
                long now = System.nanoTime();
                if (forceWanted > forced || now - lastForce >= FORCE_EVERY_NANOS || snapshotIsNew()) {
                    lastForce = now;
                    writeOut(true);
                }
                startSnapshot();
                if (now - lastHouse >= HOUSE_EVERY_NANOS) {
                    lastHouse = now;
                    keepHouse();
                }
                if (taken == 0) {
                    if (last) {
                        lastSnapshot();
                        break;
                    }
                    idle();
                }
            }
            writer.close();
            forced = writer.forced();
        } catch (Throwable e) {
            failure = e;
            try {
                // What was encoded before may still be written.
                writer.close();
            } catch (IOException | RuntimeException again) {
                e.addSuppressed(again);
            }
            listener.failed(e);
        }
    }

    private boolean snapshotIsNew() {
        return snapshotState != null && snapshotState.input() > forced;
    }

    private int drain() throws IOException {
        int taken = 0;
        while (taken < BATCH) {
            Object next = queue.poll();
            if (next == null) {
                break;
            }
            taken++;
            take(next);
        }
        return taken;
    }

    private void take(Object next) throws IOException {
        while (true) {
            try {
                switch (next) {
                    case Turn turn -> {
                        nodeTime = turn.now();
                        snapshotAt = snapshotAt == 0 ? nodeTime : snapshotAt;
                        if (turn.number() > writer.taken()) {
                            writer.append(turn);
                            wantSnapshot();
                        } else {
                            writer.flush();
                        }
                    }
                    case StoreFailure end -> {
                        if (end.number() > writer.taken()) {
                            writer.append(end);
                        }
                        writeOut(true);
                    }
                    default -> {
                        snapshotState = (StoreState<?>) next;
                        snapshotAsked = false;
                        snapshotBytes = writer.bytes();
                        snapshotAt = nodeTime;
                        return;
                    }
                }
                return;
            } catch (IOException e) {
                waitForSpace(e);
            }
        }
    }

    // By what the log has grown, or by time: the state of the next turn is handed over for it.
    private void wantSnapshot() {
        if (!snapshotAsked
                && (writer.bytes() - snapshotBytes >= options.snapshotBytes()
                        || nodeTime - snapshotAt >= options.snapshotMicros())) {
            snapshotAsked = true;
            snapshotWanted = true;
        }
    }

    /** Whether the state of the next turn is to be handed over for a snapshot. By the store's thread alone. */
    boolean wantsSnapshot() {
        if (!snapshotWanted) {
            return false;
        }
        snapshotWanted = false;
        return true;
    }

    private void writeOut(boolean force) throws IOException {
        while (true) {
            try {
                if (force) {
                    long now = writer.force();
                    if (now != forced) {
                        forced = now;
                        listener.forced();
                    }
                } else {
                    writer.flush();
                }
                if (diskFull) {
                    diskFull = false;
                    LOG.info("the log can be written again: new work is taken");
                }
                return;
            } catch (IOException e) {
                waitForSpace(e);
            }
        }
    }

    // A full disk is waited for: new work is refused meanwhile, and nothing that was taken is lost.
    private void waitForSpace(IOException why) throws IOException {
        if (ending || stopping || !writer.isFull(why)) {
            throw why;
        }
        if (!diskFull) {
            diskFull = true;
            LOG.error("the disk is full, the log cannot be written: new work is refused until there is space");
        }
        LockSupport.parkNanos(this, RETRY_NANOS);
    }

    private void idle() {
        sleeping = true;
        if (queue.isEmpty() && forceWanted <= forced && !stopping) {
            LockSupport.parkNanos(this, IDLE_NANOS);
        }
        sleeping = false;
    }

    private void startSnapshot() {
        StoreState<?> state = snapshotState;
        if (state == null || state.input() > forced) {
            return;
        }
        boolean begun = house(() -> {
            snapshotNow(state);
            writer.keepHouse(nodeTime);
        });
        if (begun) {
            snapshotState = null;
        }
    }

    // An orderly stop ends with a snapshot: the next start has nothing to replay.
    private void lastSnapshot() {
        StoreState<?> state = snapshotState;
        if (state != null && state.input() <= forced) {
            house.execute(() -> {
                try {
                    snapshotNow(state);
                } catch (IOException | RuntimeException e) {
                    LOG.warn(
                            "the last snapshot could not be written; the next start replays the log: {}", e.toString());
                }
            });
        }
    }

    @SuppressWarnings("unchecked") // the store's own state
    private <R> void snapshotNow(StoreState<R> state) throws IOException {
        writer.snapshot((Store<R>) store, state);
        snapshots.incrementAndGet();
    }

    private void keepHouse() {
        house(() -> writer.keepHouse(nodeTime));
    }

    @FunctionalInterface
    private interface House {
        void run() throws IOException;
    }

    private boolean house(House work) {
        if (!housekeeping.compareAndSet(false, true)) {
            return false;
        }
        house.execute(() -> {
            try {
                work.run();
            } catch (IOException | RuntimeException e) {
                LOG.warn("the log's housekeeping failed and will be tried again: {}", e.toString());
            } finally {
                housekeeping.set(false);
            }
        });
        return true;
    }

    /** Writes and forces all that was handed over, and ends. */
    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        house.shutdown();
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        boolean done = house.isTerminated();
        while (!done && System.nanoTime() < end) {
            try {
                done = house.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (!done) {
            LOG.warn("the log's housekeeping does not end; it is left alone");
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Up to which input the log is forced. */
    long forced() {
        return forced;
    }

    boolean diskFull() {
        return diskFull;
    }

    /** How often the store waited because the queue was full. */
    long stalls() {
        return stalls.get();
    }

    /** How many turns wait. */
    int queued() {
        return queue.size();
    }

    /** How many snapshots were written. */
    long snapshots() {
        return snapshots.get();
    }

    /** The log's name, for messages. */
    @Override
    public String toString() {
        return writer.toString();
    }
}
