package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends to a log: encodes, writes, forces, begins new segments. Driven by one thread at a time: the log's thread, or the
 * simulator by hand. When a write fails, the frames stay in memory and the file is cut back to its last whole frame, so that the
 * call can be made again.
 */
public final class LogWriter implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
    private static final int WRITE_BYTES = 1 << 18;

    private final LogStorage storage;
    private final Codec codec;
    private final Store<?> store;
    private final Schema schema;
    private final LogOptions options;
    private final String build;
    private final FrameWriter frames;

    // Read by whoever keeps house: what is being written is never compressed, whatever files a listing shows.
    private volatile long segmentFirst = Long.MAX_VALUE;
    private String segment = "";
    private LogStorage.@Nullable Appender file;
    private long segmentBytes;
    private long closedBytes;
    private boolean dirty;
    private boolean marked;
    private boolean torn;
    private long wallOffset;
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
        this.frames = new FrameWriter(codec);
        this.encoded = lastInput;
        this.written = lastInput;
        this.forced = forced;
        this.wallOffset = store.state().node().wallOffset();
    }

    /** Closes the present segment, if there is one, and begins the next, as at each boot. */
    void beginSegment() throws IOException {
        LogStorage.Appender before = file;
        if (before != null) {
            // The header of the next segment says what a mark would: here it would be a tail that was never forced.
            dirty |= marked;
            forceFrames();
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
            closedBytes += segmentBytes;
        }
        segment = name;
        segmentFirst = written + 1;
        file = next;
        segmentBytes = 0;
        torn = false;
        frames.header(new Frame.Header(Frame.FORMAT, build, written + 1, forced, wallOffset, schema));
        dirty = true;
    }

    /** Takes a turn; it is written with the next {@link #flush} at the latest. */
    public void append(Turn turn) throws IOException {
        frames.turn(turn);
        encoded = turn.number();
        wallOffset = switch (turn.input().action()) {
            case NodeAction.Booted booted -> booted.wallTime() - turn.now();
            case NodeAction.ClockStepped stepped -> stepped.by();
            default -> wallOffset;
        };
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
        write();
        written = encoded;
        dirty = true;
    }

    private void write() throws IOException {
        LogStorage.Appender to = open();
        repair();
        try {
            to.write(frames.bytes(), 0, frames.length());
        } catch (IOException e) {
            torn = true;
            try {
                repair();
            } catch (IOException again) {
                // Before the next write it is tried again: nothing may stand behind a part of a frame.
                e.addSuppressed(again);
            }
            throw e;
        }
        segmentBytes += frames.length();
        frames.clear();
    }

    // Cuts off what a failed write has left behind the last whole frame.
    private void repair() throws IOException {
        if (torn) {
            storage.truncate(segment, segmentBytes);
            torn = false;
        }
    }

    /**
     * Returns when all that was taken is forced to disk.
     *
     * @return the last input that is safe
     * @throws IOException if it cannot be written: the call may be made again
     * @throws LogException if it could not be forced: the disk may have dropped any of what was written, and asking again would
     *     not tell, so the log is not to be written any more
     */
    public long force() throws IOException {
        if (forceFrames()) {
            frames.force(forced);
            markForced();
        }
        return forced;
    }

    // Whether more is safe than before.
    private boolean forceFrames() throws IOException {
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
                        "could not force to disk "
                                + (forced < written ? "the inputs " + (forced + 1) + " to " + written + " of " : "")
                                + "the log in " + storage + ": " + e.getMessage(),
                        e);
            }
            dirty = false;
            marked = false;
        }
        boolean more = forced != written;
        forced = written;
        return more;
    }

    // The mark is in the file at once: until then damage to what was forced would pass for a torn tail. That it is not
    // forced
    // itself does no harm. If it cannot be written now, it goes with the next frames.
    private void markForced() {
        try {
            write();
            marked = true;
        } catch (IOException e) {
            LOG.debug("a force mark waits for the next write: {}", e.toString());
        }
    }

    /** How many bytes were taken since this writer was opened: what grows a log until its next snapshot. */
    public long bytes() {
        return closedBytes + segmentBytes + frames.length();
    }

    /** The last input that is safe. */
    public long forced() {
        return forced;
    }

    /** The last input that was taken. */
    public long taken() {
        return encoded;
    }

    /**
     * Writes a snapshot and reads it back; its input is at most {@link #forced}. May run on another thread than the writer's.
     *
     * @throws LogException if what was written cannot be read back: it is deleted then
     */
    public <R> void snapshot(Store<R> of, StoreState<R> state) throws IOException {
        new SnapshotWriter<>(storage, codec, of, build, schema, options.zstdLevel()).write(state);
    }

    /**
     * Compresses closed segments and drops what the ring no longer has room for, but never the last good snapshot and what
     * follows it. May run on another thread than the writer's, one at a time.
     *
     * @param now the node's time in microseconds, for the age bound
     * @return how many segments were dropped
     */
    public int keepHouse(long now) throws IOException {
        for (Segments.Segment one : Segments.segments(storage)) {
            if (!one.compressed() && one.first() < segmentFirst) {
                Segments.compress(storage, one, options.zstdLevel());
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

    /** Whether what made a write fail may pass; as {@link LogStorage#isPassing}. */
    public boolean isPassing(IOException why) {
        return storage.isPassing(why);
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
