package dev.dunlin.dht.publish;

import dev.dunlin.dht.key.Key;
import java.util.Optional;

/**
 * How far it is in publishing all keys again: it goes once through the id space in each interval, and a key is due when it comes by. So the
 * work is spread evenly over the interval whatever there is to publish, and where it stands is one id.
 *
 * @param begun when the round began
 * @param offset how far the wall clock is ahead of the node's time, microseconds
 * @param done the last id that has had its turn; empty at the begin of a round
 */
record Round(Stamp begun, long offset, Optional<Key> done) {

    static final Round NEW = new Round(new Stamp(0, 0), 0, Optional.empty());

    /** When a key is due in a round that began at this time of the node. */
    static long due(long begun, Key key, long interval) {
        return begun + (long) (key.fraction() * interval);
    }

    /** When a key of this round is due. */
    long due(Key key, long interval) {
        return due(begun.since(offset), key, interval);
    }

    Round stepped(long changed) {
        return new Round(begun, changed, done);
    }

    Round done(Key last) {
        return new Round(begun, offset, Optional.of(last));
    }

    /** The round after this one. It began when this one was to end, but not before now: what was missed while the node was off is published once. */
    Round next(long now, long interval) {
        long at = Math.max(begun.since(offset) + interval, now);
        return new Round(new Stamp(at, at + offset), offset, Optional.empty());
    }
}
