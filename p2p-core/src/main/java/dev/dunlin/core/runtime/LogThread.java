package dev.dunlin.core.runtime;

import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.system.SystemErrors;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
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
    private final Listener listener;
    private final SpscArrayQueue<Object> queue = new SpscArrayQueue<>(QUEUE_WHILE_FULL);
    private final Thread thread;
    private final LogHouse house;
    private final AtomicLong stalls = new AtomicLong();

    private volatile boolean sleeping;
    private volatile boolean stopping;
    private volatile long forceWanted;
    private volatile boolean ending;
    private volatile boolean unwritable;
    private volatile long forced;
    private volatile @Nullable Throwable failure;

    /** Is told from the log's thread. */
    interface Listener {
        /** More of the log is forced. */
        void forced();

        /** The log cannot be written or forced: the node must stop. */
        void failed(Throwable why);
    }

    LogThread(LogWriter writer, Store<?> store, LogOptions options, Listener listener) {
        this.writer = writer;
        this.listener = listener;
        this.house = new LogHouse(writer, store, options);
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
        return (queue.size() < QUEUE || unwritable) && queue.offer(what);
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
                if (forceWanted > forced || now - lastForce >= FORCE_EVERY_NANOS || house.waitsBeyond(forced)) {
                    lastForce = now;
                    writeOut(true);
                }
                house.start(forced);
                if (now - lastHouse >= HOUSE_EVERY_NANOS) {
                    lastHouse = now;
                    house.keep();
                }
                if (taken == 0) {
                    if (last) {
                        house.last(forced);
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
                        house.passes(turn.now());
                        if (turn.number() > writer.taken()) {
                            writer.append(turn);
                            house.written();
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
                        house.snapshot((StoreState<?>) next);
                        return;
                    }
                }
                return;
            } catch (IOException e) {
                waitForSpace(e);
            }
        }
    }

    /** Whether the state of the next turn is to be handed over for a snapshot. By the store's thread alone. */
    boolean wantsSnapshot() {
        return house.wantsSnapshot();
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
                if (unwritable) {
                    unwritable = false;
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
        if (ending || stopping || !writer.isPassing(why)) {
            throw why;
        }
        if (!unwritable) {
            unwritable = true;
            LOG.error(
                    "the log cannot be written, {}: new work is refused until it can; answers and ends are still taken",
                    SystemErrors.sentence(why));
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
        interrupted |= house.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Up to which input the log is forced. */
    long forced() {
        return forced;
    }

    boolean unwritable() {
        return unwritable;
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
        return house.snapshots();
    }

    /** The log's name, for messages. */
    @Override
    public String toString() {
        return writer.toString();
    }
}
