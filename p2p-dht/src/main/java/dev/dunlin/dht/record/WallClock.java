package dev.dunlin.dht.record;

/**
 * What is known of the wall clock.
 *
 * @param offset how far it is ahead of the node's time, microseconds; negative if it is behind
 * @param believedAt from when on it is believed, microseconds of the node's time: it may have been wrong at a boot or a step, and be set
 *     right soon
 */
public record WallClock(long offset, long believedAt) {

    /** Before the first boot. */
    static final WallClock INITIAL = new WallClock(0, 0);

    /**
     * The begin of the year 9000, microseconds since the Unix epoch. A clock beyond it is read as this: for a thousand years there is a
     * text of each time then, as messages have it.
     */
    private static final long LAST = 221_845_392_000_000_000L;

    /** As it is once it says another time than it would have said. */
    static WallClock stepped(long now, long wallTime, long grace) {
        return new WallClock(Math.clamp(wallTime, 0, LAST) - now, now + grace);
    }

    /** What it says at a node's time. */
    Moment at(long now) {
        return new Moment(now, now + offset, now >= believedAt);
    }

    /**
     * When something is surely older than an age, microseconds of the node's time.
     *
     * @see Moment#isSurelyOlder
     */
    long whenSurelyOlder(Received what, long age) {
        return Math.min(sum(what.received(), age), Math.max(believedAt, sum(sum(what.receivedWall(), age), -offset)));
    }

    // A damaged file may give any time.
    private static long sum(long one, long other) {
        long sum = one + other;
        boolean isOver = ((one ^ sum) & (other ^ sum)) < 0;
        return isOver ? one < 0 ? Long.MIN_VALUE : Long.MAX_VALUE : sum;
    }
}
