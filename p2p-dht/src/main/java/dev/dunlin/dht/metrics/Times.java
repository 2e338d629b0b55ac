package dev.dunlin.dht.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How long something took, each time.
 *
 * @param count how many times
 * @param sum of all, microseconds; no more than a long can hold
 * @param least the shortest, microseconds; 0 if there was none
 * @param most the longest, microseconds
 * @param within for each of {@link #BOUNDS} how many took no longer
 */
public record Times(long count, long sum, long least, long most, List<Long> within) {

    /** The bounds of which it is counted how many were within, microseconds: 10 ms to a minute. */
    public static final List<Long> BOUNDS =
            List.of(10_000L, 50_000L, 100_000L, 500_000L, 1_000_000L, 5_000_000L, 10_000_000L, 60_000_000L);

    /** Nothing took any time. */
    public static final Times NONE = new Times(0, 0, 0, 0, Collections.nCopies(BOUNDS.size(), 0L));

    /** Copies the list. */
    public Times {
        within = List.copyOf(within);
    }

    /** With one more; less than nothing is taken for nothing. */
    Times with(long took) {
        long time = Math.max(0, took);
        List<Long> more = new ArrayList<>(within);
        for (int i = 0; i < BOUNDS.size(); i++) {
            if (time <= BOUNDS.get(i)) {
                more.set(i, more.get(i) + 1);
            }
        }
        return new Times(
                count + 1,
                sum + Math.min(time, Long.MAX_VALUE - sum),
                count == 0 ? time : Math.min(least, time),
                Math.max(most, time),
                more);
    }

    /** How long it took on average, microseconds; 0 if it never did. */
    public double average() {
        return count == 0 ? 0 : (double) sum / count;
    }
}
