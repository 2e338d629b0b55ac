package dev.dunlin.core.keys;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Ed25519 (RFC 8032) by Bouncy Castle, which is many times faster at it than the JDK. A public key is 32 raw bytes; as
 * in go-libp2p only its length is checked when it is read, and with bytes that are no point nothing verifies.
 */
final class Ed25519Keys {

    private static final int KEY_BYTES = 32;
    private static final int PAIR_BYTES = 2 * KEY_BYTES;
    private static final int OLD_PAIR_BYTES = 3 * KEY_BYTES;

    private Ed25519Keys() {}

    static Verifier verifier(byte[] data) {
        if (data.length != KEY_BYTES) {
            throw KeyException.size("an Ed25519 public key has " + KEY_BYTES + " bytes, not " + data.length);
        }
        byte[] key = data.clone();
        return (message, signature) -> signature.length == Ed25519.SIGNATURE_SIZE
                && Ed25519.verify(signature, 0, key, 0, message, 0, message.length);
    }

    /** Reads seed and public key, or the old form with the public key twice. */
    static KeyPair read(byte[] data) {
        if (data.length != PAIR_BYTES && data.length != OLD_PAIR_BYTES) {
            throw KeyException.size("an Ed25519 private key has " + PAIR_BYTES + " bytes, or " + OLD_PAIR_BYTES
                    + " in its old form, not " + data.length);
        }
        KeyPair pair = ofSeed(Arrays.copyOf(data, KEY_BYTES));
        for (int at = KEY_BYTES; at < data.length; at += KEY_BYTES) {
            if (!MessageDigest.isEqual(pair.publicData, Arrays.copyOfRange(data, at, at + KEY_BYTES))) {
                throw KeyException.inconsistent("the public part of the Ed25519 private key is not that of its seed");
            }
        }
        return pair;
    }

    static KeyPair generate(SecureRandom random) {
        byte[] seed = new byte[KEY_BYTES];
        random.nextBytes(seed);
        return ofSeed(seed);
    }

    private static KeyPair ofSeed(byte[] seed) {
        byte[] key = new byte[KEY_BYTES];
        Ed25519.generatePublicKey(seed, 0, key, 0);
        return new KeyPair(Der.join(seed, key), key, message -> {
            byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
            Ed25519.sign(seed, 0, key, 0, message, 0, message.length, signature, 0);
            return signature;
        });
    }
}
