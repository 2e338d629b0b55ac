package dev.dunlin.connection.noise;

import dev.dunlin.connection.noise.AeadChoice.Way;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * ChaCha20-Poly1305 under one key with a counter as nonce (Noise, section 5.1). One object serves one direction.
 */
final class CipherState {

    /** Bytes of the authentication tag. */
    static final int TAG = Aead.TAG;

    /** The nonce that must not be used, reserved by the Noise specification. */
    private static final long RESERVED_NONCE = -1;

    private AeadChoice choice = AeadChoice.untimed();
    private final ChaChaKey key;
    private final SplitAead split;
    private @Nullable JdkAead jdk;
    private long nonce;
    private long longs;

    /** A state under a copy of the key of 32 bytes, its nonce at the given value. */
    CipherState(byte[] key, long nonce) {
        this.key = new ChaChaKey(key);
        try {
            this.split = new SplitAead(this.key);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no ChaCha20-Poly1305: use a complete JDK", missing);
        }
        this.nonce = nonce;
    }

    /**
     * Encrypts, appends the tag, and counts the nonce up. Input and output may be the same place of one array, and must
     * not overlap otherwise.
     *
     * @return bytes written, {@link #TAG} more than were read
     */
    int encrypt(byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt) throws NoiseException {
        return run(true, associated, in, inAt, length, out, outAt);
    }

    /**
     * Checks the tag, decrypts, and counts the nonce up. Nothing is written if the tag is wrong. Input and output may
     * be the same place of one array, and must not overlap otherwise.
     *
     * @param length bytes to read, the tag counted
     * @return bytes written, {@link #TAG} fewer than were read
     */
    int decrypt(byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt) throws NoiseException {
        return run(false, associated, in, inAt, length, out, outAt);
    }

    private int run(boolean seal, byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt)
            throws NoiseException {
        if (key.isDestroyed()) {
            throw new NoiseException(new NoiseFailure.Closed());
        }
        if (nonce == RESERVED_NONCE) {
            throw new NoiseException(new NoiseFailure.NonceExhausted());
        }
        boolean isLong = length >= AeadChoice.LONG;
        long number = isLong ? ++longs : 0;
        Way way = isLong ? choice.way(number) : Way.SPLIT;
        boolean timed = isLong && choice.times(number);
        long began = timed ? choice.now() : 0;
        try {
            Aead aead = way == Way.JDK ? jdk() : split;
            int written = seal
                    ? aead.seal(nonce, associated, in, inAt, length, out, outAt)
                    : aead.open(nonce, associated, in, inAt, length, out, outAt);
            nonce++;
            if (timed) {
                choice.took(way, length, choice.now() - began);
            }
            return written;
        } catch (AEADBadTagException _) {
            throw new NoiseException(new NoiseFailure.NotAuthentic());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("the JDK's ChaCha20 refused valid arguments", impossible);
        }
    }

    // Made when it is needed: most connections never see a long message, or never take this way.
    private JdkAead jdk() throws GeneralSecurityException {
        JdkAead known = jdk;
        if (known == null) {
            known = new JdkAead(key);
            jdk = known;
        }
        return known;
    }

    /** Lets long messages take the way that a choice says. */
    void choosing(AeadChoice by) {
        choice = by;
    }

    /** Zeroes the key; every later use fails as closed. */
    void destroy() {
        key.destroy();
    }
}
