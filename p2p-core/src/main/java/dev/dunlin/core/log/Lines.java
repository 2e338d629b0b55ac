package dev.dunlin.core.log;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Reads checked lines of a segment one by one, without trusting anything about their lengths. */
final class Lines implements Closeable {

    /** No frame is longer: a longer run of bytes without newline is damage. */
    static final int MAX_LINE = 64 << 20;

    private final InputStream in;
    private final CRC32C crc = new CRC32C();
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int scanned;
    private int end;
    private long offset;
    private boolean exhausted;

    private int lineStart;
    private int lineLength;
    private String fault = "";

    /** What the next line is. */
    enum Next {
        /** A whole line whose checksum holds. */
        GOOD,
        /** Something else: cut short, or its checksum does not hold. */
        BAD,
        /** The end. */
        END
    }

    Lines(InputStream in) {
        this.in = in;
    }

    /** Goes to the next line. */
    Next next() throws IOException {
        offset += lineEnd() - lineStart;
        start = lineEnd();
        lineStart = start;
        lineLength = 0;
        int newline = find();
        if (newline < 0) {
            if (start == end) {
                return Next.END;
            }
            lineLength = end - start;
            lineStart = start;
            fault = lineLength >= MAX_LINE ? "no line is that long" : "the last line is cut short";
            return Next.BAD;
        }
        lineStart = start;
        lineLength = newline - start + 1;
        return check(lineStart, lineLength) ? Next.GOOD : Next.BAD;
    }

    private int lineEnd() {
        return lineStart + lineLength;
    }

    private int find() throws IOException {
        scanned = start;
        while (true) {
            for (; scanned < end; scanned++) {
                if (buffer[scanned] == '\n') {
                    return scanned;
                }
            }
            if (exhausted || end - start >= MAX_LINE) {
                return -1;
            }
            fill();
        }
    }

    private void fill() throws IOException {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            scanned -= start;
            start = 0;
        }
        if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int count = in.read(buffer, end, buffer.length - end);
        if (count < 0) {
            exhausted = true;
        } else {
            end += count;
        }
    }

    private boolean check(int from, int length) {
        int body = length - JsonBytes.TRAILER;
        if (body < 2) {
            fault = "the line is no frame";
            return false;
        }
        int at = from + body;
        byte[] field = JsonBytes.CRC_FIELD;
        if (!Arrays.equals(buffer, at, at + field.length, field, 0, field.length)
                || buffer[at + 16] != '"'
                || buffer[at + 17] != '}') {
            fault = "the line has no checksum";
            return false;
        }
        long told = 0;
        for (int i = at + 8; i < at + 16; i++) {
            int digit = hexDigit(buffer[i]);
            if (digit < 0) {
                fault = "the checksum is no number";
                return false;
            }
            told = told << 4 | digit;
        }
        crc.reset();
        crc.update(buffer, from, body);
        if (crc.getValue() != told) {
            fault = "the checksum does not hold";
            return false;
        }
        return true;
    }

    // Lower case only: an upper-case digit is a flipped bit.
    private static int hexDigit(byte digit) {
        if (digit >= '0' && digit <= '9') {
            return digit - '0';
        }
        return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
    }

    /** The bytes that hold the line; valid until the next call. */
    byte[] bytes() {
        return buffer;
    }

    /** Where in {@link #bytes} it begins. */
    int from() {
        return lineStart;
    }

    /** Its length, newline included. */
    int length() {
        return lineLength;
    }

    /** The line's text without the newline. */
    String text() {
        return new String(buffer, lineStart, Math.max(0, lineLength - 1), StandardCharsets.UTF_8);
    }

    /** Whether, though the line is bad, its end is a whole line of its own that begins with some bytes. */
    boolean endsWithGood(byte[] beginning) {
        int end = lineStart + lineLength;
        if (lineLength == 0 || buffer[end - 1] != '\n') {
            return false;
        }
        for (int at = end - beginning.length; at > lineStart; at--) {
            if (Arrays.equals(buffer, at, at + beginning.length, beginning, 0, beginning.length)) {
                return check(at, end - at);
            }
        }
        return false;
    }

    /** Whether it begins with some bytes. */
    boolean startsWith(byte[] bytes) {
        return lineLength >= bytes.length
                && Arrays.equals(buffer, lineStart, lineStart + bytes.length, bytes, 0, bytes.length);
    }

    /** The line's offset in the segment, in bytes. */
    long offset() {
        return offset;
    }

    /** Why the line is bad. */
    String fault() {
        return fault;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
