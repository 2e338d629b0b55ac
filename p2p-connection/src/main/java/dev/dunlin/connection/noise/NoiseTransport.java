package dev.dunlin.connection.noise;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Encrypts and decrypts after the handshake: frames of a length of two bytes, big-endian, and up to 65535 bytes of
 * ciphertext (libp2p/specs noise/README.md, "Wire Format"). Ask for the size of the result, give a buffer of that size,
 * get it filled.
 *
 * <p>Buffers with an accessible array on both sides cost no copy, apart from frames that arrive in pieces; others cost
 * one or two through internal buffers of at most 64 KiB each way. Input and output must not share memory. Not
 * thread-safe.
 *
 * <p>After any {@link NoiseException} all keys are zeroed, and each further call fails as closed.
 */
public final class NoiseTransport {

    /** The most plaintext that fits in one frame, in bytes. */
    public static final int MAX_PLAINTEXT = Frame.MAX_BODY - CipherState.TAG;

    /** What a frame adds to its plaintext: length and tag, in bytes. */
    public static final int FRAME_OVERHEAD = Frame.HEADER + CipherState.TAG;

    private static final byte[] NO_DATA = new byte[0];

    private final CipherState sending;
    private final CipherState receiving;
    private final int maxEmptyFrames;
    private final FrameAssembler assembler = new FrameAssembler();
    private byte[] scratch = NO_DATA;
    private int emptyFrames;
    private boolean closed;

    NoiseTransport(CipherState sending, CipherState receiving, NoiseLimits limits) {
        this.sending = sending;
        this.receiving = receiving;
        this.maxEmptyFrames = limits.maxEmptyFrames();
    }

    /**
     * How many bytes {@link #encrypt} makes of so many: one frame for each begun {@link #MAX_PLAINTEXT}, none for none.
     *
     * @throws IllegalArgumentException if the plaintext has a negative length, or one whose result has no {@code int}
     */
    public static int ciphertextSize(int plaintextBytes) {
        long frames = (plaintextBytes + (long) MAX_PLAINTEXT - 1) / MAX_PLAINTEXT;
        long size = plaintextBytes + frames * FRAME_OVERHEAD;
        if (plaintextBytes < 0 || size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("cannot encrypt " + plaintextBytes + " bytes at once: split them");
        }
        return (int) size;
    }

    /**
     * Encrypts all of the first buffer into frames in the second.
     *
     * @throws IllegalArgumentException if the output has not the room of {@link #ciphertextSize}; nothing is done then
     * @throws NoiseException if the connection is closed or its nonces are used up
     */
    public void encrypt(ByteBuffer plain, ByteBuffer out) throws NoiseException {
        checkOpen();
        checkRoom(out, ciphertextSize(plain.remaining()));
        try {
            while (plain.hasRemaining()) {
                encryptFrame(plain, Math.min(plain.remaining(), MAX_PLAINTEXT), out);
            }
        } catch (NoiseException failed) {
            close();
            throw failed;
        }
    }

    private void encryptFrame(ByteBuffer plain, int length, ByteBuffer out) throws NoiseException {
        boolean outArray = out.hasArray();
        if (!(plain.hasArray() && outArray)) {
            growScratch(length + FRAME_OVERHEAD);
        }
        byte[] from = scratch;
        int fromAt = Frame.HEADER;
        if (plain.hasArray()) {
            from = plain.array();
            fromAt = plain.arrayOffset() + plain.position();
            plain.position(plain.position() + length);
        } else {
            plain.get(scratch, fromAt, length);
        }
        byte[] to = outArray ? out.array() : scratch;
        int toAt = outArray ? out.arrayOffset() + out.position() : 0;
        int body = sending.encrypt(NO_DATA, from, fromAt, length, to, toAt + Frame.HEADER);
        Frame.putLength(body, to, toAt);
        if (outArray) {
            out.position(out.position() + Frame.HEADER + body);
        } else {
            out.put(scratch, 0, Frame.HEADER + body);
        }
    }

    /**
     * How many bytes {@link #decrypt} will make of these: the content of all frames that they complete. Takes nothing.
     */
    public int plaintextSize(ByteBuffer in) {
        int at = in.position();
        int end = in.limit();
        int total = 0;
        int held = assembler.held();
        while (held + end - at >= Frame.HEADER) {
            int length = held >= Frame.HEADER
                    ? assembler.length()
                    : Frame.length(held == 1 ? assembler.firstByte() : in.get(at), in.get(at + 1 - held));
            int missing = Frame.HEADER + length - held;
            if (end - at < missing) {
                break;
            }
            total += Math.max(0, length - CipherState.TAG);
            at += missing;
            held = 0;
        }
        return total;
    }

