package dev.dunlin.connection.noise;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which of two ways long messages take: the one that is faster on this machine. The first long messages go both ways in turn, until each
 * had enough of them to be compiled and timed; the bytes are the same. One serves a whole node, or many. Thread-safe.
 */
public final class AeadChoice {

    /** The shortest message that counts as long, in bytes. Of shorter ones most of the time is the beginning. */
    static final int LONG = 4096;

    /** How many messages each way is given before its time is taken, and how many then. */
    private static final int WARM_UP = 1000;

    private static final int TIMED = 1000;

    private final @Nullable LongSupplier clock;
    private final long[] taken = new long[2];
    private final double[] best = {Double.MAX_VALUE, Double.MAX_VALUE};
    private volatile Way chosen;

    private AeadChoice(@Nullable LongSupplier clock, Way chosen) {
        this.clock = clock;
        this.chosen = chosen;
    }

    /** One that times both ways by a clock in nanoseconds. */
    public static AeadChoice timedBy(LongSupplier clock) {
        return new AeadChoice(clock, Way.UNDECIDED);
    }

    /** One that times nothing: all messages take the way that begins sooner. */
    public static AeadChoice untimed() {
        return new AeadChoice(null, Way.SPLIT);
    }

    /** Who does it. */
    enum Way {
        /** Still to be found out. */
        UNDECIDED,
        /** {@link JdkAead}. */
        JDK,
        /** {@link SplitAead}. */
        SPLIT
    }

    /** The way that was found to be the faster one. */
    Way chosen() {
        return chosen;
    }

    /** The time, in nanoseconds. */
    long now() {
        return clock == null ? 0 : clock.getAsLong();
    }

    /** A long message was done in so many nanoseconds. */
    synchronized void took(Way way, int bytes, long nanos) {
        int index = way == Way.JDK ? 0 : 1;
        taken[index]++;
        if (taken[index] > WARM_UP) {
            // The best of many: whatever else the machine does only adds to a time.
            best[index] = Math.min(best[index], (double) nanos / bytes);
        }
        if (taken[0] >= WARM_UP + TIMED && taken[1] >= WARM_UP + TIMED) {
            chosen = best[0] < best[1] ? Way.JDK : Way.SPLIT;
        }
    }
}
