package dev.dunlin.dht.publish;

import dev.dunlin.core.state.Due;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.Optional;

/**
 * A value that is kept published.
 *
 * @param stored when it was last stored by others; empty if it was not
 * @param tries how often in a row nobody has stored it
 * @param put the number of the operation that stores it; 0 if none does
 * @param at when it is to be stored, microseconds of the node's time; {@link Due#NEVER} while it is being stored
 */
record KeptValue(ValueRecord record, Optional<Stamp> stored, int tries, long put, long at) implements Due {

    static KeptValue of(ValueRecord record, long at) {
        return new KeptValue(record, Optional.empty(), 0, 0, at);
    }

    KeptValue storing(long number) {
        return new KeptValue(record, stored, tries, number, NEVER);
    }

    KeptValue later(long time) {
        return new KeptValue(record, stored, tries, put, time);
    }

    KeptValue missed(long next) {
        return new KeptValue(record, stored, tries + 1, 0, next);
    }

    KeptValue stored(Stamp now, long next) {
        return new KeptValue(record, Optional.of(now), 0, 0, next);
    }

    /** With the operation of the last run forgotten. */
    KeptValue booted(long now) {
        return put == 0 ? this : new KeptValue(record, stored, tries, 0, now);
    }

    /** When it is to be stored, as the clocks say now; what has failed is tried at its time. */
    KeptValue awaiting(long offset, long interval) {
        return put != 0 || tries > 0 || stored.isEmpty()
                ? this
                : later(stored.get().since(offset) + interval);
    }
}
