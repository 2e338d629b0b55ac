package dev.dunlin.core.debug;

import com.github.luben.zstd.Zstd;
import dev.dunlin.core.log.LogStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Texts by place, in blocks that are compressed: payloads repeat themselves. */
final class Texts {

    /** Longer texts are cut. */
    static final int MAX_TEXT = 4096;

    private static final int BLOCK = 1 << 16;
    private static final int INSIDE = 17;
    private static final int HEADER = 8;
    private static final int MAX_BLOCKS = 32;

    private final Column file;
    private final Map<Long, byte[]> blocks = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
            return size() > MAX_BLOCKS;
        }
    };

    private final byte[] open = new byte[1 << INSIDE];
    private int length;

    Texts(LogStorage storage, String name) {
        this.file = new Column(storage, name, 1);
    }

    boolean open(Column.Mark saved) throws IOException {
        return file.open(saved);
    }

    Column.Mark save() throws IOException {
        close();
        return file.save();
    }

    /** Appends a text, and says where it is. */
    long append(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (length + bytes.length + Integer.BYTES > BLOCK && length > 0) {
            close();
        }
        if (bytes.length + Integer.BYTES > open.length) {
            throw new IllegalArgumentException("no text is that long: " + bytes.length);
        }
        long place = file.size() << INSIDE | length;
        ByteBuffer.wrap(open).putInt(length, bytes.length);
        System.arraycopy(bytes, 0, open, length + Integer.BYTES, bytes.length);
        length += Integer.BYTES + bytes.length;
        return place;
    }

    private void close() throws IOException {
        if (length == 0) {
            return;
        }
        byte[] raw = new byte[length];
        System.arraycopy(open, 0, raw, 0, length);
        byte[] packed = Zstd.compress(raw, 1);
        byte[] header =
                ByteBuffer.allocate(HEADER).putInt(length).putInt(packed.length).array();
        file.append(header, HEADER);
        file.append(packed, packed.length);
        length = 0;
    }

    /** The text at a place. */
    String at(long place) throws IOException {
        long block = place >>> INSIDE;
        int from = (int) (place & ((1 << INSIDE) - 1));
        byte[] raw = block == file.size() ? open : raw(block);
        int bytes = ByteBuffer.wrap(raw).getInt(from);
        return new String(raw, from + Integer.BYTES, bytes, StandardCharsets.UTF_8);
    }

    private byte[] raw(long block) throws IOException {
        byte[] known = blocks.get(block);
        if (known != null) {
            return known;
        }
        ByteBuffer header = ByteBuffer.wrap(file.bytes(block, HEADER));
        int size = header.getInt();
        int packed = header.getInt();
        if (size < 0 || size > open.length || packed < 0 || packed > 2 * open.length) {
            throw new IOException("there is no block of texts at byte " + block);
        }
        byte[] raw = Zstd.decompress(file.bytes(block + HEADER, packed), size);
        blocks.put(block, raw);
        return raw;
    }
}
