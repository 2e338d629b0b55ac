package dev.dunlin.core.multiformats;

import java.util.Arrays;

/** Reads an array from front to back; a claimed length is compared with what is there before anything is allocated. */
final class ByteReader {

    private final byte[] bytes;
    private int at;

    ByteReader(byte[] bytes) {
        this.bytes = bytes;
    }

    int remaining() {
        return bytes.length - at;
    }

    /** The next varint. */
    long varint() {
        long value = Varint.decode(bytes, at);
        at += Varint.sizeOf(value);
        return value;
    }

    /** The next so many bytes, which the named thing claims to have. */
    byte[] take(long length, String what) {
        if (length > remaining()) {
            throw new MultiformatException(what + " claims " + length + " bytes where " + remaining() + " are left");
        }
        int end = at + (int) length;
        byte[] taken = Arrays.copyOfRange(bytes, at, end);
        at = end;
        return taken;
    }

    /** Refuses bytes behind the end of the named thing. */
    void expectEnd(String what) {
        if (remaining() > 0) {
            throw new MultiformatException(what + " has " + remaining() + " bytes too many behind its end");
        }
    }
}
