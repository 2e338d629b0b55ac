package dev.dunlin.core.keys;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.dunlin.core.keys.pb.PublicKeyPb;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Canonical;
import dev.dunlin.core.state.Hasher;
import java.util.Optional;

/**
 * A public key that passed all checks of its type: RSA 2048 to 8192 bits in strict DER, curve points on their curve,
 * Ed25519 of 32 bytes (libp2p/specs peer-ids/peer-ids.md). Keys are equal when type and data are; each key has one
 * encoding, so it has one peer id.
 */
public final class PublicKey implements Comparable<PublicKey>, Canonical {

    /** The longest protobuf that is read, in bytes: an RSA key of 8192 bits takes about 1070. */
    public static final int MAX_PROTOBUF = 2048;

    private final KeyType type;
    private final Bytes data;
    private final Verifier verifier;

    private PublicKey(KeyType type, Bytes data, Verifier verifier) {
        this.type = type;
        this.data = data;
        this.verifier = verifier;
    }

    /**
     * A key of its type and data.
     *
     * @param data RSA and ECDSA: SubjectPublicKeyInfo in DER; Ed25519: 32 bytes; secp256k1: the compressed point, 33
     *     bytes
     * @throws KeyException if it fails a check: MALFORMED, SIZE or INCONSISTENT
     */
    public static PublicKey of(KeyType type, byte[] data) {
        if (data.length > MAX_PROTOBUF) {
            throw KeyException.size("a public key has at most " + MAX_PROTOBUF + " bytes, not " + data.length);
        }
        Verifier verifier = switch (type) {
            case RSA -> RsaKeys.verifier(data);
            case ED25519 -> Ed25519Keys.verifier(data);
            case SECP256K1 -> Secp256k1Keys.verifier(data);
            case ECDSA -> EcdsaKeys.verifier(data);
        };
        return new PublicKey(type, Bytes.of(data), verifier);
    }

    /**
     * Reads the PublicKey protobuf. It need not be canonical: unknown fields are skipped, as in go-libp2p, and
     * {@link #toProtobuf} and {@link #peerId} are those of the key, not of these bytes.
     *
     * @throws KeyException if it is none, or the key fails a check: MALFORMED, SIZE or INCONSISTENT
     */
    public static PublicKey fromProtobuf(byte[] protobuf) {
        if (protobuf.length > MAX_PROTOBUF) {
            throw KeyException.size("a public key has at most " + MAX_PROTOBUF + " bytes, not " + protobuf.length);
        }
        try {
            return of(PublicKeyPb.parseFrom(protobuf));
        } catch (InvalidProtocolBufferException malformed) {
            throw KeyException.malformed("the bytes are no PublicKey protobuf of a known key type");
        }
    }

    static PublicKey of(PublicKeyPb message) {
        return of(KeyType.of(message.getType()), message.getData().toByteArray());
    }

    /**
     * The key that stands in a peer id; empty if the id is only a hash of the key.
     *
     * @throws KeyException if the id is an identity multihash of something that is no key, or not its canonical form
     */
    public static Optional<PublicKey> in(PeerId id) {
        return id.inlineKey().map(bytes -> {
            PublicKey key = fromProtobuf(bytes.toArray());
            if (!key.peerId().equals(id)) {
                throw KeyException.malformed("the peer id holds a public key that is not in its canonical form");
            }
            return key;
        });
    }

    /** The type. */
    public KeyType type() {
        return type;
    }

    /** The data, as in {@link #of}. */
    public Bytes data() {
        return data;
    }

    /** Whether the signature is this key's over the message; false as well for bytes that are no signature at all. */
    public boolean verify(byte[] message, byte[] signature) {
        return verifier.verify(message, signature);
    }

    /** The name of the peer with this key. */
    public PeerId peerId() {
        return PeerId.ofPublicKey(toProtobuf());
    }

    /** The canonical PublicKey protobuf. */
    public byte[] toProtobuf() {
        return toPb().toByteArray();
    }

    PublicKeyPb toPb() {
        return PublicKeyPb.newBuilder()
                .setType(type.toPb())
                .setData(ByteString.copyFrom(data.toArray()))
                .build();
    }

    @Override
    public void feed(Hasher sink) {
        sink.putInt(type.ordinal());
        data.feed(sink);
    }

    /** By type and data. */
    @Override
    public int compareTo(PublicKey other) {
        int byType = type.compareTo(other.type);
        return byType != 0 ? byType : data.compareTo(other.data);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicKey that && type == that.type && data.equals(that.data);
    }

    @Override
    public int hashCode() {
        return 31 * type.ordinal() + data.hashCode();
    }

    /** Type and peer id. */
    @Override
    public String toString() {
        return type + " " + peerId();
    }
}
