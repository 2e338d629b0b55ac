package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.core.state.Bytes;
import java.util.HexFormat;

/**
 * An entry of the trail. Each has the hash of the one before, so that none can be changed, left out or moved without a mark.
 *
 * @param number 1 for the first, and one more for each
 * @param at when, by the wall clock, in microseconds
 * @param event what has happened
 * @param hash of all of this and the hash of the entry before
 */
public record Entry(long number, long at, Event event, Bytes hash) {

    /** The next behind a head. */
    static Entry behind(Head head, long at, Event event) {
        return new Entry(head.number() + 1, at, event, hash(head.hash(), head.number() + 1, at, event));
    }

    /** Whether it is the next behind a head, unchanged. */
    public boolean isBehind(Head head) {
        return number == head.number() + 1 && hash.equals(hash(head.hash(), number, at, event));
    }

    /** The head of a trail that it ends. */
    public Head head() {
        return new Head(number, hash);
    }

    private static Bytes hash(Bytes before, long number, long at, Event event) {
        return Hashes.sha256(
                HexFormat.of().formatHex(before.toArray()) + '\n' + number + '\n' + at + '\n' + event.canonical());
    }
}
