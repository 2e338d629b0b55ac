package dev.dunlin.core.log;

import java.io.OutputStream;
import java.util.Arrays;

/** Bytes in memory, as many as come. Not thread-safe. */
final class GrowingBytes extends OutputStream {

    private byte[] bytes = new byte[1 << 10];
    private int length;

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), (int)
                    Math.min(Integer.MAX_VALUE - 8L, bytes.length * 2L)));
        }
    }

    @Override
    public void write(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
    }

    @Override
    public void write(byte[] from) {
        write(from, 0, from.length);
    }

    @Override
    public void write(byte[] from, int at, int count) {
        ensure(count);
        System.arraycopy(from, at, bytes, length, count);
        length += count;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }
}
