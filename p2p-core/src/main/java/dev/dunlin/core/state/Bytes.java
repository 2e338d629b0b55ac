package dev.dunlin.core.state;

import java.util.Arrays;
import java.util.Base64;

/** Immutable bytes with value equality, ordered as unsigned numbers, shorter first when one is the other's beginning. */
public final class Bytes implements Comparable<Bytes>, Canonical {

    /** No bytes. */
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] value;

    private Bytes(byte[] value) {
        this.value = value;
    }

    /** A copy of the given bytes. */
    public static Bytes of(byte... bytes) {
        return bytes.length == 0 ? EMPTY : new Bytes(bytes.clone());
    }

    /**
     * Reads standard base64 with padding, the form that {@link #toString} writes.
     *
     * @throws IllegalArgumentException if the text is no base64
     */
    public static Bytes parse(String base64) {
        Bytes bytes = new Bytes(Base64.getDecoder().decode(base64));
        if (!bytes.toString().equals(base64)) {
            throw new IllegalArgumentException("base64 has padding, and no bits beyond its last byte");
        }
        return bytes;
    }

    /** How many bytes. */
    public int size() {
        return value.length;
    }

    /**
     * The byte at a place.
     *
     * @throws ArrayIndexOutOfBoundsException if there is none
     */
    public byte at(int index) {
        return value[index];
    }

    /** A copy as an array. */
    public byte[] toArray() {
        return value.clone();
    }

    @Override
    public void feed(Hasher sink) {
        sink.putBytes(value);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(value, other.value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    /** Standard base64 with padding. */
    @Override
    public String toString() {
        return Base64.getEncoder().encodeToString(value);
    }
}
