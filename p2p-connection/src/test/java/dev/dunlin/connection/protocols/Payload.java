package dev.dunlin.connection.protocols;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/** Bytes to be sent, made while they are sent: some given ones, then so many of the reproducible pattern. */
public final class Payload {

    private static final int CHUNK = 64 * 1024;

    private final Pattern pattern = new Pattern();
    private final Checksum checksum = new Checksum();
    private byte[] head;
    private long left;

    private Payload(byte[] head, long left) {
        this.head = head;
        this.left = left;
    }

    /** Bytes of the pattern. */
    public static Payload pattern(long count) {
        return new Payload(new byte[0], count);
    }

    /** A number, as 8 bytes big-endian, then bytes of the pattern. */
    public static Payload u64ThenPattern(long number, long count) {
        return new Payload(ByteBuffer.allocate(Long.BYTES).putLong(number).array(), count);
    }

    /** The SHA-256 of so many bytes of the pattern, in hex. */
    public static String sha256(long count) {
        Payload payload = pattern(count);
        while (payload.next().isReadable()) {
            // The checksum grows with each.
        }
        return payload.checksum.hex();
    }

    static Payload of(byte[] bytes) {
        return new Payload(bytes.clone(), 0);
    }

    /** The next bytes; none at the end. */
    ByteBuf next() {
        byte[] bytes = head;
        head = new byte[0];
        if (bytes.length == 0) {
            bytes = pattern.next((int) Math.min(CHUNK, left));
            left -= bytes.length;
        }
        ByteBuf chunk = Unpooled.wrappedBuffer(bytes);
        checksum.add(chunk);
        return chunk;
    }

    /** Of what {@link #next} has given. */
    Checksum checksum() {
        return checksum;
    }
}
