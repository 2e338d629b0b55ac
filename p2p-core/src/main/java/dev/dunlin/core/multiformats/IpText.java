package dev.dunlin.core.multiformats;

import static dev.dunlin.core.multiformats.MultiformatException.quote;

import java.util.Arrays;

/**
 * IP addresses as text. IPv4 is read as four decimal numbers without leading zeros, IPv6 as in RFC 4291 without a zone;
 * IPv6 is printed as in RFC 5952, with the last four bytes of an IPv4-mapped address in decimal.
 */
final class IpText {

    static final int V4_BYTES = 4;
    static final int V6_BYTES = 16;

    private static final int GROUPS = 8;
    private static final int MAPPED_PREFIX_BYTES = 12;

    private IpText() {}

    static byte[] parse4(String text) {
        byte[] address = new byte[V4_BYTES];
        String[] numbers = text.split("\\.", V4_BYTES + 1);
        boolean valid = numbers.length == V4_BYTES;
        for (int i = 0; valid && i < V4_BYTES; i++) {
            int number = decimal(numbers[i], 255);
            valid = number >= 0;
            address[i] = (byte) number;
        }
        if (!valid) {
            throw new MultiformatException(quote(text) + " is no IPv4 address");
        }
        return address;
    }

    /** A decimal number without sign and leading zeros, or -1. */
    static int decimal(String text, int max) {
        if (text.isEmpty() || text.length() > 5 || (text.length() > 1 && text.charAt(0) == '0')) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + (c - '0');
        }
        return number <= max ? number : -1;
    }

    static byte[] parse6(String text) {
        byte[] address = new byte[V6_BYTES];
        int gap = text.indexOf("::");
        boolean valid;
        if (gap < 0) {
            valid = groups(text, address) == V6_BYTES;
        } else {
            byte[] front = new byte[V6_BYTES];
            byte[] back = new byte[V6_BYTES];
            // In front of the gap there can be no IPv4 part.
            String before = text.substring(0, gap);
            int frontLength = before.indexOf('.') < 0 ? optionalGroups(before, front) : -1;
            int backLength = optionalGroups(text.substring(gap + 2), back);
            valid = frontLength >= 0 && backLength >= 0 && frontLength + backLength <= V6_BYTES - 2;
            if (valid) {
                System.arraycopy(front, 0, address, 0, frontLength);
                System.arraycopy(back, 0, address, V6_BYTES - backLength, backLength);
            }
        }
        if (!valid) {
            throw new MultiformatException(quote(text) + " is no IPv6 address");
        }
        return address;
    }

    private static int optionalGroups(String text, byte[] into) {
        return text.isEmpty() ? 0 : groups(text, into);
    }

    /** Reads groups that stand between colons; the number of bytes they make, or -1. */
    private static int groups(String text, byte[] into) {
        String[] groups = text.split(":", GROUPS + 1);
        int at = 0;
        for (int i = 0; i < groups.length; i++) {
            String group = groups[i];
            if (group.indexOf('.') >= 0) {
                if (i < groups.length - 1 || at + V4_BYTES > V6_BYTES) {
                    return -1;
                }
                System.arraycopy(parse4(group), 0, into, at, V4_BYTES);
                return at + V4_BYTES;
            }
            int number = hexadecimal(group);
            if (number < 0 || at + 2 > V6_BYTES) {
                return -1;
            }
            into[at++] = (byte) (number >>> 8);
            into[at++] = (byte) number;
        }
        return at;
    }

    private static int hexadecimal(String text) {
        if (text.isEmpty() || text.length() > 4) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                return -1;
            }
            number = number << 4 | digit;
        }
        return number;
    }

    static String print(byte[] address) {
        if (address.length == V4_BYTES) {
            return print4(address, 0);
        }
        if (isMapped(address)) {
            return "::ffff:" + print4(address, MAPPED_PREFIX_BYTES);
        }
        return print6(address);
    }

    private static boolean isMapped(byte[] address) {
        byte[] prefix = new byte[MAPPED_PREFIX_BYTES];
        prefix[10] = (byte) 0xFF;
        prefix[11] = (byte) 0xFF;
        return Arrays.equals(address, 0, MAPPED_PREFIX_BYTES, prefix, 0, MAPPED_PREFIX_BYTES);
    }

    private static String print4(byte[] address, int at) {
        return (address[at] & 0xFF) + "." + (address[at + 1] & 0xFF) + "." + (address[at + 2] & 0xFF) + "."
                + (address[at + 3] & 0xFF);
    }

    private static String print6(byte[] address) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (address[2 * i] & 0xFF) << 8 | (address[2 * i + 1] & 0xFF);
        }
        // The first longest run of at least two zero groups is left out.
        int gap = -1;
        int gapLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups[end] == 0) {
                end++;
            }
            if (end - i > gapLength) {
                gap = i;
                gapLength = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == gap) {
                text.append("::");
                i += gapLength - 1;
                continue;
            }
            if (i > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
