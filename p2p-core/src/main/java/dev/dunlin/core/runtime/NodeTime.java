package dev.dunlin.core.runtime;

import dev.dunlin.core.store.NodeAction;
import java.util.Optional;

/**
 * The node's time: it goes on from where the last run ended, and runs as a clock runs that is never stepped. What the wall clock
 * says besides is an offset to it, corrected when the system clock is stepped or the machine has slept. Pure: whoever drives it
 * reads the clocks. All in microseconds.
 */
public final class NodeTime {

    private static final long STEP = 500_000;
    private static final long CHECK_EVERY = 1_000_000;

    private final long base;
    private final long monotonicBase;
    private long offset;
    private long nextCheck;

    /**
     * The time of a run.
     *
     * @param last the node's time of the last input of earlier runs; 0 if there was none: then time begins at the wall clock
     * @param wall what the wall clock says, since the Unix epoch
     * @param monotonic what a clock says that only runs forward
     */
    public NodeTime(long last, long wall, long monotonic) {
        this.base = last == 0 ? wall : last;
        this.monotonicBase = monotonic;
        this.offset = wall - base;
        this.nextCheck = monotonic + CHECK_EVERY;
    }

    /** The node's time when the monotonic clock says so. */
    public long at(long monotonic) {
        return base + (monotonic - monotonicBase);
    }

    /** What the monotonic clock says at a node's time. */
    public long monotonic(long at) {
        return at - base + monotonicBase;
    }

    /** Whether the wall clock is to be read again: once in each whole second of the run. */
    public boolean checks(long monotonic) {
        return monotonic >= nextCheck;
    }

    /** What the monotonic clock says when the wall clock is to be read next. */
    public long nextCheck() {
        return nextCheck;
    }

    /** The last whole second of the run, by the monotonic clock: then a node that is idle looked at the wall clock. */
    public long lastSecond(long monotonic) {
        return monotonic - Math.floorMod(monotonic - monotonicBase, CHECK_EVERY);
    }

    /** Compares the wall clock with what it was; the input to take if it was stepped by half a second or more. */
    public Optional<NodeAction.ClockStepped> check(long monotonic, long wall) {
        nextCheck = lastSecond(monotonic) + CHECK_EVERY;
        long now = wall - at(monotonic);
        if (Math.abs(now - offset) < STEP) {
            return Optional.empty();
        }
        offset = now;
        return Optional.of(new NodeAction.ClockStepped(wall, now));
    }
}
