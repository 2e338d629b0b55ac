package dev.dunlin.core.keys;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.dunlin.core.keys.pb.PrivateKeyPb;
import java.security.SecureRandom;

/**
 * A private key. It lives in services only, never in an action or in state. Its bytes leave it by {@link #toProtobuf}
 * alone, for the key file; it prints as its public key, has no value equality, and no codec of state or JSON finds
 * anything in it.
 */
public final class PrivateKey {

    /** The longest protobuf that is read, in bytes: an RSA key of 8192 bits takes about 4700. */
    public static final int MAX_PROTOBUF = 8192;

    private final byte[] data;
    private final Signer signer;
    private final PublicKey publicKey;

    private PrivateKey(KeyType type, KeyPair pair) {
        this.data = pair.privateData;
        this.signer = pair.signer;
        this.publicKey = PublicKey.of(type, pair.publicData);
    }

    /**
     * Makes a new key: RSA of 2048 bits, ECDSA over P-256.
     *
     * @param random a source fit for keys
     */
    public static PrivateKey generate(KeyType type, SecureRandom random) {
        return new PrivateKey(
                type,
                switch (type) {
                    case RSA -> RsaKeys.generate(random);
                    case ED25519 -> Ed25519Keys.generate(random);
                    case SECP256K1 -> Secp256k1Keys.generate(random);
                    case ECDSA -> EcdsaKeys.generate(random);
                });
    }

    /**
     * Reads the PrivateKey protobuf of a key file. Data: RSA: PKCS#1 in DER; Ed25519: seed and public key, 64 bytes, or
     * 96 with the public key twice; secp256k1: the scalar, 32 bytes; ECDSA: ECPrivateKey of P-256 in DER. Parts of the
     * key that can be derived are compared with what is derived.
     *
     * @throws KeyException if it is none, or the key fails a check: MALFORMED, SIZE or INCONSISTENT
     */
    public static PrivateKey fromProtobuf(byte[] protobuf) {
        if (protobuf.length > MAX_PROTOBUF) {
            throw KeyException.size("a private key has at most " + MAX_PROTOBUF + " bytes, not " + protobuf.length);
        }
        PrivateKeyPb message;
        try {
            message = PrivateKeyPb.parseFrom(protobuf);
        } catch (InvalidProtocolBufferException malformed) {
            throw KeyException.malformed("the bytes are no PrivateKey protobuf of a known key type");
        }
        KeyType type = KeyType.of(message.getType());
        byte[] data = message.getData().toByteArray();
        return new PrivateKey(
                type,
                switch (type) {
                    case RSA -> RsaKeys.read(data);
                    case ED25519 -> Ed25519Keys.read(data);
                    case SECP256K1 -> Secp256k1Keys.read(data);
                    case ECDSA -> EcdsaKeys.read(data);
                });
    }

    /** The type. */
    public KeyType type() {
        return publicKey.type();
    }

    /** The public key. */
    public PublicKey publicKey() {
        return publicKey;
    }

    /** The signature over the message, the same each time. */
    public byte[] sign(byte[] message) {
        return signer.sign(message);
    }

    /** The key itself as PrivateKey protobuf, for the key file and nothing else. */
    public byte[] toProtobuf() {
        return PrivateKeyPb.newBuilder()
                .setType(type().toPb())
                .setData(ByteString.copyFrom(data))
                .build()
                .toByteArray();
    }

    /** Says whose key it is, not which. */
    @Override
    public String toString() {
        return "private key of " + publicKey;
    }
}
