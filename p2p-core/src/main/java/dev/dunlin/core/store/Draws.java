package dev.dunlin.core.store;

import dev.dunlin.core.state.Hasher;

/**
 * Random numbers for reducers: a keyed function of (run seed, input number, machine, draw), so the same in every replay and
 * unrelated between runs. Good for jitter and choice; never for secrets.
 */
public final class Draws {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long machine;
    private long seed;
    private long input;
    private long draw;
    private long turn = -1;

    /** The draws of one machine, by the hash of its name. */
    Draws(String machine) {
        this.machine = new Hasher().putString(machine).finish().low();
    }

    /** Turns to an input; within one turn of the store, the draws go on. A boot in its midst changes the seed. */
    void turnTo(long runSeed, long number, long turnOfStore) {
        if (turn != turnOfStore || seed != runSeed) {
            seed = runSeed;
            input = number;
            turn = turnOfStore;
            draw = 0;
        }
    }

    /** 64 uniform bits. */
    public long nextLong() {
        draw++;
        long mixed = mix(seed + GOLDEN * input);
        mixed = mix(mixed ^ machine);
        return mix(mixed + GOLDEN * draw);
    }

    /**
     * A uniform number from 0 up to the bound, that one excluded.
     *
     * @throws IllegalArgumentException if the bound is not positive
     */
    public long nextLong(long bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("a bound is positive, not " + bound);
        }
        // Lemire's multiplication: the bias is below 2^-63 * bound, of no matter to jitter and choice.
        return Math.unsignedMultiplyHigh(nextLong(), bound);
    }

    /** As {@link #nextLong(long)}, for small bounds. */
    public int nextInt(int bound) {
        return (int) nextLong(bound);
    }

    /** A uniform number of 53 bits from 0 up to 1, that one excluded. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    // splitmix64's finaliser.
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
