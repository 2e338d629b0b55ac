package dev.dunlin.core.debug;

import dev.dunlin.core.log.LogStorage;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A file of records of one width that grows at its end and is read anywhere. A few pages of it are held in memory, never the
 * whole. What is behind the size that was last saved is cut off when it is opened: a crash left it there.
 */
final class Column {

    private static final int PAGE = 1 << 16;
    private static final int MAX_PAGES = 64;
    private static final int BUFFER = 1 << 18;

    private final LogStorage storage;
    private final String name;
    private final int width;
    private final int page;
    private final CRC32C crc = new CRC32C();
    private final Map<Long, byte[]> pages = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
            return size() > MAX_PAGES;
        }
    };

    private final byte[] buffer = new byte[BUFFER];
    private int buffered;
    private long written;

    /** An empty one. */
    Column(LogStorage storage, String name, int width) {
        this.storage = storage;
        this.name = name;
        this.width = width;
        this.page = PAGE / width * width;
    }

    /** What a saved one had: how many bytes, and their checksum. */
    record Mark(long size, long crc) {}

    /** Takes up what was saved; false if the file does not have it. */
    boolean open(Mark saved) throws IOException {
        if (!storage.names().contains(name) || storage.size(name) < saved.size()) {
            return false;
        }
        if (storage.size(name) > saved.size()) {
            storage.truncate(name, saved.size());
        }
        byte[] bytes = new byte[PAGE];
        try (InputStream in = storage.read(name, 0)) {
            for (int count = in.read(bytes); count > 0; count = in.read(bytes)) {
                crc.update(bytes, 0, count);
            }
        }
        written = saved.size();
        return crc.getValue() == saved.crc();
    }

    /** Hands all to the disk, and says what to save. */
    Mark save() throws IOException {
        flush();
        try (LogStorage.Appender file = storage.append(name)) {
            file.force();
        }
        return new Mark(written, crc.getValue());
    }

    /** How many records. */
    long count() {
        return size() / width;
    }

    /** How many bytes. */
    long size() {
        return written + buffered;
    }

    /** Appends a record, or any bytes where the width is 1. */
    void append(byte[] bytes, int length) throws IOException {
        if (buffered + length > BUFFER) {
            flush();
        }
        if (length > BUFFER) {
            throw new IllegalArgumentException("no record is that long: " + length);
        }
        System.arraycopy(bytes, 0, buffer, buffered, length);
        buffered += length;
    }

    private void flush() throws IOException {
        if (buffered == 0) {
            return;
        }
        try (LogStorage.Appender file = storage.append(name)) {
            file.write(buffer, 0, buffered);
        }
        crc.update(buffer, 0, buffered);
        // The last page was shorter.
        pages.remove(written / page);
        written += buffered;
        buffered = 0;
    }

    /** A record, from the buffer's beginning; valid until the next call of anything here. */
    ByteBuffer at(long record) throws IOException {
        long from = record * width;
        if (record < 0 || from + width > size()) {
            throw new IndexOutOfBoundsException(name + " has no record " + record);
        }
        if (from >= written) {
            return ByteBuffer.wrap(buffer, (int) (from - written), width).slice();
        }
        long number = from / page;
        byte[] bytes = pages.get(number);
        if (bytes == null) {
            bytes = bytes(number * page, (int) Math.min(page, written - number * page));
            pages.put(number, bytes);
        }
        return ByteBuffer.wrap(bytes, (int) (from - number * page), width).slice();
    }

    /** Bytes that were flushed, or are still in the buffer; both never at once. */
    byte[] bytes(long from, int length) throws IOException {
        if (from < 0 || length < 0 || from + length > size()) {
            throw new EOFException(name + " has no bytes " + from + " to " + (from + length));
        }
        if (from >= written) {
            byte[] bytes = new byte[length];
            System.arraycopy(buffer, (int) (from - written), bytes, 0, length);
            return bytes;
        }
        if (from + length > written) {
            flush();
        }
        try (InputStream in = storage.read(name, from)) {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException(name + " is shorter than it was");
            }
            return bytes;
        }
    }
}
