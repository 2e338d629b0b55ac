package dev.dunlin.connection.multistream;

/**
 * What one negotiation may cost.
 *
 * @param maxMessageBytes the longest message either way, its newline counted, 1 to 16383 (what a length of two bytes
 *     can say); go, js and jvm-libp2p take 1024
 * @param maxRefusals how many proposals (or {@code ls}) one negotiation may see answered without agreement, at least 0;
 *     the next one fails it
 * @param deadlineMicros how long the negotiation may take from its beginning, in microseconds, above 0
 */
public record MultistreamLimits(int maxMessageBytes, int maxRefusals, long deadlineMicros) {

    /** 1024 bytes, 16 refusals, 10 seconds. */
    public static final MultistreamLimits DEFAULT = new MultistreamLimits(1024, 16, 10_000_000);

    /** The largest length that a varint of two bytes holds. */
    static final int MAX_LENGTH = 0x3FFF;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public MultistreamLimits {
        if (maxMessageBytes < 1 || maxMessageBytes > MAX_LENGTH) {
            throw new IllegalArgumentException("maxMessageBytes is 1 to " + MAX_LENGTH + ", not " + maxMessageBytes);
        }
        if (maxRefusals < 0) {
            throw new IllegalArgumentException("maxRefusals is at least 0, not " + maxRefusals);
        }
        if (deadlineMicros <= 0) {
            throw new IllegalArgumentException("deadlineMicros is above 0, not " + deadlineMicros);
        }
    }
}
