package dev.dunlin.core.multiformats;

import static dev.dunlin.core.multiformats.MultiformatException.quote;

/**
 * Bytes as text that says by its first character which base it is in (multiformats/multibase). The bases whose alphabet
 * has one case are read in either; unused bits at the end must be zero, and padding must be whole.
 */
public enum Multibase {
    /** Hexadecimal, lower case. */
    BASE16('f', Alphabet.HEX, 4, false),
    /** Hexadecimal, upper case. */
    BASE16_UPPER('F', Alphabet.HEX_UPPER, 4, false),
    /** RFC 4648 base32, lower case, no padding: the canonical form of a CIDv1. */
    BASE32('b', Alphabet.B32, 5, false),
    /** RFC 4648 base32, upper case, no padding. */
    BASE32_UPPER('B', Alphabet.B32_UPPER, 5, false),
    /** RFC 4648 base32, lower case, padded. */
    BASE32_PAD('c', Alphabet.B32, 5, true),
    /** RFC 4648 base32, upper case, padded. */
    BASE32_PAD_UPPER('C', Alphabet.B32_UPPER, 5, true),
    /** Base 36, lower case. */
    BASE36('k', Alphabet.B36, 0, false),
    /** Base 36, upper case. */
    BASE36_UPPER('K', Alphabet.B36_UPPER, 0, false),
    /** Base 58 with Bitcoin's alphabet: the canonical form of a CIDv0 and of a peer id, there without the prefix. */
    BASE58_BTC('z', Alphabet.B58, 0, false),
    /** RFC 4648 base64, no padding. */
    BASE64('m', Alphabet.B64, 6, false),
    /** RFC 4648 base64, padded. */
    BASE64_PAD('M', Alphabet.B64, 6, true),
    /** RFC 4648 base64url, no padding. */
    BASE64_URL('u', Alphabet.B64_URL, 6, false),
    /** RFC 4648 base64url, padded. */
    BASE64_URL_PAD('U', Alphabet.B64_URL, 6, true);

    /**
     * The most bytes that are written, and characters that are read, in base 36 and 58, whose cost grows with the
     * square of the length. The other bases have no limit.
     */
    public static final int MAX_POSITIONAL = 2048;

    private static final char PAD = '=';

    private final char prefix;
    private final Alphabet alphabet;
    /** Bits a character stands for; 0 for a base that is no power of two. */
    private final int bits;

    private final boolean padded;

    Multibase(char prefix, Alphabet alphabet, int bits, boolean padded) {
        this.prefix = prefix;
        this.alphabet = alphabet;
        this.bits = bits;
        this.padded = padded;
    }

    /** The character that a text in this base begins with. */
    public char prefix() {
        return prefix;
    }

    /**
     * The base that a text names by its first character.
     *
     * @throws MultiformatException if the text is empty or names no base of these
     */
    public static Multibase of(String text) {
        if (text.isEmpty()) {
            throw new MultiformatException("a multibase text needs at least the character that names its base");
        }
        for (Multibase base : values()) {
            if (base.prefix == text.charAt(0)) {
                return base;
            }
        }
        throw new MultiformatException("no known multibase begins with " + quote(text.substring(0, 1)));
    }

    /**
     * Reads a text with its prefix.
     *
     * @throws MultiformatException if the base is unknown or the text is not valid in it
     */
    public static byte[] decode(String text) {
        return of(text).decodeBare(text.substring(1));
    }

    /**
     * The bytes as text, with the prefix.
     *
     * @throws MultiformatException if they are more than {@link #MAX_POSITIONAL} and the base is 36 or 58
     */
    public String encode(byte[] bytes) {
        return prefix + encodeBare(bytes);
    }

    /**
     * The bytes as text, without the prefix.
     *
     * @throws MultiformatException if they are more than {@link #MAX_POSITIONAL} and the base is 36 or 58
     */
    public String encodeBare(byte[] bytes) {
        if (bits > 0) {
            return encodeBits(bytes);
        }
        checkPositional(bytes.length, "bytes");
        return alphabet.encodePositional(bytes);
    }

    /**
     * Reads a text without the prefix.
     *
     * @throws MultiformatException if the text is not valid in this base, or has more than {@link #MAX_POSITIONAL}
     *     characters and the base is 36 or 58
     */
    public byte[] decodeBare(String text) {
        if (bits > 0) {
            return decodeBits(text);
        }
        checkPositional(text.length(), "characters");
        return alphabet.decodePositional(text);
    }

    private void checkPositional(int length, String unit) {
        if (length > MAX_POSITIONAL) {
            throw new MultiformatException(
                    name() + " is limited to " + MAX_POSITIONAL + " " + unit + ", and these are " + length);
        }
    }

    private String encodeBits(byte[] bytes) {
        StringBuilder text = new StringBuilder((int) ((bytes.length * 8L + bits - 1) / bits));
        int pending = 0;
        int count = 0;
        for (byte next : bytes) {
            pending = (pending << 8 | (next & 0xFF)) & 0xFFFF;
            for (count += 8; count >= bits; count -= bits) {
                text.append(alphabet.character(pending >>> (count - bits) & ((1 << bits) - 1)));
            }
        }
        if (count > 0) {
            text.append(alphabet.character(pending << (bits - count) & ((1 << bits) - 1)));
        }
        while (padded && (long) text.length() * bits % 8 != 0) {
            text.append(PAD);
        }
        return text.toString();
    }

    private byte[] decodeBits(String text) {
        int length = text.length();
        if (padded) {
            if ((long) length * bits % 8 != 0) {
                throw new MultiformatException(name() + " text of " + length + " characters lacks padding");
            }
            while (length > 0 && text.charAt(length - 1) == PAD) {
                length--;
            }
        }
        long total = (long) length * bits;
        // What is left over is less than a character and all zero; a group of padding alone is left over too.
        if (total % 8 >= bits || (padded && text.length() - length >= groupLength())) {
            throw new MultiformatException(name() + " text cannot have " + length + " characters");
        }
        byte[] bytes = new byte[(int) (total / 8)];
        int pending = 0;
        int count = 0;
        int at = 0;
        for (int i = 0; i < length; i++) {
            pending = (pending << bits | alphabet.digit(text.charAt(i))) & 0xFFFF;
            count += bits;
            if (count >= 8) {
                count -= 8;
                bytes[at++] = (byte) (pending >>> count);
            }
        }
        if ((pending & ((1 << count) - 1)) != 0) {
            throw new MultiformatException(name() + " text ends in bits that are not zero");
        }
        return bytes;
    }

    /** Characters of the shortest text that fills whole bytes: 8 for base32, 4 for base64. */
    private int groupLength() {
        return bits == 5 ? 8 : 4;
    }
}
