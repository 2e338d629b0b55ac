package dev.dunlin.connection.multistream;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Puts messages together from bytes in any split, and takes no byte behind a message. What it holds grows with the
 * bytes that came, never with a length that was only announced.
 */
final class MessageReader {

    private static final int FIRST_BYTES = 64;

    private final int maxMessageBytes;
    private byte[] body = new byte[0];
    private int filled;

    /** -1: no byte of the length was read; otherwise its low seven bits, when {@link #length} is still unknown. */
    private int lowBits = -1;

    /** -1: not known yet. */
    private int length = -1;

    MessageReader(int maxMessageBytes) {
        this.maxMessageBytes = maxMessageBytes;
    }

    /** The next message without its newline, or empty when the bytes do not suffice; those there were are taken. */
    Optional<String> next(ByteBuffer in) throws MultistreamException {
        while (length < 0) {
            if (!in.hasRemaining()) {
                return Optional.empty();
            }
            readLengthByte(in.get() & 0xFF);
        }
        int taken = Math.min(length - filled, in.remaining());
        if (filled + taken > body.length) {
            body = Arrays.copyOf(body, Math.min(length, Math.max(FIRST_BYTES, 2 * (filled + taken))));
        }
        in.get(body, filled, taken);
        filled += taken;
        if (filled < length) {
            return Optional.empty();
        }
        String text = text();
        filled = 0;
        length = -1;
        return Optional.of(text);
    }

    private void readLengthByte(int next) throws MultistreamException {
        boolean first = lowBits < 0;
        int value;
        if (first) {
            if (next >= 0x80) {
                lowBits = next & 0x7F;
                return;
            }
            value = next;
        } else if (next >= 0x80) {
            throw new MultistreamException(new MultistreamFailure.MessageTooLong(maxMessageBytes));
        } else if (next == 0) {
            throw malformed("its length is not in the shortest form");
        } else {
            value = next << 7 | lowBits;
        }
        lowBits = -1;
        if (value == 0) {
            throw malformed("its length is 0");
        }
        if (value > maxMessageBytes) {
            throw new MultistreamException(new MultistreamFailure.MessageTooLong(maxMessageBytes));
        }
        length = value;
    }

    private String text() throws MultistreamException {
        if (body[length - 1] != '\n') {
            throw malformed("it does not end in a newline");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body, 0, length - 1))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw malformed("it is not UTF-8");
        }
    }

    /** How many bytes are allocated, for the test of the bound. */
    int capacity() {
        return body.length;
    }

    private static MultistreamException malformed(String reason) {
        return new MultistreamException(new MultistreamFailure.Malformed(reason));
    }
}
