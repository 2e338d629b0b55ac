package dev.dunlin.connection.noise;

import java.io.NotSerializableException;
import java.util.Arrays;
import javax.crypto.SecretKey;

/** A cipher key that can be zeroed, which the JDK's own key class cannot. */
final class ChaChaKey implements SecretKey {

    private static final long serialVersionUID = 1L;

    private final transient byte[] key;
    private boolean destroyed;

    /** A copy of the 32 bytes. */
    ChaChaKey(byte[] key) {
        this.key = key.clone();
    }

    @Override
    public String getAlgorithm() {
        return "ChaCha20";
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    /** A copy, for the cipher. */
    @Override
    public byte[] getEncoded() {
        return key.clone();
    }

    @Override
    public void destroy() {
        Arrays.fill(key, (byte) 0);
        destroyed = true;
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }

    /** Says nothing of the key. */
    @Override
    public String toString() {
        return "ChaChaKey";
    }

    private Object writeReplace() throws NotSerializableException {
        throw new NotSerializableException("a key is not written");
    }
}
