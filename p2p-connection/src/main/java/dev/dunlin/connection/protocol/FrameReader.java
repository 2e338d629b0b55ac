package dev.dunlin.connection.protocol;

import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.Varint;
import dev.dunlin.core.state.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Puts bodies together from bytes in any split. What it holds grows with the bytes that came, never with a length that was only
 * announced, and is at most twice what came. Bytes behind a body are left where they are. Not thread-safe.
 */
public final class FrameReader {

    private static final int FIRST_BYTES = 256;
    private static final byte[] NONE = new byte[0];

    private final Framing framing;
    private final byte[] header = new byte[Varint.MAX_BYTES];
    private int headerFilled;

    /** -1: not known yet. */
    private int length;

    private byte[] body = NONE;
    private int filled;

    /** A reader at the begin of a stream. */
    public FrameReader(Framing framing) {
        this.framing = framing;
        this.length = begun();
    }

    // Of what is fixed the length is known before the first byte.
    private int begun() {
        return switch (framing) {
            case Framing.Fixed(int bytes) -> bytes;
            case Framing.Nothing _ -> 0;
            case Framing.LengthPrefixed _, Framing.ToTheEnd _ -> -1;
        };
    }

    /**
     * The next body, or empty when the bytes do not suffice; those there were are taken.
     *
     * @throws MalformedMessage if the length is wrong or too much; the reader is then of no more use
     */
    public Optional<Bytes> next(ByteBuffer in) throws MalformedMessage {
        if (framing instanceof Framing.ToTheEnd) {
            keep(in, in.remaining());
            return Optional.empty();
        }
        while (length < 0) {
            if (!in.hasRemaining()) {
                return Optional.empty();
            }
            readLength(in.get());
        }
        keep(in, Math.min(length - filled, in.remaining()));
        return filled == length ? Optional.of(taken()) : Optional.empty();
    }

    /**
     * The sender has ended its side: the body that this ends, if there is one.
     *
     * @throws MalformedMessage if a message is cut off
     */
    public Optional<Bytes> end() throws MalformedMessage {
        if (framing instanceof Framing.ToTheEnd) {
            return Optional.of(taken());
        }
        if (isWithin()) {
            throw new MalformedMessage("the stream ends within a message");
        }
        return Optional.empty();
    }

    /** Whether a message has begun and is not whole. */
    public boolean isWithin() {
        return headerFilled > 0 || filled > 0 || (length > 0 && framing instanceof Framing.LengthPrefixed);
    }

    private void readLength(byte next) throws MalformedMessage {
        header[headerFilled++] = next;
        OptionalLong value;
        try {
            value = Varint.tryDecode(ByteBuffer.wrap(header, 0, headerFilled));
        } catch (MultiformatException bad) {
            throw new MalformedMessage("the length of a message is wrong: " + bad.getMessage(), bad);
        }
        if (value.isEmpty()) {
            return;
        }
        if (value.getAsLong() > framing.maxBytes()) {
            throw tooLong(value.getAsLong());
        }
        length = (int) value.getAsLong();
        headerFilled = 0;
    }

    private void keep(ByteBuffer in, int count) throws MalformedMessage {
        int needed = filled + count;
        if (needed > framing.maxBytes()) {
            throw tooLong(needed);
        }
        if (needed > body.length) {
            int most = length < 0 ? framing.maxBytes() : length;
            body = Arrays.copyOf(body, (int) Math.min(most, Math.max(FIRST_BYTES, 2L * needed)));
        }
        in.get(body, filled, count);
        filled = needed;
    }

    private MalformedMessage tooLong(long bytes) {
        return new MalformedMessage("a message has at most " + framing.maxBytes() + " bytes, not " + bytes);
    }

    private Bytes taken() {
        Bytes whole = Bytes.of(Arrays.copyOf(body, filled));
        body = NONE;
        filled = 0;
        length = begun();
        return whole;
    }

    /** How many bytes are allocated, for the test of the bound. */
    int capacity() {
        return body.length;
    }
}
