package dev.dunlin.node.bench;

import java.util.Arrays;
import java.util.Locale;

/** Round trips as they are measured, until somebody takes them. Thread-safe. */
final class Latencies {

    private long[] nanos = new long[1 << 12];
    private int count;

    /**
     * What some round trips were like, in milliseconds; NaN where there was none.
     *
     * @param count how many there were
     */
    record Spread(int count, double p50, double p99, double max) {

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "p50 %.2f, p99 %.2f, max %.2f ms (%d)", p50, p99, max, count);
        }
    }

    synchronized void add(long round) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = round;
    }

    /** What was measured since the last time. */
    synchronized Spread take() {
        long[] sorted = Arrays.copyOf(nanos, count);
        count = 0;
        Arrays.sort(sorted);
        return new Spread(sorted.length, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(long[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
    }
}
