package dev.dunlin.dht.wire;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.time.Rfc3339;
import java.util.Optional;

/**
 * A value under its key, as messages carry it (libp2p/specs kad-dht/README.md, "Entry validation"). Whether it is valid is for the
 * validator of its namespace to say.
 *
 * @param key what it is stored under, 1 to {@link KadQuestion#MAX_KEY} bytes
 * @param value at most {@link #MAX_VALUE} bytes
 * @param timeReceived when who sends it received it, in microseconds since the Unix epoch; who stores it sets its own
 */
public record ValueRecord(Bytes key, Bytes value, Optional<Long> timeReceived) {

    /** The longest value, in bytes. No specification bounds it; rust-libp2p stores up to 65 KiB. */
    public static final int MAX_VALUE = 1 << 20;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if key, value or time are out of theirs
     */
    public ValueRecord {
        Checks.key(key, KadQuestion.MAX_KEY);
        if (value.size() > MAX_VALUE) {
            throw new IllegalArgumentException("a value has at most " + MAX_VALUE + " bytes, not " + value.size());
        }
        if (timeReceived.isPresent()) {
            Rfc3339.formatMicros(timeReceived.get());
        }
    }

    /** Without a time. */
    public static ValueRecord of(Bytes key, Bytes value) {
        return new ValueRecord(key, value, Optional.empty());
    }
}
