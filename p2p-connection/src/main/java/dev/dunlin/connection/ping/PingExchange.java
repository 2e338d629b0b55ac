package dev.dunlin.connection.ping;

import java.nio.ByteBuffer;

/** The asking side of a ping stream (libp2p/specs ping/ping.md), one ping at a time. Not thread-safe. */
public final class PingExchange {

    /** The size of a ping, and of its pong, which is the same bytes. */
    public static final int BYTES = 32;

    private byte[] awaited = {};
    private int received;
    private long sentAt;

    /**
     * A ping of 32 random bytes is sent now, microseconds on the caller's monotonic clock.
     *
     * @throws IllegalArgumentException if they are not 32
     * @throws IllegalStateException if the last pong is still awaited
     */
    public void begin(byte[] bytes, long now) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a ping has " + BYTES + " bytes, not " + bytes.length);
        }
        if (isWaiting()) {
            throw new IllegalStateException("a ping is sent when the last pong is there, not before");
        }
        awaited = bytes.clone();
        received = 0;
        sentAt = now;
    }

    /** Whether a pong is awaited, or the rest of one. */
    public boolean isWaiting() {
        return received < awaited.length;
    }

    /** Takes the next bytes; false if they are others than were sent, or more: the stream is of no more use then. */
    public boolean feed(ByteBuffer bytes) {
        int count = Math.min(bytes.remaining(), awaited.length - received);
        boolean isRight = bytes.equals(ByteBuffer.wrap(awaited, received, count));
        received += isRight ? count : 0;
        return isRight;
    }

    /** How long after the ping it is now, on the same clock; microseconds, not negative. */
    public long rtt(long now) {
        return Math.max(0, now - sentAt);
    }
}
