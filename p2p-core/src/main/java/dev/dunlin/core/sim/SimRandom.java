package dev.dunlin.core.sim;

/**
 * Random numbers from keys: what is drawn for one purpose does not move when another draws more or less. SplitMix64
 * (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014). Not thread-safe.
 */
public final class SimRandom {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;

    private SimRandom(long state) {
        this.state = state;
    }

    /** The random numbers of some keys, such as a seed, a purpose and a node. */
    public static SimRandom of(long... keys) {
        long state = GOLDEN;
        for (long key : keys) {
            state = mix(state + GOLDEN) ^ mix(key + GOLDEN);
        }
        return new SimRandom(mix(state));
    }

    /** 64 uniform bits. */
    public long next() {
        state += GOLDEN;
        return mix(state);
    }

    /**
     * A uniform number from 0 up to the bound, that one excluded.
     *
     * @throws IllegalArgumentException if the bound is not positive
     */
    public int below(int bound) {
        return (int) below((long) bound);
    }

    /** As {@link #below(int)}. */
    public long below(long bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("a bound is positive, not " + bound);
        }
        return Math.unsignedMultiplyHigh(next(), bound);
    }

    /** A uniform number from the one to the other, both included. */
    public long between(long least, long greatest) {
        return least + below(greatest - least + 1);
    }

    /** True with a probability of so many in a thousand. */
    public boolean permille(int chance) {
        return below(1000) < chance;
    }

    /** A number of an exponential distribution of this mean, at least 1. */
    public long exponential(long mean) {
        return Math.max(1, (long) (-StrictMath.log(unit()) * mean));
    }

    /** A uniform number above 0, up to 1. */
    double unit() {
        return ((next() >>> 11) + 1) * 0x1.0p-53;
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
