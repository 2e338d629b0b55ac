package dev.dunlin.connection.noise;

import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which of two ways long messages take: the one that is faster on this machine. The first long messages go both ways in turn; from then
 * on some go the other way, ever fewer, since what was slow may only have been cold: the JDK's intrinsics come with its last compiler.
 * The bytes are the same. One serves a whole node, or many. Thread-safe.
 */
public final class AeadChoice {

    /** The shortest message that counts as long, in bytes. Of shorter ones most of the time is the beginning. */
    static final int LONG = 4096;

    /** How many messages each way is given before the first choice. */
    static final int FIRST = 2000;

    /** Of so many long messages about one goes the other way in the end, and one is timed beside it. */
    static final int PROBE = 256;

    /** After so many of each the choice is made anew. */
    static final int AGAIN = 64;

    private final @Nullable LongSupplier clock;
    private final int[] timed = new int[2];
    private final double[] best = new double[2];
    private volatile Way chosen = Way.SPLIT;
    private volatile int period = 2;

    private AeadChoice(@Nullable LongSupplier clock) {
        this.clock = clock;
        Arrays.fill(best, Double.MAX_VALUE);
    }

    /** One that times both ways by a clock in nanoseconds. */
    public static AeadChoice timedBy(LongSupplier clock) {
        return new AeadChoice(clock);
    }

    /** One that times nothing: all messages take the way that begins sooner. */
    public static AeadChoice untimed() {
        return new AeadChoice(null);
    }

    /** Who does it. */
    enum Way {
        /** {@link JdkAead}. */
        JDK,
        /** {@link SplitAead}. */
        SPLIT;

        private Way other() {
            return this == JDK ? SPLIT : JDK;
        }
    }

    /** The way of a long message, by its number among those of its key. */
    Way way(long number) {
        return clock != null && place(number) == 0 ? chosen.other() : chosen;
    }

    /** Whether that message is to be timed. */
    boolean times(long number) {
        return clock != null && place(number) <= 1;
    }

    // Spread, so that both ways get of all kinds where long and longer ones come by turns.
    private long place(long number) {
        return (number * 0x9E3779B97F4A7C15L >>> 40) % period;
    }

    /** Whether both ways were timed often enough for a first choice. */
    boolean decided() {
        return period > 2;
    }

    /** The time, in nanoseconds. */
    long now() {
        return clock == null ? 0 : clock.getAsLong();
    }

    /** A long message was done in so many nanoseconds. */
    synchronized void took(Way way, int bytes, long nanos) {
        // The best of many: whatever else the machine does only adds to a time.
        best[way.ordinal()] = Math.min(best[way.ordinal()], (double) nanos / bytes);
        timed[way.ordinal()]++;
        int enough = period == 2 ? FIRST : AGAIN;
        if (timed[0] < enough || timed[1] < enough) {
            return;
        }
        chosen = best[0] < best[1] ? Way.JDK : Way.SPLIT;
        period = Math.min(PROBE, 2 * period);
        Arrays.fill(timed, 0);
        Arrays.fill(best, Double.MAX_VALUE);
    }
}
