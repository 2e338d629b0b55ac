package dev.dunlin.connection.noise;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Holds the one frame that has begun to arrive but is not whole. What it allocates grows with the bytes that came, never
 * with the length that was announced, and is at most twice what came. Once the frame is done with, next to nothing is kept:
 * arrays of a whole frame are lent by {@link FrameBuffers}, so that under load they go from frame to frame.
 */
final class FrameAssembler {

    /** An array of so many bytes is kept between frames. */
    private static final int KEPT_BYTES = 256;

    private static final byte[] NONE = new byte[0];

    private final FrameBuffers buffers;
    private final byte[] header = new byte[Frame.HEADER];
    private int headerFilled;
    private byte[] body = NONE;
    private int filled;

    /** An assembler that holds nothing. */
    FrameAssembler(FrameBuffers buffers) {
        this.buffers = buffers;
    }

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
        makeRoom(filled + taken);
        in.get(body, filled, taken);
        filled += taken;
        return filled == length;
    }

    private void makeRoom(int needed) {
        if (needed <= body.length) {
            return;
        }
        byte[] larger = larger(needed);
        System.arraycopy(body, 0, larger, 0, filled);
        letGo();
        body = larger;
    }

    private byte[] larger(int needed) {
        if (needed <= KEPT_BYTES) {
            return new byte[KEPT_BYTES];
        }
        // One that is kept already costs nothing, however few bytes came.
        Optional<byte[]> lent = buffers.lend();
        if (lent.isPresent()) {
            return lent.get();
        }
        return new byte[2 * needed >= FrameBuffers.SIZE ? FrameBuffers.SIZE : Math.min(length(), 2 * needed)];
    }

    private void letGo() {
        if (body.length == FrameBuffers.SIZE) {
            buffers.giveBack(body, filled);
        }
        body = NONE;
    }

    /** The whole body, at the front of an array that may be longer. */
    byte[] body() {
        return body;
    }

    /** Makes room for the next frame; the content of the last is gone. */
    void clear() {
        if (body.length > KEPT_BYTES) {
            letGo();
        }
        headerFilled = 0;
        filled = 0;
    }

    /** How many bytes are held or lent, for the test of the bound. */
    int capacity() {
        return body.length;
    }

    /** Zeroes and gives up the memory. */
    void destroy() {
        Arrays.fill(body, 0, filled, (byte) 0);
        letGo();
        clear();
    }
}
