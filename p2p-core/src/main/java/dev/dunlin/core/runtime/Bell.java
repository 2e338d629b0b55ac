package dev.dunlin.core.runtime;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Where the store's thread sleeps while nothing is queued; whoever queues something, or wants it to look around, wakes it. */
final class Bell {

    private volatile @Nullable Thread sleeper;
    private volatile boolean sleeping;
    private volatile boolean rung;

    /**
     * Waits until something has come, or somebody rings, or the time is over; an interrupt is no reason to spin. By one thread
     * alone.
     *
     * @param nothing whether nothing has come; asked once more after the sleep is announced, so that no {@link #wake} is missed
     */
    void await(BooleanSupplier nothing, long nanos) {
        sleeper = Thread.currentThread();
        sleeping = true;
        if (nothing.getAsBoolean() && !rung) {
            LockSupport.parkNanos(this, nanos);
            Thread.interrupted();
        }
        rung = false;
        sleeping = false;
    }

    /** Wakes who sleeps, if anybody does. */
    void wake() {
        if (sleeping) {
            LockSupport.unpark(sleeper);
        }
    }

    /** Wakes who sleeps, or the next who wants to, though nothing has come. */
    void ring() {
        rung = true;
        wake();
    }
}
