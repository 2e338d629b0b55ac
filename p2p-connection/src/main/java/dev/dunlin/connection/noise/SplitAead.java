package dev.dunlin.connection.noise;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.ChaCha20ParameterSpec;

/**
 * The JDK's ChaCha20 with our {@link Poly1305}. To begin a message it takes half as long as {@link JdkAead} and a tenth of the garbage;
 * of long ones it takes less time, too, where the JDK's Poly1305 has no intrinsic.
 */
final class SplitAead implements Aead {

    /** A block of ChaCha20: the first one of a message is no key stream (RFC 8439, section 2.6). */
    private static final int BLOCK = 64;

    private static final byte[] ZEROS = new byte[BLOCK];

    private final Cipher cipher;
    private final SecretKey key;
    private final Poly1305 mac = new Poly1305();
    private final byte[] first = new byte[BLOCK];
    private final byte[] nonceBytes = new byte[NONCE];
    private final byte[] ours = new byte[TAG];
    private final byte[] theirs = new byte[TAG];

    SplitAead(SecretKey key) throws GeneralSecurityException {
        this.cipher = Cipher.getInstance("ChaCha20");
        this.key = key;
    }

    @Override
    public int seal(long nonce, byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt)
            throws GeneralSecurityException {
        begin(Cipher.ENCRYPT_MODE, nonce);
        cipher.doFinal(in, inAt, length, out, outAt);
        authenticate(associated, out, outAt, length);
        System.arraycopy(ours, 0, out, outAt + length, TAG);
        return length + TAG;
    }

    @Override
    public int open(long nonce, byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt)
            throws GeneralSecurityException {
        int size = length - TAG;
        if (size < 0) {
            throw new AEADBadTagException("no room for a tag");
        }
        begin(Cipher.DECRYPT_MODE, nonce);
        authenticate(associated, in, inAt, size);
        System.arraycopy(in, inAt + size, theirs, 0, TAG);
        if (!MessageDigest.isEqual(ours, theirs)) {
            throw new AEADBadTagException("another tag");
        }
        return cipher.doFinal(in, inAt, size, out, outAt);
    }

    private void begin(int mode, long nonce) throws GeneralSecurityException {
        Aead.nonce(nonce, nonceBytes);
        cipher.init(mode, key, new ChaCha20ParameterSpec(nonceBytes, 0));
        cipher.update(ZEROS, 0, BLOCK, first, 0);
        mac.begin(first);
        Arrays.fill(first, (byte) 0);
    }

    private void authenticate(byte[] associated, byte[] encrypted, int at, int length) {
        mac.padded(associated, 0, associated.length);
        mac.padded(encrypted, at, length);
        mac.lengths(associated.length, length);
        mac.end(ours, 0);
    }
}
