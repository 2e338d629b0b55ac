package dev.dunlin.node.stepper;

import java.util.Arrays;

/**
 * How many inputs came when, in stretches of equal length: counted in one pass, in bounded room whatever the length of the log.
 */
public final class Density {

    private static final int STRETCHES = 4096;

    private final long[] inputs = new long[STRETCHES];
    private final long[] rejected = new long[STRETCHES];
    private long begin;
    private long end;
    // How many microseconds a stretch has.
    private long micros = 1;
    private boolean isEmpty = true;

    /** Counts one; times do not go back. */
    public void add(long at, boolean isRejected) {
        if (isEmpty) {
            begin = at;
            end = at;
            isEmpty = false;
        }
        end = Math.max(end, at);
        while ((end - begin) / micros >= STRETCHES) {
            halve(inputs);
            halve(rejected);
            micros *= 2;
        }
        int stretch = (int) ((Math.max(at, begin) - begin) / micros);
        inputs[stretch]++;
        if (isRejected) {
            rejected[stretch]++;
        }
    }

    // Two stretches become one.
    private static void halve(long[] counts) {
        for (int i = 0; i < STRETCHES / 2; i++) {
            counts[i] = counts[2 * i] + counts[2 * i + 1];
        }
        Arrays.fill(counts, STRETCHES / 2, STRETCHES, 0);
    }

    /** The inputs in each of so many columns between the first and the last. */
    public long[] inputs(int columns) {
        return columns(inputs, columns);
    }

    /** The inputs of them that something was rejected of. */
    public long[] rejected(int columns) {
        return columns(rejected, columns);
    }

    private long[] columns(long[] counts, int columns) {
        long[] sums = new long[columns];
        for (int i = 0; i < STRETCHES; i++) {
            if (counts[i] > 0) {
                sums[column(begin + i * micros, columns)] += counts[i];
            }
        }
        return sums;
    }

    /** In which of so many columns a time lies. */
    public int column(long at, int columns) {
        long all = Math.max(1, end - begin);
        double part = (double) (Math.clamp(at, begin, end) - begin) / all;
        return Math.min(columns - 1, (int) (part * columns));
    }

    /** When the first came, in microseconds of the node's time. */
    public long begin() {
        return begin;
    }

    /** When the last came. */
    public long end() {
        return end;
    }
}
