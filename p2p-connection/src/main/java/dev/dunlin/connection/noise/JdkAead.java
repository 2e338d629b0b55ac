package dev.dunlin.connection.noise;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;

/** The JDK's own, kept for all messages: its initialisation costs less than its creation. */
final class JdkAead implements Aead {

    private final Cipher cipher;
    private final SecretKey key;
    private final NonceSpec nonceSpec = new NonceSpec();

    JdkAead(SecretKey key) throws GeneralSecurityException {
        this.cipher = Cipher.getInstance("ChaCha20-Poly1305");
        this.key = key;
    }

    @Override
    public int seal(long nonce, byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt)
            throws GeneralSecurityException {
        return run(Cipher.ENCRYPT_MODE, nonce, associated, in, inAt, length, out, outAt);
    }

    @Override
    public int open(long nonce, byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt)
            throws GeneralSecurityException {
        return run(Cipher.DECRYPT_MODE, nonce, associated, in, inAt, length, out, outAt);
    }

    private int run(int mode, long nonce, byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt)
            throws GeneralSecurityException {
        nonceSpec.set(nonce);
        cipher.init(mode, key, nonceSpec);
        if (associated.length > 0) {
            cipher.updateAAD(associated);
        }
        return cipher.doFinal(in, inAt, length, out, outAt);
    }

    /**
     * The nonce of the next message. The JDK's class copies its bytes when it is made and when it is asked, for every message; this one
     * lends two arrays in turn. Two, since the cipher keeps the last one to refuse it a second time.
     */
    private static final class NonceSpec extends IvParameterSpec {
        private byte[] next = new byte[NONCE];
        private byte[] last = new byte[NONCE];

        NonceSpec() {
            super(new byte[NONCE]);
        }

        void set(long counter) {
            byte[] reused = last;
            last = next;
            next = reused;
            Aead.nonce(counter, next);
        }

        @Override
        public byte[] getIV() {
            return next;
        }
    }
}
