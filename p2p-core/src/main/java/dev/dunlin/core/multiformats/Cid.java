package dev.dunlin.core.multiformats;

import static dev.dunlin.core.multiformats.MultiformatException.quote;

import dev.dunlin.core.state.Canonical;
import dev.dunlin.core.state.Hasher;

/**
 * A content identifier: which codec the content is in, and its hash (multiformats/cid). Version 0 is a bare sha2-256
 * multihash of dag-pb content; version 1 says everything. The two versions of one identifier are different values.
 */
public final class Cid implements Comparable<Cid>, Canonical {

    /** The longest text that is read, in characters: the longest CID in base16 takes 308. */
    public static final int MAX_TEXT = 512;

    private static final int V0_BYTES = 34;
    private static final int V0_TEXT = 46;

    private final int version;
    private final long codec;
    private final Multihash hash;

    private Cid(int version, long codec, Multihash hash) {
        this.version = version;
        this.codec = codec;
        this.hash = hash;
    }

    /**
     * A version 0 identifier.
     *
     * @throws MultiformatException if the hash is not a whole sha2-256
     */
    public static Cid v0(Multihash hash) {
        if (!hash.is(Multicodec.SHA2_256) || hash.size() != V0_BYTES - 2) {
            throw new MultiformatException("a CIDv0 has a sha2-256 hash of 32 bytes, not "
                    + Multicodec.describe(hash.code()) + " of " + hash.size());
        }
        return new Cid(0, Multicodec.DAG_PB.code(), hash);
    }

    /** A version 1 identifier. */
    public static Cid v1(Multicodec codec, Multihash hash) {
        return new Cid(1, codec.code(), hash);
    }

    /**
     * Reads a version 0 in base58btc, or a version 1 in any base of {@link Multibase}.
     *
     * @throws MultiformatException if it is neither
     */
    public static Cid parse(String text) {
        if (text.length() > MAX_TEXT) {
            throw new MultiformatException("a CID has at most " + MAX_TEXT + " characters, not " + text.length());
        }
        if (text.length() == V0_TEXT && text.startsWith("Qm")) {
            return v0(Multihash.parse(text));
        }
        Cid cid = fromBytes(Multibase.decode(text));
        if (cid.version == 0) {
            throw new MultiformatException(quote(text) + " is a CIDv0 in a multibase, which only a CIDv1 may be");
        }
        return cid;
    }

    /**
     * Reads the binary form; nothing may follow it.
     *
     * @throws MultiformatException if it is none
     */
    public static Cid fromBytes(byte[] bytes) {
        if (bytes.length == V0_BYTES && bytes[0] == 0x12 && bytes[1] == 0x20) {
            return v0(Multihash.fromBytes(bytes));
        }
        ByteReader reader = new ByteReader(bytes);
        long version = reader.varint();
        if (version != 1) {
            throw new MultiformatException("a CID is of version 0 or 1, not " + version);
        }
        long codec = reader.varint();
        Multihash hash = Multihash.read(reader);
        reader.expectEnd("a CID");
        return new Cid(1, codec, hash);
    }

    /** 0 or 1. */
    public int version() {
        return version;
    }

    /** The code of the content's codec, as in the multicodec table. */
    public long codec() {
        return codec;
    }

    /** The hash of the content. */
    public Multihash hash() {
        return hash;
    }

    /** The same content named by version 1. */
    public Cid toV1() {
        return version == 1 ? this : new Cid(1, codec, hash);
    }

    /** The binary form. */
    public byte[] toBytes() {
        byte[] multihash = hash.toBytes();
        if (version == 0) {
            return multihash;
        }
        byte[] bytes = new byte[1 + Varint.sizeOf(codec) + multihash.length];
        int at = Varint.encode(codec, bytes, Varint.encode(1, bytes, 0));
        System.arraycopy(multihash, 0, bytes, at, multihash.length);
        return bytes;
    }

    /**
     * A version 1 in the given base.
     *
     * @throws IllegalStateException if this is version 0, which has one text only
     */
    public String toString(Multibase base) {
        if (version == 0) {
            throw new IllegalStateException("a CIDv0 is written in base58btc only; call toV1 first");
        }
        return base.encode(toBytes());
    }

    @Override
    public void feed(Hasher sink) {
        sink.putInt(version).putLong(codec);
        hash.feed(sink);
    }

    /** By version, codec and hash. */
    @Override
    public int compareTo(Cid other) {
        int byVersion = Integer.compare(version, other.version);
        if (byVersion != 0) {
            return byVersion;
        }
        int byCodec = Long.compare(codec, other.codec);
        return byCodec != 0 ? byCodec : hash.compareTo(other.hash);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cid that && version == that.version && codec == that.codec && hash.equals(that.hash);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * version + Long.hashCode(codec)) + hash.hashCode();
    }

    /** Version 0 in base58btc, version 1 in base32. */
    @Override
    public String toString() {
        return version == 0 ? hash.toString() : toString(Multibase.BASE32);
    }
}
