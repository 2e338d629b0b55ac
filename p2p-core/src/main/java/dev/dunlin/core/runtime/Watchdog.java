package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Watches the store's thread from a thread of its own, and says while it lasts that an input takes too long, at the level debug with
 * where the thread stands; and once more when it is over, how long it took.
 */
final class Watchdog {

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    // The first of a type has its classes loaded with it.
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int MANY = 1000;
    private static final long IDLE = 0;

    private final Thread watched;
    private final Thread thread;
    private volatile boolean stopped;

    // When the input in work was begun, of System.nanoTime with the lowest bit set; idle else.
    private volatile long since = IDLE;
    private volatile long input;
    private long before;
    private volatile long reported = -1;

    // By its own thread alone.
    private long warned = -1;
    private final Tally slow = new Tally();

    // By the store's thread alone; as many as there are types.
    private final Set<Class<?>> seen = new HashSet<>();

    Watchdog(Thread watched) {
        this.watched = watched;
        this.thread = Thread.ofPlatform().daemon().name("dunlin-watchdog").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    /** An input is begun. By the store's thread. */
    void begin(long number) {
        input = number;
        since = System.nanoTime() | 1;
    }

    /** The store waits for something else than the input. By the store's thread. */
    void pause() {
        before += System.nanoTime() - since;
        since = IDLE;
    }

    /** It goes on. */
    void resume() {
        since = System.nanoTime() | 1;
    }

    /** It is done. By the store's thread. */
    void end(Turn turn, Store<?> store) {
        long took = before + System.nanoTime() - since;
        before = 0;
        since = IDLE;
        if (took > SLOW_NANOS || turn.size() > MANY) {
            slow.add(1);
            boolean isFirst = seen.add(turn.input().action().getClass());
            LOG.atLevel(isFirst && took < FIRST_NANOS ? Level.DEBUG : Level.WARN)
                    .log(
                            "input {} ({}) took {} ms and led to {} actions",
                            turn.number(),
                            store.nameOf(turn.input().action().getClass()),
                            took / 1_000_000,
                            turn.size());
        }
    }

    /** How long the input in work has taken so far, in microseconds; 0 if none is. */
    long stuckMicros() {
        long begun = since;
        return begun == IDLE ? 0 : Math.max(0, (System.nanoTime() - begun) / 1000);
    }

    /** How many inputs took too long, or led to too much. */
    long slow() {
        return slow.get();
    }

    /** The last input that was reported while it took; -1 if none was. */
    long reported() {
        return reported;
    }

    private void run() {
        while (!stopped) {
            long begun = since;
            long number = input;
            if (begun != IDLE && System.nanoTime() - begun > SLOW_NANOS && number != reported) {
                StringBuilder stack = new StringBuilder();
                for (StackTraceElement frame : watched.getStackTrace()) {
                    stack.append("\n    at ").append(frame);
                }
                if (since == begun) {
                    reported = number;
                    LOG.debug(
                            "input {} is taking more than {} ms; its thread stands at{}",
                            number,
                            SLOW_NANOS / 1_000_000,
                            stack);
                }
            }
            if (begun != IDLE && System.nanoTime() - begun > FIRST_NANOS && number != warned && since == begun) {
                warned = number;
                LOG.warn(
                        "input {} is taking more than {} s, and nothing else happens meanwhile; at the level debug it is"
                                + " told where it stands",
                        number,
                        FIRST_NANOS / 1_000_000_000);
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }
}
