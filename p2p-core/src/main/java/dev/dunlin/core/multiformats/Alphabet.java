package dev.dunlin.core.multiformats;

import static dev.dunlin.core.multiformats.MultiformatException.quote;

import java.util.Arrays;

/** The characters of a base in the order of their values, and the bases that are no power of two. */
enum Alphabet {
    HEX("0123456789abcdef", true),
    HEX_UPPER("0123456789ABCDEF", true),
    B32("abcdefghijklmnopqrstuvwxyz234567", true),
    B32_UPPER("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", true),
    B36("0123456789abcdefghijklmnopqrstuvwxyz", true),
    B36_UPPER("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", true),
    B58("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", false),
    B64("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", false),
    B64_URL("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false);

    private static final int ASCII = 128;

    private final String characters;
    private final byte[] digits = new byte[ASCII];

    Alphabet(String characters, boolean anyCase) {
        this.characters = characters;
        Arrays.fill(digits, (byte) -1);
        for (int value = 0; value < characters.length(); value++) {
            char c = characters.charAt(value);
            digits[c] = (byte) value;
            if (anyCase && c >= 'a') {
                digits[c - 'a' + 'A'] = (byte) value;
            } else if (anyCase && c >= 'A') {
                digits[c - 'A' + 'a'] = (byte) value;
            }
        }
    }

    char character(int value) {
        return characters.charAt(value);
    }

    int digit(char c) {
        int value = c < ASCII ? digits[c] : -1;
        if (value < 0) {
            throw new MultiformatException(quote(String.valueOf(c)) + " is no character of this base");
        }
        return value;
    }

    /** The bytes as one big-endian number, with a zero digit for each zero byte in front. */
    String encodePositional(byte[] bytes) {
        int zeros = 0;
        while (zeros < bytes.length && bytes[zeros] == 0) {
            zeros++;
        }
        // Digits, lowest first; log(256)/log(36) < 1.6.
        byte[] number = new byte[bytes.length * 8 / 5 + 1];
        int length = 0;
        for (int i = zeros; i < bytes.length; i++) {
            int carry = bytes[i] & 0xFF;
            for (int j = 0; j < length || carry > 0; j++) {
                carry += (number[j] & 0xFF) << 8;
                number[j] = (byte) (carry % characters.length());
                carry /= characters.length();
                length = Math.max(length, j + 1);
            }
        }
        StringBuilder text = new StringBuilder(zeros + length);
        text.repeat(characters.charAt(0), zeros);
        while (length > 0) {
            text.append(characters.charAt(number[--length]));
        }
        return text.toString();
    }

    /** Undoes {@link #encodePositional}. */
    byte[] decodePositional(String text) {
        int zeros = 0;
        while (zeros < text.length() && text.charAt(zeros) == characters.charAt(0)) {
            zeros++;
        }
        // Bytes, lowest first; a digit is less than a byte.
        byte[] number = new byte[text.length()];
        int length = 0;
        for (int i = zeros; i < text.length(); i++) {
            int carry = digit(text.charAt(i));
            for (int j = 0; j < length || carry > 0; j++) {
                carry += (number[j] & 0xFF) * characters.length();
                number[j] = (byte) carry;
                carry >>>= 8;
                length = Math.max(length, j + 1);
            }
        }
        byte[] bytes = new byte[zeros + length];
        for (int i = 0; i < length; i++) {
            bytes[zeros + i] = number[length - 1 - i];
        }
        return bytes;
    }
}
