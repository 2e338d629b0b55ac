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
 * <p>Found by search in one fixed sequence of multihash-like bytes: the first of them that begins so, on every machine. The search goes on
 * where the one before it has ended, and what it has passed is kept (128 KiB): the first takes some ten milliseconds, and all together
 * some tenths of a second.
 */
public final class Preimages {

    /** The longest prefix that a preimage is known for, in bits: enough for networks of some hundred thousand nodes. */
    public static final int MOST_BITS = 15;

    private static final int HEADER = 2;
    private static final int BYTES = 34;
    private static final byte SHA2_256 = 0x12;
    private static final byte DIGEST_BYTES = 32;

    private Preimages() {}

    private static final Search SEARCH = new Search();

    /** How far the sequence has been searched, and what was found there. */
    private static final class Search {
        private final int[] numbers = new int[1 << MOST_BITS];
        private final MessageDigest sha256 = sha256();
        private final byte[] bytes = array(0);
        private final byte[] digest = new byte[DIGEST_BYTES];
        private int searched;

        /** The first number of the sequence whose key begins with these bits. */
        synchronized int first(int prefix) {
            while (numbers[prefix] == 0) {
                searched++;
                number(bytes, searched);
                int found = prefixOfBytes();
                if (numbers[found] == 0) {
                    numbers[found] = searched;
                }
            }
            return numbers[prefix];
        }

        private int prefixOfBytes() {
            sha256.update(bytes);
            try {
                sha256.digest(digest, 0, digest.length);
            } catch (DigestException itIsLongEnough) {
                throw new IllegalStateException(itIsLongEnough);
            }
            return ByteBuffer.wrap(digest).getInt() >>> Integer.SIZE - MOST_BITS;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
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
        return bytes(SEARCH.first(flipped & ~low | (int) draw & low));
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
        return bytes(SEARCH.first(prefix(key) & -1 << MOST_BITS - bits));
    }

    private static Bytes bytes(int number) {
        return Bytes.of(array(number));
    }

    private static byte[] array(int number) {
        byte[] bytes = new byte[BYTES];
        bytes[0] = SHA2_256;
        bytes[1] = DIGEST_BYTES;
        number(bytes, number);
        return bytes;
    }

    private static void number(byte[] bytes, int number) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[HEADER + i] = (byte) (number >>> Byte.SIZE * i);
        }
    }
}
