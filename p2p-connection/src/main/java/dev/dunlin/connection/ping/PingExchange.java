package dev.dunlin.connection.ping;

import java.nio.ByteBuffer;

/** One ping and its pong, on the asking side of a stream (libp2p/specs ping/ping.md). Not thread-safe. */
public final class PingExchange {

    /** The size of a ping, and of its pong, which is the same bytes. */
    public static final int BYTES = 32;

    private final byte[] ping;
    private final long sentAt;
    private int received;

    /**
     * A ping that is sent now, microseconds on the caller's monotonic clock.
     *
     * @throws IllegalArgumentException if the bytes are not 32
     */
    public PingExchange(byte[] ping, long now) {
        if (ping.length != BYTES) {
            throw new IllegalArgumentException("a ping has " + BYTES + " bytes, not " + ping.length);
        }
        this.ping = ping.clone();
        this.sentAt = now;
    }

    /** Takes the next bytes; false if they are others than were sent, or more: the stream is of no more use then. */
    public boolean feed(ByteBuffer bytes) {
        int count = Math.min(bytes.remaining(), BYTES - received);
        boolean isRight = bytes.equals(ByteBuffer.wrap(ping, received, count));
        received += isRight ? count : 0;
        return isRight;
    }

    /** Whether the pong is whole. */
    public boolean isDone() {
        return received == BYTES;
    }

    /** How long after the ping it is now, on the same clock; microseconds, not negative. */
    public long rtt(long now) {
        return Math.max(0, now - sentAt);
    }
}
