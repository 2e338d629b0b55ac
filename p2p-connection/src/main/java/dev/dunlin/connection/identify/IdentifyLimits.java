package dev.dunlin.connection.identify;

/**
 * What is taken from one peer's identify messages. Bytes and messages beyond their limit make all of it malformed; entries
 * beyond theirs are skipped and counted.
 *
 * @param messageBytes the longest message, without its length; 1 to 65536
 * @param messages the most messages that are merged, at least 1
 * @param protocols the most protocol ids
 * @param textBytes the longest protocol id, protocol version or agent version, in bytes of UTF-8
 * @param addresses the most listen addresses
 * @param keptBytes the most bytes of protocol ids and listen addresses together
 */
public record IdentifyLimits(
        int messageBytes, int messages, int protocols, int textBytes, int addresses, int keptBytes) {

    /** go-libp2p's: 10 messages of 8 KiB, 1024 protocols, 500 addresses; texts and sum are ours. */
    public static final IdentifyLimits DEFAULT = new IdentifyLimits(8192, 10, 1024, 256, 500, 16384);

    private static final int MAX_MESSAGE_BYTES = 65536;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a limit is out of its range
     */
    public IdentifyLimits {
        if (messageBytes < 1 || messageBytes > MAX_MESSAGE_BYTES || messages < 1) {
            throw new IllegalArgumentException("an identify limit is out of range: messages have 1 to "
                    + MAX_MESSAGE_BYTES + " bytes and are at least one, not " + messageBytes + " and " + messages);
        }
        if (protocols < 0 || textBytes < 0 || addresses < 0 || keptBytes < 0) {
            throw new IllegalArgumentException("an identify limit is not negative");
        }
    }
}
