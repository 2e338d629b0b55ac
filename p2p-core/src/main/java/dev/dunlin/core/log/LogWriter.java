package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends to a log: encodes, writes, forces, begins new segments. Driven by one thread at a time: the log's thread, or the
 * simulator by hand. When a write fails, the frames stay in memory and the file is cut back to its last whole frame, so that the
 * call can be made again.
 */
public final class LogWriter implements Closeable {

    private static final int WRITE_BYTES = 1 << 18;

    private final LogStorage storage;
    private final Codec codec;
    private final Store<?> store;
    private final Schema schema;
    private final LogOptions options;
    private final String build;
    private final FrameWriter frames;

    private String segment = "";
    private LogStorage.@Nullable Appender file;
    private long segmentBytes;
    private boolean dirty;
    private long written;
    private long forced;
    private long encoded;
    private boolean closed;
    private boolean broken;

    LogWriter(LogStorage storage, Store<?> store, LogOptions options, String build, long lastInput, long forced) {
        this.storage = storage;
        this.store = store;
        this.codec = Codec.of(store);
        this.schema = Schema.of(store);
        this.options = options;
        this.build = build;
        this.frames = new FrameWriter(codec, store);
        this.encoded = lastInput;
        this.written = lastInput;
        this.forced = forced;
    }

    /** Closes the present segment, if there is one, and begins the next, as at each boot. */
    void beginSegment() throws IOException {
        LogStorage.Appender before = file;
        if (before != null) {
            force();
            // The header of the next segment says what this mark would: here it would be a tail that nothing promised.
            frames.clear();
        }
        String name = Segments.segmentName(written + 1);
        LogStorage.Appender next = storage.append(name);
        try {
            storage.forceNames();
        } catch (IOException e) {
            next.close();
            storage.delete(name);
            throw e;
        }
        if (before != null) {
            before.close();
        }
        segment = name;
        file = next;
        segmentBytes = 0;
        frames.header(new Frame.Header(Frame.FORMAT, build, written + 1, forced, schema));
        dirty = true;
    }

    /** Takes a turn; it is written with the next {@link #flush} at the latest. */
    public void append(Turn turn) throws IOException {
        frames.turn(turn);
        encoded = turn.number();
        afterFrame();
    }

    /** Takes the input that ended the run. */
    public void append(StoreFailure failure) throws IOException {
        frames.failure(failure);
        encoded = failure.number();
        afterFrame();
    }

    private void afterFrame() throws IOException {
        if (frames.length() >= WRITE_BYTES) {
            flush();
        }
        if (segmentBytes + frames.length() >= options.segmentBytes()) {
            beginSegment();
        }
    }

    /** Hands all that was taken to the operating system. */
    public void flush() throws IOException {
        if (frames.length() == 0) {
            return;
        }
        LogStorage.Appender to = open();
        try {
            to.write(frames.bytes(), 0, frames.length());
        } catch (IOException e) {
            storage.truncate(segment, segmentBytes);
            throw e;
        }
        segmentBytes += frames.length();
        frames.clear();
        written = encoded;
        dirty = true;
    }

    /**
     * Returns when the disk has promised all that was taken.
     *
     * @return the last input that is safe
     * @throws IOException if it cannot be written: the call may be made again
     * @throws LogException if the disk did not promise it: it may have dropped any of what was written, and asking again would
     *     not tell, so the log is not to be written any more
     */
    public long force() throws IOException {
        flush();
        if (dirty) {
            if (broken) {
                throw new LogException("an earlier force of the log in " + storage + " failed");
            }
            try {
                open().force();
            } catch (IOException e) {
                broken = true;
                throw new LogException(
                        "the disk did not promise inputs " + (forced + 1) + " to " + written + " of the log in "
                                + storage + ": " + e.getMessage(),
                        e);
            }
            dirty = false;
            if (forced != written) {
                forced = written;
                frames.force(forced);
            }
        }
        return forced;
    }

    /** The last input that is safe. */
    public long forced() {
        return forced;
    }

    /** The last input that was taken. */
    public long taken() {
        return encoded;
    }

    /** Writes a snapshot; its input is at most {@link #forced}. May run on another thread than the writer's. */
    public <R> void snapshot(Store<R> of, StoreState<R> state) throws IOException {
        Snapshots.write(storage, codec, of, state, build, schema, options.zstdLevel());
    }

    /**
     * Compresses closed segments and drops what the ring no longer has room for, but never the last good snapshot and what
     * follows it. May run on another thread than the writer's, one at a time.
     *
     * @param now microseconds since the Unix epoch, for the age bound
     * @return how many segments were dropped
     */
    public int keepHouse(long now) throws IOException {
        List<Segments.Segment> all = Segments.segments(storage);
        for (Segments.Segment closedSegment : all.subList(0, Math.max(0, all.size() - 1))) {
            if (!closedSegment.compressed()) {
                Segments.compress(storage, closedSegment, options.zstdLevel());
            }
        }
        return new Ring(storage, store, codec, options).trim(now);
    }

    private LogStorage.Appender open() {
        LogStorage.Appender to = file;
        if (to == null) {
            throw new IllegalStateException(closed ? "the log is closed" : "no segment was begun");
        }
        return to;
    }

    /** Whether a write failed for want of space only. */
    public boolean isFull(IOException why) {
        return storage.isFull(why);
    }

    /** The log's name, for messages. */
    @Override
    public String toString() {
        return storage.toString();
    }

    /** Forces and closes. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        try {
            if (file != null) {
                if (!broken) {
                    force();
                }
                flush();
            }
        } finally {
            closed = true;
            if (file != null) {
                file.close();
                file = null;
            }
        }
    }
}
