package dev.dunlin.connection.ping;

import java.nio.ByteBuffer;

/**
 * The asking side of a ping stream (libp2p/specs ping/ping.md): one ball of 32 bytes is out at a time, and must come
 * back unchanged. Not thread-safe.
 */
public final class PingThrow {

    private final byte[] ball = new byte[PingEcho.BALL];
    private long thrownAt;
    private int back = PingEcho.BALL;

    /** What bytes from the stream mean. */
    public sealed interface Outcome {

        /** The ball is not yet back whole. */
        record Waiting() implements Outcome {}

        /**
         * The ball is back.
         *
         * @param rttMicros from throw to catch, in microseconds, not negative
         */
        record Caught(long rttMicros) implements Outcome {}

        /** Other bytes than were thrown, or more: the stream is of no more use. */
        record Wrong() implements Outcome {}
    }

    /**
     * Throws the next ball.
     *
     * @param bytes 32 random bytes, which the caller writes to the stream
     * @param now microseconds on the caller's monotonic clock
     * @throws IllegalArgumentException if they are not 32
     * @throws IllegalStateException if the last ball is still out
     */
    public void begin(byte[] bytes, long now) {
        if (bytes.length != PingEcho.BALL) {
            throw new IllegalArgumentException("a ball has " + PingEcho.BALL + " bytes, not " + bytes.length);
        }
        if (isOut()) {
            throw new IllegalStateException("a ball is thrown when the last one is back, not before");
        }
        System.arraycopy(bytes, 0, ball, 0, bytes.length);
        thrownAt = now;
        back = 0;
    }

    /** Whether a ball is out. */
    public boolean isOut() {
        return back < PingEcho.BALL;
    }

    /**
     * Takes the next bytes.
     *
     * @param now microseconds on the same clock
     */
    public Outcome feed(ByteBuffer bytes, long now) {
        if (!bytes.hasRemaining()) {
            return new Outcome.Waiting();
        }
        while (bytes.hasRemaining() && isOut()) {
            if (bytes.get() != ball[back]) {
                return new Outcome.Wrong();
            }
            back++;
        }
        if (bytes.hasRemaining()) {
            return new Outcome.Wrong();
        }
        return isOut() ? new Outcome.Waiting() : new Outcome.Caught(Math.max(0, now - thrownAt));
    }
}
