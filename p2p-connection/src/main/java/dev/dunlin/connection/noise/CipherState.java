package dev.dunlin.connection.noise;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;

/**
 * ChaCha20-Poly1305 under one key with a counter as nonce (Noise, section 5.1). One object serves one direction; it
 * keeps its JDK cipher, whose initialisation costs less than its creation.
 */
final class CipherState {

    /** Bytes of the authentication tag. */
    static final int TAG = 16;

    /** The nonce that must not be used, reserved by the Noise specification. */
    private static final long RESERVED_NONCE = -1;

    private static final int NONCE_BYTES = 12;

    private final Cipher cipher;
    private final ChaChaKey key;
    private final NonceSpec nonceSpec = new NonceSpec();
    private long nonce;

    /** A state under a copy of the key of 32 bytes, its nonce at the given value. */
    CipherState(byte[] key, long nonce) {
        try {
            this.cipher = Cipher.getInstance("ChaCha20-Poly1305");
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no ChaCha20-Poly1305: use a complete JDK", missing);
        }
        this.key = new ChaChaKey(key);
        this.nonce = nonce;
    }

    /**
     * Encrypts, appends the tag, and counts the nonce up. Input and output may be the same place of one array, and must
     * not overlap otherwise.
     *
     * @return bytes written, {@link #TAG} more than were read
     */
    int encrypt(byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt) throws NoiseException {
        return run(Cipher.ENCRYPT_MODE, associated, in, inAt, length, out, outAt);
    }

    /**
     * Checks the tag, decrypts, and counts the nonce up. Nothing is written if the tag is wrong. Input and output may
     * be the same place of one array, and must not overlap otherwise.
     *
     * @param length bytes to read, the tag counted
     * @return bytes written, {@link #TAG} fewer than were read
     */
    int decrypt(byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt) throws NoiseException {
        return run(Cipher.DECRYPT_MODE, associated, in, inAt, length, out, outAt);
    }

    private int run(int mode, byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt)
            throws NoiseException {
        if (key.isDestroyed()) {
            throw new NoiseException(new NoiseFailure.Closed());
        }
        if (nonce == RESERVED_NONCE) {
            throw new NoiseException(new NoiseFailure.NonceExhausted());
        }
        try {
            initialise(mode);
            if (associated.length > 0) {
                cipher.updateAAD(associated);
            }
            int written = cipher.doFinal(in, inAt, length, out, outAt);
            nonce++;
            return written;
        } catch (AEADBadTagException _) {
            throw new NoiseException(new NoiseFailure.NotAuthentic());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("the JDK's ChaCha20-Poly1305 refused valid arguments", impossible);
        }
    }

    private void initialise(int mode) throws InvalidKeyException, InvalidAlgorithmParameterException {
        nonceSpec.set(nonce);
        cipher.init(mode, key, nonceSpec);
    }

    /** Zeroes the key; every later use fails as closed. */
    void destroy() {
        key.destroy();
    }

    /**
     * The nonce of the next message: 32 zero bits and the counter, little-endian (Noise, section 12.3). The JDK's class copies
     * its bytes when it is made and when it is asked, for every message; this one lends two arrays in turn. Two, since the
     * cipher keeps the last one to refuse it a second time.
     */
    private static final class NonceSpec extends IvParameterSpec {
        private byte[] next = new byte[NONCE_BYTES];
        private byte[] last = new byte[NONCE_BYTES];

        NonceSpec() {
            super(new byte[NONCE_BYTES]);
        }

        void set(long counter) {
            byte[] reused = last;
            last = next;
            next = reused;
            for (int i = 0; i < Long.BYTES; i++) {
                next[NONCE_BYTES - Long.BYTES + i] = (byte) (counter >>> (8 * i));
            }
        }

        @Override
        public byte[] getIV() {
            return next;
        }
    }
}
