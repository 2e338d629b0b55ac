package dev.dunlin.core.log;

import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Text;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.CRC32C;
import tools.jackson.core.io.JsonStringEncoder;

/** Bytes in memory, as many as come, and JSON written into them by hand. Not thread-safe. */
final class JsonBytes extends OutputStream {

    /** The bytes of a line behind those that its checksum covers: {@code ,"crc":"xxxxxxxx"}} and the newline. */
    static final int TRAILER = 19;

    /** What stands before the checksum. */
    static final byte[] CRC_FIELD = {',', '"', 'c', 'r', 'c', '"', ':', '"'};

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    /** What is written, and room for more behind. */
    byte[] bytes;

    /** How many of them are written. */
    int length;

    /** None yet, and room for so many. */
    JsonBytes(int room) {
        bytes = new byte[room];
    }

    /** Makes room for more. */
    void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), (int)
                    Math.min(Integer.MAX_VALUE - 8L, bytes.length * 2L)));
        }
    }

    /** Forgets them. */
    void clear() {
        length = 0;
    }

    @Override
    public void write(byte[] from) {
        write(from, 0, from.length);
    }

    /** Those that are written. */
    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    @Override
    public void write(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
    }

    @Override
    public void write(byte[] from, int at, int count) {
        ensure(count);
        System.arraycopy(from, at, bytes, length, count);
        length += count;
    }

    /** Text of ASCII alone, as it stands. */
    @SuppressWarnings("deprecation")
    void ascii(String text) {
        int count = text.length();
        ensure(count);
        // The only way to copy a string's low bytes without an array between.
        text.getBytes(0, count, bytes, length);
        length += count;
    }

    /** A JSON string. */
    void text(String text) {
        int count = text.length();
        ensure(count + 2);
        int at = length;
        bytes[at++] = '"';
        for (int i = 0; i < count; i++) {
            char unit = text.charAt(i);
            if (unit < ' ' || unit > '~' || unit == '"' || unit == '\\') {
                length++;
                quoted(text);
                write('"');
                return;
            }
            bytes[at++] = (byte) unit;
        }
        bytes[at++] = '"';
        length = at;
    }

    private void quoted(String text) {
        if (Text.isUnicode(text)) {
            byte[] quoted = JsonStringEncoder.getInstance().quoteAsUTF8(text);
            write(quoted, 0, quoted.length);
            return;
        }
        // Half of a surrogate pair has no UTF-8: such a text is written by numbers.
        for (int i = 0; i < text.length(); i++) {
            ascii("\\u");
            ensure(4);
            hex(text.charAt(i), 12);
        }
    }

    void number(long value) {
        if (value < 10) {
            ascii(Long.toString(value));
            return;
        }
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        ensure(digits);
        long rest = value;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    /** A digest as a JSON string, in the form of {@link Digest#toString}. */
    void digest(Digest digest) {
        ensure(34);
        bytes[length++] = '"';
        hex(digest.high(), 60);
        hex(digest.low(), 60);
        bytes[length++] = '"';
    }

    /** Hexadecimal digits, the highest of which is so many bits up. */
    void hex(long value, int highest) {
        for (int shift = highest; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(int) (value >>> shift) & 0xF];
        }
    }

    /** Ends a line that lacks its last brace with the checksum of what it has from a place on. */
    void seal(int start, CRC32C crc) {
        crc.reset();
        crc.update(bytes, start, length - start);
        write(CRC_FIELD, 0, CRC_FIELD.length);
        ensure(TRAILER - CRC_FIELD.length);
        hex(crc.getValue(), 28);
        bytes[length++] = '"';
        bytes[length++] = '}';
        bytes[length++] = '\n';
    }
}
