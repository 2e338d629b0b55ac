package dev.dunlin.core.state;

/**
 * A 128-bit digest of a value's content. Digests of a table's entries are added up, so the digest of a table is the
 * same whatever the order in which it came to be, and costs only what changed.
 *
 * <p>A digest finds divergence between two runs of honest code. It is not cryptographic: never decide about trust by
 * it.
 *
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record Digest(long high, long low) implements Comparable<Digest> {

    /** The digest of nothing, neutral in {@link #plus}. */
    public static final Digest ZERO = new Digest(0, 0);

    private static final int HEX_LENGTH = 32;

    /** Lane-wise sum, modulo 2^64 each: commutative, associative, and undone by {@link #minus}. */
    public Digest plus(Digest other) {
        return new Digest(high + other.high, low + other.low);
    }

    /** Takes back what {@link #plus} added. */
    public Digest minus(Digest other) {
        return new Digest(high - other.high, low - other.low);
    }

    /**
     * Reads the form that {@link #toString} writes.
     *
     * @throws IllegalArgumentException if the text is not 32 lower-case hexadecimal digits
     */
    public static Digest parse(String text) {
        if (text.length() != HEX_LENGTH) {
            throw new IllegalArgumentException("a digest has 32 hexadecimal digits, not " + text.length());
        }
        for (int i = 0; i < HEX_LENGTH; i++) {
            char digit = text.charAt(i);
            if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
                throw new IllegalArgumentException("a digest has lower-case hexadecimal digits, not '" + digit + "'");
            }
        }
        return new Digest(
                Long.parseUnsignedLong(text, 0, HEX_LENGTH / 2, 16),
                Long.parseUnsignedLong(text, HEX_LENGTH / 2, HEX_LENGTH, 16));
    }

    /** Unsigned order, upper half first. */
    @Override
    public int compareTo(Digest other) {
        int upper = Long.compareUnsigned(high, other.high);
        return upper != 0 ? upper : Long.compareUnsigned(low, other.low);
    }

    /** 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        char[] text = new char[HEX_LENGTH];
        hex(high, text, 0);
        hex(low, text, HEX_LENGTH / 2);
        return new String(text);
    }

    private static void hex(long half, char[] into, int at) {
        for (int i = 0; i < 16; i++) {
            into[at + i] = Character.forDigit((int) (half >>> (60 - 4 * i)) & 0xF, 16);
        }
    }
}
