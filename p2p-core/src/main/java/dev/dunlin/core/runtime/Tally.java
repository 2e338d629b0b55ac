package dev.dunlin.core.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A counter that one thread counts up and any may read: without the fence that a {@code volatile} costs at every input. */
final class Tally {

    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Tally.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long value;

    /** Counts so many; by the one thread alone. */
    void add(long more) {
        VALUE.setRelease(this, value + more);
    }

    /** How many; from any thread. */
    long get() {
        return (long) VALUE.getAcquire(this);
    }
}
