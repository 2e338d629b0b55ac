package dev.dunlin.connection.noise;

import java.nio.ByteBuffer;

/**
 * Encrypts and decrypts after the handshake: frames of a length of two bytes, big-endian, and up to 65535 bytes of
 * ciphertext (libp2p/specs noise/README.md, "Wire Format"). Ask for the size of the result, give a buffer of that size,
 * get it filled; or lay out frames in a buffer and have them sealed where they stand, {@link #encryptInPlace}.
 *
 * <p>The JDK's cipher works on arrays: for direct buffers it allocates an array for each message and copies there and
 * back. So the layout to choose is a heap buffer with an accessible array on the side of the plaintext. Then nothing is
 * copied but direct input, once, into the output. Direct output costs a copy through a lent array, and so does direct
 * input whose output has no room for a tag. Frames that arrive in pieces are put together in lent arrays. No connection
 * keeps more than 256 bytes between its frames.
 *
 * <p>Input and output must not share memory. Not thread-safe. After any {@link NoiseException} all keys are zeroed, and each
 * further call fails as closed.
 */
public final class NoiseTransport {

    /** Bytes of a frame before its plaintext or ciphertext: the length. */
    public static final int LENGTH_BYTES = Frame.HEADER;

    /** Bytes of a frame behind its ciphertext: the authentication tag. */
    public static final int TAG_BYTES = CipherState.TAG;

    /** The most plaintext that fits in one frame, in bytes. */
    public static final int MAX_PLAINTEXT = Frame.MAX_BODY - TAG_BYTES;

    /** What a frame adds to its plaintext: length and tag, in bytes. */
    public static final int FRAME_OVERHEAD = LENGTH_BYTES + TAG_BYTES;

    private static final byte[] NO_DATA = new byte[0];

    private final CipherState sending;
    private final CipherState receiving;
    private final int maxEmptyFrames;
    private final FrameBuffers buffers;
    private final FrameAssembler assembler;
    private int emptyFrames;
    private boolean closed;

    NoiseTransport(CipherState sending, CipherState receiving, NoiseSettings settings) {
        this(sending, receiving, settings.limits(), settings.buffers());
        sending.choosing(settings.aead());
        receiving.choosing(settings.aead());
    }

    NoiseTransport(CipherState sending, CipherState receiving, NoiseLimits limits, FrameBuffers buffers) {
        this.sending = sending;
        this.receiving = receiving;
        this.maxEmptyFrames = limits.maxEmptyFrames();
        this.buffers = buffers;
        this.assembler = new FrameAssembler(buffers);
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
        int size = length + FRAME_OVERHEAD;
        if (out.hasArray()) {
            encryptInto(plain, length, out.array(), out.arrayOffset() + out.position());
            out.position(out.position() + size);
            return;
        }
        byte[] lent = buffers.take();
        try {
            encryptInto(plain, length, lent, 0);
            out.put(lent, 0, size);
        } finally {
            buffers.giveBack(lent, size);
        }
    }

    private void encryptInto(ByteBuffer plain, int length, byte[] to, int at) throws NoiseException {
        byte[] from = to;
        int fromAt = at + LENGTH_BYTES;
        if (plain.hasArray()) {
            from = plain.array();
            fromAt = plain.arrayOffset() + plain.position();
            plain.position(plain.position() + length);
        } else {
            plain.get(to, fromAt, length);
        }
        int body = sending.encrypt(NO_DATA, from, fromAt, length, to, at + LENGTH_BYTES);
        Frame.putLength(body, to, at);
    }

    /**
     * Seals a frame where it stands. The caller has put the plaintext {@link #LENGTH_BYTES} behind the frame's place and left
     * {@link #TAG_BYTES} behind it; after the call the whole frame is there. With a buffer that has an accessible array
     * nothing is copied. Frames must be sealed in the order in which they are sent.
     *
     * @param buffer its position does not matter and does not change
     * @param at index of the frame's first byte in the buffer
     * @param plaintextBytes 1 to {@link #MAX_PLAINTEXT}
     * @return the index behind the frame, {@link #FRAME_OVERHEAD} and the plaintext further
     * @throws IllegalArgumentException if the plaintext has another length, the frame is not within the buffer's limit, or
     *     the buffer is read-only; nothing is done then
     * @throws NoiseException if the connection is closed or its nonces are used up
     */
    public int encryptInPlace(ByteBuffer buffer, int at, int plaintextBytes) throws NoiseException {
        checkOpen();
        int size = plaintextBytes + FRAME_OVERHEAD;
        boolean fits = plaintextBytes > 0 && plaintextBytes <= MAX_PLAINTEXT && at >= 0 && at <= buffer.limit() - size;
        if (!fits || buffer.isReadOnly()) {
            throw new IllegalArgumentException("no frame of " + plaintextBytes + " bytes of plaintext can be sealed at "
                    + at + " in a buffer up to " + buffer.limit()
                    + (buffer.isReadOnly() ? ", which is read-only" : ""));
        }
        try {
            if (buffer.hasArray()) {
                byte[] array = buffer.array();
                int frame = buffer.arrayOffset() + at;
                int body = frame + LENGTH_BYTES;
                Frame.putLength(sending.encrypt(NO_DATA, array, body, plaintextBytes, array, body), array, frame);
            } else {
                ByteBuffer plain = buffer.slice(at + LENGTH_BYTES, plaintextBytes);
                encryptFrame(plain, plaintextBytes, buffer.slice(at, size));
            }
        } catch (NoiseException failed) {
            close();
            throw failed;
        }
        return at + size;
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
     * @param out with {@link #TAG_BYTES} more than {@link #plaintextSize} direct input is decrypted where it ends up; what
     *     stands behind the new position is undefined
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

    /** Decrypts the next frame without the assembler; false if it is not whole. */
    private boolean decryptWhole(ByteBuffer in, ByteBuffer out) throws NoiseException {
        if (!assembler.isEmpty() || in.remaining() < Frame.HEADER) {
            return false;
        }
        int at = in.position();
        int length = Frame.length(in.get(at), in.get(at + 1));
        if (in.remaining() < Frame.HEADER + length) {
            return false;
        }
        checkFrame(length);
        in.position(at + Frame.HEADER);
        if (in.hasArray() && out.hasArray()) {
            decryptBody(in.array(), in.arrayOffset() + in.position(), length, out);
            in.position(in.position() + length);
        } else if (out.hasArray() && out.remaining() >= length) {
            int to = out.arrayOffset() + out.position();
            in.get(out.array(), to, length);
            decryptBody(out.array(), to, length, out);
        } else {
            byte[] lent = buffers.take();
            try {
                in.get(lent, 0, length);
                decryptBody(lent, 0, length, out);
            } finally {
                buffers.giveBack(lent, length);
            }
        }
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
        decryptBody(assembler.body(), 0, length, out);
        assembler.clear();
        countEmpty(length);
    }

    private void decryptBody(byte[] from, int at, int length, ByteBuffer out) throws NoiseException {
        if (out.hasArray()) {
            int to = out.arrayOffset() + out.position();
            int written = receiving.decrypt(NO_DATA, from, at, length, out.array(), to);
            out.position(out.position() + written);
        } else {
            out.put(from, at, receiving.decrypt(NO_DATA, from, at, length, from, at));
        }
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
    }

    /** How many bytes are allocated, for the test of the bound. */
    int capacity() {
        return assembler.capacity();
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
}
