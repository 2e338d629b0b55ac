package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.core.state.Bytes;

/**
 * The end of a trail.
 *
 * @param number of its last entry; 0 if there is none
 * @param hash of that
 */
public record Head(long number, Bytes hash) {

    /** Of a trail without entries. */
    public static final Head NONE = new Head(0, Bytes.of(new byte[32]));
}
