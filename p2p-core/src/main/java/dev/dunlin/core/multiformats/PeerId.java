package dev.dunlin.core.multiformats;

import static dev.dunlin.core.multiformats.MultiformatException.quote;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Canonical;
import dev.dunlin.core.state.Hasher;
import java.util.Arrays;
import java.util.Optional;

/**
 * The name of a peer: a multihash of its public key (libp2p/specs peer-ids/peer-ids.md). A key whose protobuf has at
 * most 42 bytes is its own name (an identity multihash), a longer one is named by its SHA-256.
 */
public final class PeerId implements Comparable<PeerId>, Canonical {

    /** The longest key protobuf that stands in the peer id itself, in bytes. */
    public static final int MAX_INLINE_KEY = 42;

    /** The longest text that is read, in characters: an inline key of 42 bytes as a CID in base16 takes 93. */
    public static final int MAX_TEXT = 128;

    private static final int SHA2_256_BYTES = 32;

    private final byte[] bytes;
    private final int hash;

    private PeerId(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /**
     * The name of the peer with this public key.
     *
     * @param keyProtobuf the canonical PublicKey protobuf, at least one byte
     * @throws MultiformatException if it is empty
     */
    public static PeerId ofPublicKey(byte[] keyProtobuf) {
        return of(
                keyProtobuf.length <= MAX_INLINE_KEY ? Multihash.identity(keyProtobuf) : Multihash.sha256(keyProtobuf));
    }

    /**
     * A peer id of a multihash.
     *
     * @throws MultiformatException if it is neither a whole sha2-256 nor an identity of 1 to 42 bytes
     */
    public static PeerId of(Multihash multihash) {
        int size = multihash.size();
        boolean hashed = multihash.is(Multicodec.SHA2_256) && size == SHA2_256_BYTES;
        boolean inline = multihash.is(Multicodec.IDENTITY) && size >= 1 && size <= MAX_INLINE_KEY;
        if (!hashed && !inline) {
            throw new MultiformatException("a peer id is a sha2-256 of 32 bytes or an identity of 1 to "
                    + MAX_INLINE_KEY + ", not " + Multicodec.describe(multihash.code()) + " of " + size);
        }
        return new PeerId(multihash.toBytes());
    }

    /**
     * Reads the multihash.
     *
     * @throws MultiformatException if it is no peer id
     */
    public static PeerId fromBytes(byte[] bytes) {
        return of(Multihash.fromBytes(bytes));
    }

    /**
     * Reads base58btc without a multibase prefix ({@code 12D3Koo…}, {@code Qm…}), or a CIDv1 of codec libp2p-key in any
     * base of {@link Multibase} (libp2p/specs RFC/0001-text-peerid-cid.md).
     *
     * @throws MultiformatException if it is no peer id
     */
    public static PeerId parse(String text) {
        if (text.isEmpty() || text.length() > MAX_TEXT) {
            throw new MultiformatException("a peer id has 1 to " + MAX_TEXT + " characters, not " + text.length());
        }
        // No multibase prefix of a CID is 1 or Q: the RFC tells the forms apart in this way.
        if (text.startsWith("1") || text.startsWith("Qm")) {
            return of(Multihash.parse(text));
        }
        Cid cid = Cid.parse(text);
        if (cid.codec() != Multicodec.LIBP2P_KEY.code()) {
            throw new MultiformatException(
                    quote(text) + " is a CID of " + Multicodec.describe(cid.codec()) + ", and no peer id");
        }
        return of(cid.hash());
    }

    /** The public key protobuf that this id is, if it is one; a hashed id gives none. */
    public Optional<Bytes> inlineKey() {
        Multihash multihash = multihash();
        return multihash.is(Multicodec.IDENTITY) ? Optional.of(multihash.digest()) : Optional.empty();
    }

    /** The multihash. */
    public Multihash multihash() {
        return Multihash.fromBytes(bytes);
    }

    /** The id as a CIDv1 of codec libp2p-key. */
    public Cid toCid() {
        return Cid.v1(Multicodec.LIBP2P_KEY, multihash());
    }

    /** The multihash in its binary form. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public void feed(Hasher sink) {
        sink.putBytes(bytes);
    }

    /** By the bytes of the multihash, unsigned. */
    @Override
    public int compareTo(PeerId other) {
        return this == other ? 0 : Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof PeerId that && hash == that.hash && Arrays.equals(bytes, that.bytes));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The multihash in base58btc. */
    @Override
    public String toString() {
        return Multibase.BASE58_BTC.encodeBare(bytes);
    }
}
