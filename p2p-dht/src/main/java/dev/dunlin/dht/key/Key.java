package dev.dunlin.dht.key;

import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Canonical;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.state.TextType;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A Kademlia id of 256 bits: the SHA-256 of what it is the id of (libp2p/specs kad-dht/README.md, "Distance function"). For a peer that is
 * its peer id as bytes, for content its multihash (not its CID), for a value the whole key of its record. Also the distance between two
 * ids, which is their XOR.
 *
 * <p>Ordered as an unsigned number, most significant bit first; so of two distances the smaller one is the nearer.
 *
 * @param a the most significant 64 bits
 * @param b the next
 * @param c the next
 * @param d the least significant 64 bits
 */
public record Key(long a, long b, long c, long d) implements Comparable<Key>, Canonical {

    /** How many bits. */
    public static final int BITS = 256;

    /** The distance of an id to itself. */
    public static final Key ZERO = new Key(0, 0, 0, 0);

    /** As text: 64 hexadecimal digits. */
    public static final TextType<Key> TEXT = new TextType<>(Key.class, "Key", Key::toString, Key::parse);

    private static final int HEX_DIGITS = BITS / 4;

    /** The id of the peer. */
    public static Key of(PeerId peer) {
        int place = peer.hashCode() * 0x9E3779B9 >>> Integer.SIZE - KNOWN_BITS;
        Known known = KNOWN[place];
        if (known == null || !known.peer().equals(peer)) {
            known = new Known(peer, ofPreimage(Bytes.of(peer.toBytes())));
            KNOWN[place] = known;
        }
        return known.key();
    }

    /**
     * The id of a peer that was asked for: the same few are named again and again. As many are remembered as there are places, some
     * megabytes at most; whoever finds another peer's in its place hashes once more.
     */
    private record Known(PeerId peer, Key key) {}

    private static final int KNOWN_BITS = 16;
    private static final @Nullable Known[] KNOWN = new Known[1 << KNOWN_BITS];

    /** The id of content with this multihash. */
    public static Key of(Multihash content) {
        return ofPreimage(Bytes.of(content.toBytes()));
    }

    /** The id of these bytes: their SHA-256. */
    public static Key ofPreimage(Bytes preimage) {
        return ofDigest(Multihash.sha256(preimage.toArray()).digest().toArray());
    }

    /**
     * The id that these 32 bytes are.
     *
     * @throws IllegalArgumentException if there are more or fewer
     */
    public static Key ofDigest(byte[] digest) {
        if (digest.length != BITS / Byte.SIZE) {
            throw new IllegalArgumentException("a Kademlia id has 32 bytes, not " + digest.length);
        }
        ByteBuffer bytes = ByteBuffer.wrap(digest);
        return new Key(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if the text is not 64 lower-case hexadecimal digits
     */
    public static Key parse(String text) {
        if (text.length() == HEX_DIGITS) {
            Key key = ofDigest(HexFormat.of().parseHex(text));
            if (key.toString().equals(text)) {
                return key;
            }
        }
        throw new IllegalArgumentException(
                "a Kademlia id is " + HEX_DIGITS + " lower-case hexadecimal digits, not '" + text + "'");
    }

    /** The distance to another id: the XOR of both. */
    public Key distance(Key other) {
        return new Key(a ^ other.a, b ^ other.b, c ^ other.c, d ^ other.d);
    }

    /** Which of two ids is nearer to this one: negative if the first is, 0 if they are equal, positive if the second is. */
    public int compareDistances(Key one, Key other) {
        int order = Long.compareUnsigned(one.a ^ a, other.a ^ a);
        if (order != 0) {
            return order;
        }
        order = Long.compareUnsigned(one.b ^ b, other.b ^ b);
        if (order != 0) {
            return order;
        }
        order = Long.compareUnsigned(one.c ^ c, other.c ^ c);
        return order != 0 ? order : Long.compareUnsigned(one.d ^ d, other.d ^ d);
    }

    /** How many leading bits this shares with another id, 0 to 256: their common prefix length. */
    public int commonPrefix(Key other) {
        if (a != other.a) {
            return Long.numberOfLeadingZeros(a ^ other.a);
        }
        if (b != other.b) {
            return Long.SIZE + Long.numberOfLeadingZeros(b ^ other.b);
        }
        if (c != other.c) {
            return 2 * Long.SIZE + Long.numberOfLeadingZeros(c ^ other.c);
        }
        return 3 * Long.SIZE + Long.numberOfLeadingZeros(d ^ other.d);
    }

    /**
     * Whether a bit is set.
     *
     * @param index 0 is the most significant one, 255 the least
     */
    public boolean bit(int index) {
        long word = switch (index / Long.SIZE) {
            case 0 -> a;
            case 1 -> b;
            case 2 -> c;
            default -> d;
        };
        return (word >>> (Long.SIZE - 1 - index % Long.SIZE) & 1) == 1;
    }

    /** About where a distance lies between none (0) and the greatest (1). */
    public double fraction() {
        return (a >>> 11) * 0x1.0p-53;
    }

    @Override
    public int compareTo(Key other) {
        return ZERO.compareDistances(this, other);
    }

    @Override
    public void feed(Hasher sink) {
        sink.putLong(a).putLong(b).putLong(c).putLong(d);
    }

    /** 64 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(a) + hex.toHexDigits(b) + hex.toHexDigits(c) + hex.toHexDigits(d);
    }
}
