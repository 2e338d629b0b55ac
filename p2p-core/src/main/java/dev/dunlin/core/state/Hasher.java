package dev.dunlin.core.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Hashes canonical content into a {@link Digest}: the same on every machine, JVM and locale. Two lanes, one by
 * multiply-and-fold, one by a bijective mix, so that a weakness of one does not show in both.
 *
 * <p>Not thread-safe; {@link #reset} makes it fit for the next value.
 */
public final class Hasher {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long SEED_A = 0x9E3779B97F4A7C15L;
    private static final long SEED_B = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_A = 0xA0761D6478BD642FL;
    private static final long PRIME_B = 0xE7037ED1A0B428DBL;

    private long a = SEED_A;
    private long b = SEED_B;
    private long words;
    private boolean broken;
    private final boolean remembers;

    /** A hasher that lets tables remember their digests: for who digests one version after the other. */
    public Hasher() {
        this(true);
    }

    /**
     * A hasher.
     *
     * @param remembers whether tables may remember the digests that are fed; where not, they stay as small as they are
     */
    public Hasher(boolean remembers) {
        this.remembers = remembers;
    }

    /** Whether tables may remember the digests that are fed. */
    public boolean remembers() {
        return remembers;
    }

    /** Forgets what was fed. */
    public Hasher reset() {
        a = SEED_A;
        b = SEED_B;
        words = 0;
        broken = false;
        return this;
    }

    /** Feeds 64 bits. */
    public Hasher putLong(long value) {
        a = fold(a ^ value, PRIME_A);
        long mixed = (Long.rotateLeft(b, 29) + value) * PRIME_B;
        b = mixed ^ (mixed >>> 32);
        words++;
        return this;
    }

    /** Feeds a number of 32 bits; the same content as the equal {@code long}. */
    public Hasher putInt(int value) {
        return putLong(value);
    }

    /** Feeds a truth value. */
    public Hasher putBoolean(boolean value) {
        return putLong(value ? 1 : 0);
    }

    /** Feeds a floating-point number by its bits; all NaNs are one. */
    public Hasher putDouble(double value) {
        return putLong(Double.doubleToLongBits(value));
    }

    /** Feeds the length and the bytes. */
    public Hasher putBytes(byte[] bytes) {
        int length = bytes.length;
        putLong(length);
        int at = 0;
        for (; at + Long.BYTES <= length; at += Long.BYTES) {
            putLong((long) LONGS.get(bytes, at));
        }
        if (at < length) {
            long tail = 0;
            for (int shift = 0; at < length; at++, shift += 8) {
                tail |= (bytes[at] & 0xFFL) << shift;
            }
            putLong(tail);
        }
        return this;
    }

    /** Feeds the length and the UTF-16 code units. */
    public Hasher putString(String text) {
        int length = text.length();
        putLong(length);
        long word = 0;
        for (int i = 0; i < length; i++) {
            char unit = text.charAt(i);
            word = (word << 16) | unit;
            broken |= Character.isSurrogate(unit) && !Text.isUnicode(text, i);
            if ((i & 3) == 3) {
                putLong(word);
                word = 0;
            }
        }
        if ((length & 3) != 0) {
            putLong(word);
        }
        return this;
    }

    /** Whether a text with half a surrogate pair was fed since the last reset: it has no UTF-8. */
    public boolean hasBrokenText() {
        return broken;
    }

    /** Feeds another digest. */
    public Hasher putDigest(Digest digest) {
        return putLong(digest.high()).putLong(digest.low());
    }

    /** Counts words that were fed elsewhere, where only their digest is fed here. */
    public Hasher account(long elsewhere) {
        words += elsewhere;
        return this;
    }

    /** How many 8-byte words were fed since the last reset: a measure of the content's size. */
    public long words() {
        return words;
    }

    /** The digest of what was fed so far. */
    public Digest finish() {
        long high = avalanche(a ^ Long.rotateLeft(b, 32));
        long low = avalanche(b + fold(a ^ SEED_B, PRIME_B));
        return new Digest(high, low);
    }

    private static long fold(long x, long y) {
        return (x * y) ^ Math.unsignedMultiplyHigh(x, y);
    }

    private static long avalanche(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ (mixed >>> 33);
    }
}
