package dev.dunlin.core.multiformats;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * The unsigned varint of multiformats: seven bits a byte, lowest first, the top bit set on all bytes but the last; at
 * most nine bytes, so values are 0 to 2^63-1; only the shortest form is valid (multiformats/unsigned-varint README).
 * Since the form is the shortest, {@link #sizeOf} of a decoded value is the number of bytes it took.
 */
public final class Varint {

    /** The longest varint, in bytes. */
    public static final int MAX_BYTES = 9;

    private Varint() {}

    /**
     * How many bytes the value takes, 1 to 9.
     *
     * @throws MultiformatException if the value is negative
     */
    public static int sizeOf(long value) {
        if (value < 0) {
            throw new MultiformatException("a varint holds 0 to 2^63-1, not the negative number " + value);
        }
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    /**
     * The value as bytes.
     *
     * @throws MultiformatException if the value is negative
     */
    public static byte[] encode(long value) {
        byte[] bytes = new byte[sizeOf(value)];
        encode(value, bytes, 0);
        return bytes;
    }

    /**
     * Writes the value from a place on.
     *
     * @return the place behind it
     * @throws MultiformatException if the value is negative
     * @throws ArrayIndexOutOfBoundsException if the array is too short
     */
    public static int encode(long value, byte[] into, int at) {
        int end = at + sizeOf(value);
        long rest = value;
        for (int i = at; i < end - 1; i++) {
            into[i] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        into[end - 1] = (byte) rest;
        return end;
    }

    /**
     * Writes the value at the buffer's position and moves it.
     *
     * @throws MultiformatException if the value is negative
     * @throws java.nio.BufferOverflowException if the buffer has too little room
     */
    public static void encode(long value, ByteBuffer into) {
        into.put(encode(value));
    }

    /**
     * Reads the value that begins at a place; bytes behind it do not matter.
     *
     * @throws MultiformatException if there is no whole, shortest varint of at most nine bytes
     */
    public static long decode(byte[] from, int at) {
        if (at < 0 || at > from.length) {
            throw new MultiformatException("a varint was looked for at " + at + " of " + from.length + " bytes");
        }
        return decode(ByteBuffer.wrap(from, at, from.length - at));
    }

    /**
     * Reads the value at the buffer's position and moves it behind the value.
     *
     * @throws MultiformatException if there is no whole, shortest varint of at most nine bytes; the position is then
     *     unchanged
     */
    public static long decode(ByteBuffer from) {
        OptionalLong value = tryDecode(from);
        if (value.isEmpty()) {
            throw new MultiformatException("a varint ends before its last byte");
        }
        return value.getAsLong();
    }

    /**
     * As {@link #decode(ByteBuffer)}, for bytes that are still arriving: empty, with the position unchanged, when the
     * varint is not complete yet.
     *
     * @throws MultiformatException if it can be no shortest varint of at most nine bytes, whatever follows
     */
    public static OptionalLong tryDecode(ByteBuffer from) {
        int start = from.position();
        int available = Math.min(from.remaining(), MAX_BYTES);
        long value = 0;
        for (int i = 0; i < available; i++) {
            byte next = from.get(start + i);
            value |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                if (next == 0 && i > 0) {
                    throw new MultiformatException("a varint is not in its shortest form: it ends in a zero byte");
                }
                from.position(start + i + 1);
                return OptionalLong.of(value);
            }
        }
        if (available == MAX_BYTES) {
            throw new MultiformatException("a varint is longer than " + MAX_BYTES + " bytes");
        }
        return OptionalLong.empty();
    }
}
