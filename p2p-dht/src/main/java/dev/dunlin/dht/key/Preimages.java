package dev.dunlin.dht.key;

import dev.dunlin.core.state.Bytes;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Bytes whose {@link Key} begins with wanted bits: a lookup asks others for what lies near the hash of what it sends, so to look into
 * some part of the id space it needs something that hashes into it (libp2p/specs kad-dht/README.md, "Bootstrap process").
 *
 * <p>Found by search in one fixed sequence of multihash-like bytes, once for all prefixes of up to {@value #MOST_BITS} bits; the same
 * prefix has the same preimage on every machine. The index is made when it is first asked for, which takes some tenths of a second ({@link #prepare}),
 * and takes 128 KiB.
 */
public final class Preimages {

    /** The longest prefix that a preimage is known for, in bits: enough for networks of some hundred thousand nodes. */
    public static final int MOST_BITS = 15;

    private static final int HEADER = 2;
    private static final int BYTES = 34;
    private static final byte SHA2_256 = 0x12;
    private static final byte DIGEST_BYTES = 32;

    private Preimages() {}

    /** The index is made with the class: by whoever asks first, once. */
    private static final class Index {
        private static final int[] NUMBERS = found();

        private static int[] found() {
            int[] numbers = new int[1 << MOST_BITS];
            int left = numbers.length;
            // Some hundred thousand hashes: without an object for each, or the heap grows by a hundred MiB.
            MessageDigest sha256 = sha256();
            byte[] digest = new byte[DIGEST_BYTES];
            for (int number = 1; left > 0; number++) {
                int prefix = prefix(sha256, array(number), digest);
                if (numbers[prefix] == 0) {
                    numbers[prefix] = number;
                    left--;
                }
            }
            return numbers;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static int prefix(MessageDigest sha256, byte[] of, byte[] digest) {
        sha256.update(of);
        try {
            sha256.digest(digest, 0, digest.length);
        } catch (DigestException itIsLongEnough) {
            throw new IllegalStateException(itIsLongEnough);
        }
        return ByteBuffer.wrap(digest).getInt() >>> Integer.SIZE - MOST_BITS;
    }

    /** Makes the index, so that whoever asks later need not wait. */
    public static void prepare() {
        withPrefix(Key.ZERO, 0);
    }

    private static int prefix(Key key) {
        return (int) (key.a() >>> Long.SIZE - MOST_BITS);
    }

    /**
     * Some bytes whose key shares exactly so many leading bits with a key: it lies in that bucket of the key's routing table. Their form is
     * that of a SHA-256 multihash, for peers that look at it.
     *
     * @param of whose table it is
     * @param commonPrefix how many bits are shared, 0 to {@link #MOST_BITS} - 1
     * @param draw any number: which of the parts of that bucket
     * @throws IllegalArgumentException if so long a prefix is not known
     */
    public static Bytes inBucket(Key of, int commonPrefix, long draw) {
        if (commonPrefix < 0 || commonPrefix >= MOST_BITS) {
            throw new IllegalArgumentException(
                    "preimages are known for buckets 0 to " + (MOST_BITS - 1) + ", not " + commonPrefix);
        }
        int free = MOST_BITS - 1 - commonPrefix;
        int flipped = prefix(of) ^ 1 << free;
        int low = (1 << free) - 1;
        return bytes(Index.NUMBERS[flipped & ~low | (int) draw & low]);
    }

    /**
     * Some bytes whose key begins as another key does.
     *
     * @param bits how many of its leading bits count, 0 to {@link #MOST_BITS}
     * @throws IllegalArgumentException if so long a prefix is not known
     */
    public static Bytes withPrefix(Key key, int bits) {
        if (bits < 0 || bits > MOST_BITS) {
            throw new IllegalArgumentException("preimages are known for 0 to " + MOST_BITS + " bits, not " + bits);
        }
        return bytes(Index.NUMBERS[prefix(key) & -1 << MOST_BITS - bits]);
    }

    private static Bytes bytes(int number) {
        return Bytes.of(array(number));
    }

    private static byte[] array(int number) {
        byte[] bytes = new byte[BYTES];
        bytes[0] = SHA2_256;
        bytes[1] = DIGEST_BYTES;
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[HEADER + i] = (byte) (number >>> Byte.SIZE * i);
        }
        return bytes;
    }
}
