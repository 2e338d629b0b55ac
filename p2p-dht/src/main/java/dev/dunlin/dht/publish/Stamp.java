package dev.dunlin.dht.publish;

import dev.dunlin.core.store.Context;

/**
 * A time, by both clocks. The node's time is never wrong, and does not count while the node is off; the wall clock counts always, and may be
 * wrong. What has grown old by one of them is published again: too early costs a few messages, too late others forget it.
 *
 * @param at microseconds of the node's time
 * @param wall what the wall clock said then, microseconds since the Unix epoch
 */
record Stamp(long at, long wall) {

    /** The begin of the year 9000, microseconds since the Unix epoch: a clock beyond it is read as this. */
    private static final long LAST = 221_845_392_000_000_000L;

    static Stamp now(Context ctx) {
        return new Stamp(ctx.now(), wall(ctx.wallTime()));
    }

    /** How far a wall clock is ahead of the node's time, microseconds. */
    static long offset(long now, long wallTime) {
        return wall(wallTime) - now;
    }

    private static long wall(long wallTime) {
        return Math.clamp(wallTime, 0, LAST);
    }

    /**
     * The node's time at which it was, by the clock that says it is longer ago.
     *
     * @param offset how far the wall clock is ahead of the node's time now
     */
    long since(long offset) {
        return Math.min(at, wall - offset);
    }
}
