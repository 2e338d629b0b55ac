package dev.dunlin.connection.noise;

/**
 * What one secured connection may cost.
 *
 * @param maxPayloadBytes the longest handshake payload (identity key, signature, extensions) that is read, 0 to 65535;
 *     an RSA key of 8192 bits takes about 2100
 * @param maxEmptyFrames how many transport frames without content may follow one another, at least 0; the next one
 *     fails the connection
 * @param handshakeMicros how long the handshake may take from its beginning, in microseconds, above 0
 */
public record NoiseLimits(int maxPayloadBytes, int maxEmptyFrames, long handshakeMicros) {

    /** 8192 bytes, 64 frames, 10 seconds. */
    public static final NoiseLimits DEFAULT = new NoiseLimits(8192, 64, 10_000_000);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public NoiseLimits {
        if (maxPayloadBytes < 0 || maxPayloadBytes > Frame.MAX_BODY) {
            throw new IllegalArgumentException(
                    "maxPayloadBytes is 0 to " + Frame.MAX_BODY + ", not " + maxPayloadBytes);
        }
        if (maxEmptyFrames < 0) {
            throw new IllegalArgumentException("maxEmptyFrames is at least 0, not " + maxEmptyFrames);
        }
        if (handshakeMicros <= 0) {
            throw new IllegalArgumentException("handshakeMicros is above 0, not " + handshakeMicros);
        }
    }
}
