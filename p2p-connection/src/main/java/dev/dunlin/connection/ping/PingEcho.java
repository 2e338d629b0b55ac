package dev.dunlin.connection.ping;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The answering side of a ping stream (libp2p/specs ping/ping.md): every 32 bytes are sent back when they are whole.
 * Holds at most {@link #BALL} - 1 bytes. Not thread-safe.
 */
public final class PingEcho {

    /** The size of a ball, in bytes. */
    public static final int BALL = 32;

    private final byte[] partial = new byte[BALL];
    private int size;

    /**
     * Takes the next bytes, all of them.
     *
     * @return the balls that are now whole, one behind the other, to be written; at most {@link #BALL} - 1 bytes more
     *     than were given
     */
    public byte[] feed(ByteBuffer bytes) {
        int whole = (size + bytes.remaining()) / BALL * BALL;
        if (whole == 0) {
            int count = bytes.remaining();
            bytes.get(partial, size, count);
            size += count;
            return new byte[0];
        }
        byte[] echoed = Arrays.copyOf(Arrays.copyOf(partial, size), whole);
        bytes.get(echoed, size, whole - size);
        size = bytes.remaining();
        bytes.get(partial, 0, size);
        return echoed;
    }

    /** How many bytes of an incomplete ball are held, 0 to 31; at the stream's end they are dropped. */
    public int pending() {
        return size;
    }
}
