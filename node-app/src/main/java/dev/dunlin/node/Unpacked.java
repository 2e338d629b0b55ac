package dev.dunlin.node;

import com.github.luben.zstd.ZstdInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What a compressed file unpacks to, as long as that is no more than any file of a node does: a few bytes may stand for terabytes. */
final class Unpacked extends FilterInputStream {

    // A log is some ten times as long as its file; zeros are thirty thousand times as long.
    private static final long MOST_TIMES = 1_000;
    private static final long ALWAYS = 64L << 20;

    private final Counted packed;
    private long bytes;

    private Unpacked(Counted packed) throws IOException {
        super(new ZstdInputStream(packed));
        this.packed = packed;
    }

    /**
     * Of a file.
     *
     * @throws IOException if it cannot be read; also later, if it unpacks to more than that
     */
    static Unpacked of(InputStream file) throws IOException {
        return new Unpacked(new Counted(file));
    }

    private static final class Counted extends FilterInputStream {
        private long bytes;

        Counted(InputStream file) {
            super(file);
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            bytes += one < 0 ? 0 : 1;
            return one;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int count = super.read(into, from, length);
            bytes += Math.max(0, count);
            return count;
        }
    }

    private void check(int more) throws IOException {
        bytes += Math.max(0, more);
        if (bytes > ALWAYS && bytes / MOST_TIMES > packed.bytes) {
            throw new IOException("it unpacks to more than " + MOST_TIMES + " times its size, as no backup does");
        }
    }

    @Override
    public int read() throws IOException {
        int one = super.read();
        check(one < 0 ? 0 : 1);
        return one;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        int count = super.read(into, from, length);
        check(count);
        return count;
    }

    @Override
    public long skip(long wanted) throws IOException {
        byte[] buffer = new byte[1 << 13];
        long left = wanted;
        int count = 0;
        while (left > 0 && count >= 0) {
            count = read(buffer, 0, (int) Math.min(buffer.length, left));
            left -= Math.max(0, count);
        }
        return wanted - left;
    }
}
