package dev.dunlin.core.keys;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * Reads and writes the few DER types that keys and signatures need, and nothing that DER would write otherwise:
 * definite lengths in the shortest form, no sign bytes too many, nothing behind the end. A length is compared with what
 * is there before anything is allocated.
 */
final class Der {

    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int SEQUENCE = 0x30;
    private static final int MAX_LENGTH_BYTES = 2;

    private final byte[] bytes;
    private final int end;
    private int at;

    private Der(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    static Der of(byte[] bytes) {
        return new Der(bytes, 0, bytes.length);
    }

    /** The content of a sequence. */
    Der sequence() {
        return content(SEQUENCE);
    }

    /** The content of a bit string of whole bytes. */
    Der bitString() {
        Der content = content(BIT_STRING);
        if (content.at == content.end || content.bytes[content.at] != 0) {
            throw KeyException.malformed("the DER bit string is not of whole bytes");
        }
        content.at++;
        return content;
    }

    /** An integer that is not negative, with at most so many bits. */
    BigInteger unsigned(int maxBits) {
        Der content = content(INTEGER);
        int length = content.end - content.at;
        if (length == 0 || content.bytes[content.at] < 0) {
            throw KeyException.malformed("a DER integer is negative or has no bytes");
        }
        if (length > 1 && content.bytes[content.at] == 0 && content.bytes[content.at + 1] >= 0) {
            throw KeyException.malformed("a DER integer begins with a zero byte too many");
        }
        boolean sign = content.bytes[content.at] == 0;
        int bits = (length - (sign ? 1 : 0)) * Byte.SIZE;
        if (bits > maxBits + Byte.SIZE - 1) {
            throw KeyException.size(
                    "a DER integer of about " + bits + " bits stands where at most " + maxBits + " may");
        }
        BigInteger value = new BigInteger(content.bytes, content.at, length);
        if (value.bitLength() > maxBits) {
            throw KeyException.size(
                    "a DER integer of " + value.bitLength() + " bits stands where at most " + maxBits + " may");
        }
        return value;
    }

    /** Skips exactly these bytes. */
    void expect(byte[] expected, String what) {
        int next = at + expected.length;
        if (next > end || !Arrays.equals(bytes, at, next, expected, 0, expected.length)) {
            throw KeyException.malformed("the DER does not say " + what);
        }
        at = next;
    }

    void expectEnd() {
        if (at != end) {
            throw KeyException.malformed("the DER has " + (end - at) + " bytes too many");
        }
    }

    private Der content(int tag) {
        if (end - at < 2 || (bytes[at] & 0xFF) != tag) {
            throw KeyException.malformed("the DER lacks an element of type " + tag);
        }
        int length = bytes[at + 1] & 0xFF;
        at += 2;
        if (length >= 0x80) {
            int count = length - 0x80;
            if (count == 0 || count > MAX_LENGTH_BYTES || count > end - at) {
                throw KeyException.malformed("a DER length takes " + count + " bytes, which no key or signature needs");
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = length << 8 | (bytes[at++] & 0xFF);
            }
            if (length < 0x80 || (count == 2 && length < 0x100)) {
                throw KeyException.malformed("a DER length is not in its shortest form");
            }
        }
        if (length > end - at) {
            throw KeyException.malformed("a DER element claims " + length + " bytes where " + (end - at) + " are left");
        }
        Der content = new Der(bytes, at, at + length);
        at += length;
        return content;
    }

    static byte[] writeInteger(BigInteger value) {
        return element(INTEGER, value.toByteArray());
    }

    static byte[] writeSequence(byte[]... elements) {
        return element(SEQUENCE, join(elements));
    }

    static byte[] writeBitString(byte[] content) {
        return element(BIT_STRING, join(new byte[1], content));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static byte[] element(int tag, byte[] content) {
        int length = content.length;
        byte[] head;
        if (length < 0x80) {
            head = new byte[] {(byte) tag, (byte) length};
        } else if (length < 0x100) {
            head = new byte[] {(byte) tag, (byte) 0x81, (byte) length};
        } else {
            head = new byte[] {(byte) tag, (byte) 0x82, (byte) (length >>> 8), (byte) length};
        }
        return join(head, content);
    }
}
