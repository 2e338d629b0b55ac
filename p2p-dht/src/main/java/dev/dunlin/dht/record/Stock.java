package dev.dunlin.dht.record;

import java.util.Optional;

/**
 * How much a store of records holds.
 *
 * @param values how many values
 * @param valueBytes bytes of them, with their keys
 * @param senders how many peers have sent them
 * @param providers how many provider records
 * @param keys how many keys they are of
 * @param peers how many peers they are of
 * @param fileBytes bytes of the file, and of what is to be written into it; 0 if it is in memory
 * @param oldestValue when the oldest value came; empty if there is none
 * @param oldestProvider when the oldest provider record came; empty if there is none
 */
public record Stock(
        int values,
        long valueBytes,
        int senders,
        int providers,
        int keys,
        int peers,
        long fileBytes,
        Optional<Age> oldestValue,
        Optional<Age> oldestProvider) {

    /** Nothing. */
    public static final Stock NONE = new Stock(0, 0, 0, 0, 0, 0, 0, Optional.empty(), Optional.empty());

    /**
     * When something came.
     *
     * @param received microseconds of the node's time
     * @param receivedWall the same by the wall clock
     */
    public record Age(long received, long receivedWall) implements Received {

        static Age of(Received what) {
            return new Age(what.received(), what.receivedWall());
        }
    }

    Optional<Age> oldest(RecordKind kind) {
        return switch (kind) {
            case VALUES -> oldestValue;
            case PROVIDERS -> oldestProvider;
        };
    }
}
