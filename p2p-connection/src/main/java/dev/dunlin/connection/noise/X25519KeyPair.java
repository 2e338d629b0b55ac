package dev.dunlin.connection.noise;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** A key pair for X25519 (RFC 7748), Noise's static or ephemeral key. */
final class X25519KeyPair {

    /** Bytes of either key and of a shared secret. */
    static final int SIZE = 32;

    private final byte[] privateKey;
    private final byte[] publicKey = new byte[SIZE];

    private X25519KeyPair(byte[] privateKey) {
        this.privateKey = privateKey;
        X25519.generatePublicKey(privateKey, 0, publicKey, 0);
    }

    /** A new pair. */
    static X25519KeyPair generate(SecureRandom random) {
        byte[] key = new byte[SIZE];
        X25519.generatePrivateKey(random, key);
        return new X25519KeyPair(key);
    }

    /** The pair of a private key of 32 bytes, which is copied. */
    static X25519KeyPair of(byte[] privateKey) {
        return new X25519KeyPair(privateKey.clone());
    }

    /** The public key itself, not to be altered. */
    byte[] publicKey() {
        return publicKey;
    }

    /** The shared secret with the owner of a public key; refused when it is all zero. */
    byte[] agree(byte[] theirs) throws NoiseException {
        byte[] secret = new byte[SIZE];
        if (!X25519.calculateAgreement(privateKey, 0, theirs, 0, secret, 0)) {
            throw new NoiseException(new NoiseFailure.WeakPublicKey());
        }
        return secret;
    }

    /** Zeroes the private key. */
    void destroy() {
        Arrays.fill(privateKey, (byte) 0);
    }
}
