package dev.dunlin.dht.record;

import dev.dunlin.dht.time.Rfc3339;

/**
 * A time, by both clocks. The node's time is never wrong, and does not count while the node is off or asleep, so by it a thing is at least so
 * old. The wall clock counts always, and may be wrong.
 *
 * @param now microseconds of the node's time
 * @param wall what the wall clock says, microseconds since the Unix epoch
 * @param isBelieved whether the wall clock has run for a while without a boot or a step
 */
public record Moment(long now, long wall, boolean isBelieved) {

    /** Whether something is of an age by one of the clocks: then it is not told. While the clock is wrong this may be too careful. */
    boolean isOlder(Received what, long age) {
        return isSince(now, what.received(), age) || isSince(wall, what.receivedWall(), age);
    }

    /** Whether something is of an age by the node's time, or by a wall clock that is believed: then it may go. */
    boolean isSurelyOlder(Received what, long age) {
        return isSince(now, what.received(), age) || isBelieved && isSince(wall, what.receivedWall(), age);
    }

    // A damaged file may give any time: what lies too far back for a number is older than anything.
    private static boolean isSince(long now, long then, long age) {
        return now >= then && (now - then >= age || now - then < 0);
    }

    /**
     * When something came, as others are told, microseconds since the Unix epoch. What came while the wall clock was ahead is told to
     * have come when the node's time says, and so is never of the future. A time of which there is no text, as of a damaged file, is told
     * as the nearest of which there is one.
     */
    long told(Received what) {
        return Rfc3339.nearestMicros(Math.min(what.receivedWall(), wall - (now - what.received())));
    }
}
