package dev.dunlin.connection.noise;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Holds the one frame that has begun to arrive but is not whole. Its memory grows with the bytes that came, never with
 * the length that was announced, and is at most twice what came.
 */
final class FrameAssembler {

    private static final int FIRST_BYTES = 256;
    private static final byte[] NONE = new byte[0];

    private final byte[] header = new byte[Frame.HEADER];
    private int headerFilled;
    private byte[] body = NONE;
    private int filled;

    /** Whether no byte of a frame is held. */
    boolean isEmpty() {
        return headerFilled == 0;
    }

    /** Whether the length is known. */
    boolean hasLength() {
        return headerFilled == Frame.HEADER;
    }

    /** The announced length of the body; only when {@link #hasLength}. */
    int length() {
        return Frame.length(header[0], header[1]);
    }

    /** The first byte of the length; only when not {@link #isEmpty}. */
    byte firstByte() {
        return header[0];
    }

    /** How many bytes of header and body are held. */
    int held() {
        return headerFilled + filled;
    }

    /** Takes bytes of the length, as far as there are any; true when the length is known. */
    boolean takeHeader(ByteBuffer in) {
        while (headerFilled < Frame.HEADER && in.hasRemaining()) {
            header[headerFilled] = in.get();
            headerFilled++;
        }
        return hasLength();
    }

    /** Takes bytes of the body, as far as there are any; true when it is whole. Only when {@link #hasLength}. */
    boolean takeBody(ByteBuffer in) {
        int length = length();
        int taken = Math.min(length - filled, in.remaining());
        int needed = filled + taken;
        if (needed > body.length) {
            body = Arrays.copyOf(body, needed == length ? length : Math.min(length, Math.max(FIRST_BYTES, 2 * needed)));
        }
        in.get(body, filled, taken);
        filled = needed;
        return filled == length;
    }

    /** The whole body, at the front of an array that may be longer. */
    byte[] body() {
        return body;
    }

    /** Makes room for the next frame; the memory is kept for it. */
    void clear() {
        headerFilled = 0;
        filled = 0;
    }

    /** How many bytes are allocated, for the test of the bound. */
    int capacity() {
        return body.length;
    }

    /** Zeroes and gives up the memory. */
    void destroy() {
        clear();
        Arrays.fill(body, (byte) 0);
        body = NONE;
    }
}
