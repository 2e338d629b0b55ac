package dev.dunlin.connection.noise;

import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Chaining key, transcript hash and the cipher of the moment, over SHA-256 (Noise, section 5.2). */
final class SymmetricState {

    private static final int HASH = 32;
    private static final byte[] NOTHING = new byte[0];

    private final MessageDigest sha256;
    private final byte[] chainingKey = new byte[HASH];
    private final byte[] hash = new byte[HASH];
    private Optional<CipherState> cipher = Optional.empty();

    /** The two ciphers of the transport phase. */
    record Split(CipherState initiatorToResponder, CipherState responderToInitiator) {}

    /** A state for the protocol; a name of exactly 32 ASCII bytes is its own hash. */
    SymmetricState(byte[] protocolName) {
        if (protocolName.length != HASH) {
            throw new IllegalArgumentException("the protocol's name has 32 bytes");
        }
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no SHA-256: use a complete JDK", missing);
        }
        System.arraycopy(protocolName, 0, hash, 0, HASH);
        System.arraycopy(protocolName, 0, chainingKey, 0, HASH);
    }

    /** Adds to the transcript. */
    void mixHash(byte[] data, int at, int length) {
        sha256.update(hash);
        sha256.update(data, at, length);
        try {
            sha256.digest(hash, 0, HASH);
        } catch (DigestException impossible) {
            throw new IllegalStateException("SHA-256 has 32 bytes", impossible);
        }
    }

    /** Makes new keys of a Diffie-Hellman result. */
    void mixKey(byte[] secret) {
        byte[][] outputs = hkdf(secret);
        System.arraycopy(outputs[0], 0, chainingKey, 0, HASH);
        destroyCipher();
        cipher = Optional.of(new CipherState(outputs[1], 0));
        wipe(outputs);
    }

    /** How many bytes {@link #encryptAndHash} adds. */
    int overhead() {
        return cipher.isPresent() ? CipherState.TAG : 0;
    }

    /**
     * Encrypts, if there is a key yet, and adds what goes over the wire to the transcript.
     *
     * @return bytes written
     */
    int encryptAndHash(byte[] plain, byte[] out, int outAt) throws NoiseException {
        int written = plain.length;
        if (cipher.isPresent()) {
            written = cipher.get().encrypt(hash, plain, 0, plain.length, out, outAt);
        } else {
            System.arraycopy(plain, 0, out, outAt, plain.length);
        }
        mixHash(out, outAt, written);
        return written;
    }

    /** Decrypts, if there is a key yet, and adds what came over the wire to the transcript. */
    byte[] decryptAndHash(byte[] in, int at, int length) throws NoiseException {
        byte[] plain;
        if (cipher.isPresent()) {
            plain = new byte[length - CipherState.TAG];
            cipher.get().decrypt(hash, in, at, length, plain, 0);
        } else {
            plain = Arrays.copyOfRange(in, at, at + length);
        }
        mixHash(in, at, length);
        return plain;
    }

    /** The keys of the transport phase; this state's own are zeroed. */
    Split split() {
        byte[][] outputs = hkdf(NOTHING);
        Split split = new Split(new CipherState(outputs[0], 0), new CipherState(outputs[1], 0));
        wipe(outputs);
        destroy();
        return split;
    }

    /** A copy of the transcript hash. */
    byte[] handshakeHash() {
        return hash.clone();
    }

    /** Zeroes the keys; the transcript hash, which is no secret, stays. */
    void destroy() {
        Arrays.fill(chainingKey, (byte) 0);
        destroyCipher();
    }

    private void destroyCipher() {
        cipher.ifPresent(CipherState::destroy);
    }

    /** HKDF with two outputs and no info (Noise, section 4.3). */
    private byte[][] hkdf(byte[] input) {
        byte[] temporary = hmac(chainingKey, input);
        byte[] first = hmac(temporary, new byte[] {1});
        byte[] data = Arrays.copyOf(first, HASH + 1);
        data[HASH] = 2;
        byte[] second = hmac(temporary, data);
        wipe(temporary, data);
        return new byte[][] {first, second};
    }

    private static byte[] hmac(byte[] key, byte[] data) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(data);
        } catch (InvalidKeyException impossible) {
            throw new IllegalStateException("HMAC takes any key", impossible);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no HMAC-SHA-256: use a complete JDK", missing);
        }
    }

    private static void wipe(byte[]... secrets) {
        for (byte[] secret : secrets) {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
