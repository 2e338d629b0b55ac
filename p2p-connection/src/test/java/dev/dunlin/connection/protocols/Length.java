package dev.dunlin.connection.protocols;

import io.netty.buffer.ByteBuf;

/** Reads a number of 8 bytes, big-endian, that may come in pieces. */
final class Length {

    private long value;
    private int missing = Long.BYTES;

    /** Takes what belongs to the number; the reader index moves past it. */
    boolean complete(ByteBuf bytes) {
        while (missing > 0 && bytes.isReadable()) {
            value = value << 8 | bytes.readUnsignedByte();
            missing--;
        }
        return missing == 0;
    }

    boolean complete() {
        return missing == 0;
    }

    long value() {
        return value;
    }
}
