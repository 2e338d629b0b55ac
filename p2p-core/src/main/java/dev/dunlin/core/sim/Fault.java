package dev.dunlin.core.sim;

/**
 * Something that goes wrong, at a time in microseconds after the world's beginning. Whatever a fault does is over when the
 * plan's phase of faults is.
 */
public sealed interface Fault {

    /** When it begins, microseconds after the world's beginning. */
    long at();

    /**
     * A node's process ends and comes back from what of its log is left.
     *
     * @param node which
     * @param at from then on
     * @param down microseconds until it boots again, at least 1
     * @param effects how many effects it still carries out from then on before it dies; 0 for at once
     * @param power whether the power goes: peers are not told, and of what is not forced to disk only a part is left
     * @param kept of those inputs that are not forced to disk, how many in a thousand are left; the next is torn
     */
    record Crash(int node, long at, long down, int effects, boolean power, int kept) implements Fault {
        /** Checks the ranges. */
        public Crash {
            if (down < 1 || effects < 0 || kept < 0 || kept > 1000) {
                throw new IllegalArgumentException(
                        "a crash lasts a microsecond at least, and keeps 0 to 1000 in a thousand, not " + kept);
            }
        }
    }

    /**
     * No message passes between two sides.
     *
     * @param side the nodes of one side, as bits of their numbers modulo 64
     * @param at from then on
     * @param until to then
     * @param oneWay whether messages still pass towards the side
     * @param flap if not 0, it comes and goes, each so many microseconds
     */
    record Partition(long side, long at, long until, boolean oneWay, long flap) implements Fault {
        /** Checks the range. */
        public Partition {
            if (flap < 0) {
                throw new IllegalArgumentException("a partition flaps in microseconds, not in " + flap);
            }
        }
    }

    /** All connections between two nodes break. */
    record Cut(int one, int other, long at) implements Fault {}

    /** What two nodes send one another is held back until a time. */
    record Stall(int one, int other, long at, long until) implements Fault {}

    /**
     * A node takes long for each input.
     *
     * @param each microseconds an input, at least 1
     */
    record Slow(int node, long at, long until, long each) implements Fault {
        /** Checks the range. */
        public Slow {
            if (each < 1) {
                throw new IllegalArgumentException(
                        "a slow node takes a microsecond at least for an input, not " + each);
            }
        }
    }

    /** A node's wall clock is stepped by microseconds; its own time runs on. */
    record ClockStep(int node, long at, long by) implements Fault {}

    /**
     * A node's clock runs wrongly from the beginning.
     *
     * @param skew microseconds that it is ahead
     * @param drift microseconds that it gains in a second
     */
    record Skew(int node, long skew, int drift) implements Fault {
        private static final int SECOND = 1_000_000;

        /** Checks the range. */
        public Skew {
            if (Math.abs((long) drift) >= SECOND) {
                throw new IllegalArgumentException(
                        "a clock gains or loses less than a second in a second, not " + drift + " microseconds");
            }
        }

        @Override
        public long at() {
            return 0;
        }
    }
}
