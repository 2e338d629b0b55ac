package dev.dunlin.node.bench;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Load by the clock: so many turns a second, whoever takes them. Thread-safe. */
final class Pace {

    private final long every;
    private long next = System.nanoTime();

    /** A pace of so many turns a second. */
    Pace(int perSecond) {
        every = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** Takes the next turn when its time has come; turns that nobody took are lost. */
    void turn() throws InterruptedIOException {
        long mine;
        synchronized (this) {
            mine = Math.max(next, System.nanoTime());
            next = mine + every;
        }
        until(mine);
    }

    /** Lets a time go by. */
    static void hold(Duration time) throws InterruptedIOException {
        until(System.nanoTime() + time.toNanos());
    }

    private static void until(long nanos) throws InterruptedIOException {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedIOException("it is over");
            }
        }
    }
}