    /**
     * Takes all bytes of the first buffer, which may end anywhere in a frame, and writes the content of all frames that
     * are whole now to the second. The begin of a frame is kept for the next call. Empty frames are passed over.
     *
     * @throws IllegalArgumentException if the output has not the room of {@link #plaintextSize}; nothing is done then
     * @throws NoiseException if a frame is not authentic or too short, too many empty ones follow one another, or the
     *     connection is closed; what was written by this call must then not be used
     */
    public void decrypt(ByteBuffer in, ByteBuffer out) throws NoiseException {
        checkOpen();
        checkRoom(out, plaintextSize(in));
        try {
            while (in.hasRemaining()) {
                if (!decryptWhole(in, out)) {
                    decryptAssembled(in, out);
                }
            }
        } catch (NoiseException failed) {
            close();
            throw failed;
        }
    }

    /** Decrypts the next frame from array to array; false if it is not whole or there are no arrays. */
    private boolean decryptWhole(ByteBuffer in, ByteBuffer out) throws NoiseException {
        if (!(in.hasArray() && out.hasArray() && assembler.isEmpty() && in.remaining() >= Frame.HEADER)) {
            return false;
        }
        int at = in.position();
        int length = Frame.length(in.get(at), in.get(at + 1));
        if (in.remaining() < Frame.HEADER + length) {
            return false;
        }
        checkFrame(length);
        decryptBody(in.array(), in.arrayOffset() + at + Frame.HEADER, length, out);
        in.position(at + Frame.HEADER + length);
        countEmpty(length);
        return true;
    }

    /** Takes bytes of the frame that is arriving, and decrypts it when it is whole. */
    private void decryptAssembled(ByteBuffer in, ByteBuffer out) throws NoiseException {
        if (!assembler.takeHeader(in)) {
            return;
        }
        int length = assembler.length();
        checkFrame(length);
        if (!assembler.takeBody(in)) {
            return;
        }
        byte[] body = assembler.body();
        if (out.hasArray()) {
            decryptBody(body, 0, length, out);
        } else {
            out.put(body, 0, receiving.decrypt(NO_DATA, body, 0, length, body, 0));
        }
        assembler.clear();
        countEmpty(length);
    }

    private void decryptBody(byte[] from, int at, int length, ByteBuffer out) throws NoiseException {
        int written = receiving.decrypt(NO_DATA, from, at, length, out.array(), out.arrayOffset() + out.position());
        out.position(out.position() + written);
    }

    private void checkFrame(int length) throws NoiseException {
        if (length < CipherState.TAG) {
            throw new NoiseException(new NoiseFailure.FrameTooShort(length));
        }
    }

    private void countEmpty(int length) throws NoiseException {
        emptyFrames = length == CipherState.TAG ? emptyFrames + 1 : 0;
        if (emptyFrames > maxEmptyFrames) {
            throw new NoiseException(new NoiseFailure.TooManyEmptyFrames(maxEmptyFrames));
        }
    }

    /** Whether no frame has begun to arrive; an end of the stream at another place has cut one off. */
    public boolean atFrameBoundary() {
        return assembler.isEmpty();
    }

    /** Zeroes the keys and gives up the buffers; each later {@link #encrypt} and {@link #decrypt} fails as closed. */
    public void close() {
        closed = true;
        sending.destroy();
        receiving.destroy();
        assembler.destroy();
        Arrays.fill(scratch, (byte) 0);
        scratch = NO_DATA;
    }

    /** How many bytes are allocated, for the test of the bound. */
    int capacity() {
        return scratch.length + assembler.capacity();
    }

    private void checkOpen() throws NoiseException {
        if (closed) {
            throw new NoiseException(new NoiseFailure.Closed());
        }
    }

    private static void checkRoom(ByteBuffer out, int needed) {
        if (out.remaining() < needed) {
            throw new IllegalArgumentException(
                    "the output has room for " + out.remaining() + " bytes and needs it for " + needed);
        }
    }

    private void growScratch(int size) {
        if (scratch.length < size) {
            scratch = new byte[size];
        }
    }
}
