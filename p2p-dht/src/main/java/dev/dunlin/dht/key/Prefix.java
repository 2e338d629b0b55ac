package dev.dunlin.dht.key;

/**
 * The ids that begin with the same bits: a subtree of the id space. Two prefixes have no id in common, or one lies in the other.
 *
 * @param first the least of the ids: all bits behind the prefix are 0
 * @param bits how many leading bits the ids share, 0 to {@link Key#BITS}
 */
public record Prefix(Key first, int bits) {

    /** All ids. */
    public static final Prefix ALL = new Prefix(Key.ZERO, 0);

    /**
     * Checks the range, and that nothing stands behind the prefix.
     *
     * @throws IllegalArgumentException if it is not so
     */
    public Prefix {
        if (bits < 0 || bits > Key.BITS) {
            throw new IllegalArgumentException("a prefix has 0 to " + Key.BITS + " bits, not " + bits);
        }
        if (!first.equals(cleared(first, bits))) {
            throw new IllegalArgumentException("the first id with a prefix of " + bits + " bits is not " + first);
        }
    }

    /**
     * The ids that begin as this one does.
     *
     * @param bits how many of its leading bits count
     * @throws IllegalArgumentException if there are not so many
     */
    public static Prefix of(Key key, int bits) {
        if (bits < 0 || bits > Key.BITS) {
            throw new IllegalArgumentException("a prefix has 0 to " + Key.BITS + " bits, not " + bits);
        }
        return new Prefix(cleared(key, bits), bits);
    }

    private static Key cleared(Key key, int bits) {
        return new Key(
                key.a() & mask(bits, 0), key.b() & mask(bits, 1), key.c() & mask(bits, 2), key.d() & mask(bits, 3));
    }

    /** The bits of a 64-bit word of an id that the first bits of the id reach into. */
    private static long mask(int bits, int word) {
        int set = Math.clamp(bits - word * (long) Long.SIZE, 0, Long.SIZE);
        return set == 0 ? 0 : -1L << Long.SIZE - set;
    }

    /** The greatest of the ids. */
    public Key last() {
        return new Key(
                first.a() | ~mask(bits, 0),
                first.b() | ~mask(bits, 1),
                first.c() | ~mask(bits, 2),
                first.d() | ~mask(bits, 3));
    }

    /** Whether an id begins with it. */
    public boolean has(Key key) {
        return first.commonPrefix(key) >= bits;
    }

    /** Whether all ids of another prefix begin with this one. */
    public boolean has(Prefix other) {
        return other.bits >= bits && has(other.first);
    }

    /**
     * One half of it.
     *
     * @param isUpper the half with the greater ids
     * @throws IllegalArgumentException if it is one id, which has no halves
     */
    public Prefix half(boolean isUpper) {
        return of(isUpper ? last() : first, bits + 1);
    }
}
