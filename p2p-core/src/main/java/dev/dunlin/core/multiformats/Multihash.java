package dev.dunlin.core.multiformats;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Canonical;
import dev.dunlin.core.state.Hasher;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A digest that says which function made it: code, length, digest (multiformats/multihash). Identity, sha2-256 and
 * sha2-512 can be computed here; digests of other functions are carried as they are.
 */
public final class Multihash implements Comparable<Multihash>, Canonical {

    /** The longest digest, in bytes; an identity hash is no place for big content. */
    public static final int MAX_DIGEST_BYTES = 128;

    private static final int SHA2_256_BYTES = 32;
    private static final int SHA2_512_BYTES = 64;

    private static final MessageDigest SHA_256 = function("SHA-256");
    private static final MessageDigest SHA_512 = function("SHA-512");

    private final long code;
    private final byte[] bytes;

    private Multihash(long code, byte[] bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /**
     * A digest of the given function. It may be cut short, as the format allows.
     *
     * @throws MultiformatException if the code is negative, the digest is longer than {@link #MAX_DIGEST_BYTES}, or
     *     longer than its function's digests are, or a digest of no bytes is not of identity
     */
    public static Multihash of(long code, byte[] digest) {
        int longest = MAX_DIGEST_BYTES;
        if (code == Multicodec.SHA2_256.code()) {
            longest = SHA2_256_BYTES;
        } else if (code == Multicodec.SHA2_512.code()) {
            longest = SHA2_512_BYTES;
        }
        if (digest.length > longest) {
            throw new MultiformatException("a digest of " + Multicodec.describe(code) + " has at most " + longest
                    + " bytes, not " + digest.length);
        }
        if (digest.length == 0 && code != Multicodec.IDENTITY.code()) {
            throw new MultiformatException("a digest of " + Multicodec.describe(code) + " has no bytes");
        }
        byte[] bytes = new byte[Varint.sizeOf(code) + Varint.sizeOf(digest.length) + digest.length];
        int at = Varint.encode(digest.length, bytes, Varint.encode(code, bytes, 0));
        System.arraycopy(digest, 0, bytes, at, digest.length);
        return new Multihash(code, bytes);
    }

    /**
     * The content itself as its digest.
     *
     * @throws MultiformatException if it is longer than {@link #MAX_DIGEST_BYTES}
     */
    public static Multihash identity(byte[] content) {
        return of(Multicodec.IDENTITY.code(), content);
    }

    /** The SHA-256 digest of the content. */
    public static Multihash sha256(byte[] content) {
        return of(Multicodec.SHA2_256.code(), digest(SHA_256, content));
    }

    /** The SHA-512 digest of the content. */
    public static Multihash sha512(byte[] content) {
        return of(Multicodec.SHA2_512.code(), digest(SHA_512, content));
    }

    // Copied for each use: to look for a function among the providers takes longer than a short digest.
    private static byte[] digest(MessageDigest unused, byte[] content) {
        try {
            return ((MessageDigest) unused.clone()).digest(content);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(unused.getAlgorithm() + " of this Java runtime cannot be copied", e);
        }
    }

    private static MessageDigest function(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java runtime lacks " + algorithm, missing);
        }
    }

    /**
     * Reads the base58btc form that {@link #toString} writes.
     *
     * @throws MultiformatException if it is none
     */
    public static Multihash parse(String base58) {
        return fromBytes(Multibase.BASE58_BTC.decodeBare(base58));
    }

    /**
     * Reads the binary form; nothing may follow it.
     *
     * @throws MultiformatException if it is none, or breaks a limit of {@link #of}
     */
    public static Multihash fromBytes(byte[] bytes) {
        ByteReader reader = new ByteReader(bytes);
        Multihash hash = read(reader);
        reader.expectEnd("a multihash");
        return hash;
    }

    static Multihash read(ByteReader reader) {
        long code = reader.varint();
        return of(code, reader.take(reader.varint(), "a multihash"));
    }

    /** The code of the function, as in the multicodec table. */
    public long code() {
        return code;
    }

    /** Whether the digest is of the given function. */
    public boolean is(Multicodec function) {
        return code == function.code();
    }

    /** The digest without code and length. */
    public Bytes digest() {
        return Bytes.of(Arrays.copyOfRange(bytes, bytes.length - size(), bytes.length));
    }

    /** The length of the digest in bytes. */
    public int size() {
        int lengthAt = Varint.sizeOf(code);
        return (int) Varint.decode(bytes, lengthAt);
    }

    /** The binary form. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public void feed(Hasher sink) {
        sink.putBytes(bytes);
    }

    /** By the bytes of the binary form, unsigned. */
    @Override
    public int compareTo(Multihash other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Multihash that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The binary form in base58btc, without a multibase prefix. */
    @Override
    public String toString() {
        return Multibase.BASE58_BTC.encodeBare(bytes);
    }
}
