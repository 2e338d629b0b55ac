package dev.dunlin.core.sim;

/**
 * The clocks of one simulated node: one that only runs forward, a little too fast or too slow, and the wall clock, which is ahead or
 * behind and can be stepped. All in microseconds.
 */
final class SimClock {

    private static final long SECOND = 1_000_000;

    private final long skew;
    private final int drift;
    private long steps;

    /**
     * Clocks that run wrongly from the beginning.
     *
     * @param skew how far the wall clock is ahead
     * @param drift what both gain in a second; less than a second
     */
    SimClock(long skew, int drift) {
        this.skew = skew;
        this.drift = drift;
    }

    /** What the clock says that is never stepped, at the world's time. */
    long monotonic(long world) {
        return world + gained(world, SECOND);
    }

    // For so much of a time in which the drift is gained; the two parts so that nothing overflows.
    private long gained(long time, long inTime) {
        return time / inTime * drift + Math.floorDiv(time % inTime * drift, inTime);
    }

    /** The first of the world's times at which {@link #monotonic} says so, or more. */
    long world(long monotonic) {
        if (monotonic > Long.MAX_VALUE / SECOND / 2 * (SECOND + drift)) {
            return Long.MAX_VALUE;
        }
        return monotonic - gained(monotonic, SECOND + drift);
    }

    /** What the wall clock says at the world's time, since the Unix epoch. */
    long wall(long world) {
        return World.BEGINNING + skew + monotonic(world) + steps;
    }

    /** Steps the wall clock. */
    void step(long by) {
        steps += by;
    }
}
