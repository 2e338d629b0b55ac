package dev.dunlin.core.log;

import com.github.luben.zstd.ZstdIOException;
import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.CodecException;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.codec.Upcaster;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads a log, also one that is being written or was cut off by a crash. Before any frame is given out, the log's schemas are
 * compared with this build's.
 *
 * @param <R> the root of the state tree
 */
public final class LogReader<R> {

    private static final byte[] MARK = "{\"type\":\"@log/forced\"".getBytes(StandardCharsets.US_ASCII);

    private final LogStorage storage;
    private final Store<R> store;
    private final Codec codec;
    private final Schema schema;
    private final List<Segments.Segment> segments;
    private final Schema.Report fit;
    private final Optional<Shortcuts> shortcuts;

    private LogReader(LogStorage storage, Store<R> store, Codec codec) throws IOException {
        this.storage = storage;
        this.store = store;
        this.codec = codec;
        this.schema = Schema.of(store);
        this.segments = Segments.segments(storage);
        this.fit = compare(segments);
        this.shortcuts = Optional.empty();
    }

    private LogReader(LogReader<R> of, Shortcuts shortcuts) {
        this.storage = of.storage;
        this.store = of.store;
        this.codec = of.codec;
        this.schema = of.schema;
        this.segments = of.segments;
        this.fit = of.fit;
        this.shortcuts = Optional.of(shortcuts);
    }

    /**
     * What an index knows of a log, so that reading may begin near a step instead of at the beginning of its segment.
     *
     * @param snapshots more snapshots of the same log, kept beside it
     * @param offsets where the frame of an input begins, in bytes of its segment's uncompressed content; empty if not known
     */
    public record Shortcuts(LogStorage snapshots, LongFunction<OptionalLong> offsets) {}

    /** The same log, read with an index at hand. */
    public LogReader<R> with(Shortcuts known) {
        return new LogReader<>(this, known);
    }

    /**
     * Writes a snapshot of a state of this log into another folder, for {@link Shortcuts}. One that is there is replaced.
     *
     * @param build names this build
     * @return how many bytes it takes
     */
    public long saveSnapshot(LogStorage to, StoreState<R> state, String build) {
        try {
            new SnapshotWriter<>(to, codec, store, build, schema, 1).write(state);
            return to.size(Segments.snapshotName(state.input()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes what {@link #saveSnapshot} wrote after some inputs. */
    public static void dropSnapshots(LogStorage from, LongPredicate after) {
        try {
            for (Segments.Snapshot snapshot : Segments.snapshots(from)) {
                if (after.test(snapshot.input())) {
                    from.delete(snapshot.name());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A snapshot, and where it is. */
    private record Kept(LogStorage at, Segments.Snapshot file) {}

    private Optional<SnapshotReader.Read<R>> read(Kept snapshot) throws IOException {
        return new SnapshotReader<>(snapshot.at(), codec, store, snapshot.file()).read();
    }

    // In order. One that stands before what the ring still has says nothing of what can be replayed.
    private List<Kept> kept() throws IOException {
        List<Kept> kept = new ArrayList<>();
        for (Segments.Snapshot snapshot : Segments.snapshots(storage)) {
            kept.add(new Kept(storage, snapshot));
        }
        if (shortcuts.isPresent()) {
            LogStorage beside = shortcuts.get().snapshots();
            for (Segments.Snapshot snapshot : Segments.snapshots(beside)) {
                if (snapshot.input() + 1 >= firstInput()) {
                    kept.add(new Kept(beside, snapshot));
                }
            }
            kept.sort(Comparator.comparingLong(one -> one.file().input()));
        }
        return kept;
    }

    /**
     * Opens a log.
     *
     * @param store a store with the machines whose types the log has; it is not changed
     * @throws LogException.Missing if there is no log
     * @throws LogException if its format is newer than this build's
     */
    public static <R> LogReader<R> open(LogStorage storage, Store<R> store) {
        try {
            LogReader<R> reader = new LogReader<>(storage, store, Codec.of(store));
            if (reader.segments.isEmpty()) {
                throw new LogException.Missing("there is no log in " + storage + ": run a node with this folder first");
            }
            return reader;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Schema.Report compare(List<Segments.Segment> some) throws IOException {
        Schema.Fit worst = Schema.Fit.FINE;
        List<Schema.Difference> differences = new ArrayList<>();
        for (Segments.Segment segment : some) {
            Optional<Frame.Header> header = header(segment);
            if (header.isEmpty()) {
                continue;
            }
            Schema.Report report = schema.compare(header.get().schema(), codec.tables());
            for (Schema.Difference difference : report.differences()) {
                if (!differences.contains(difference)) {
                    differences.add(difference);
                }
            }
            worst = report.fit().compareTo(worst) > 0 ? report.fit() : worst;
        }
        differences.sort((one, other) -> other.fit().compareTo(one.fit()));
        return new Schema.Report(worst, List.copyOf(differences));
    }

    private Optional<Frame.Header> header(Segments.Segment segment) throws IOException {
        try (Lines lines = Segments.open(storage, segment)) {
            if (lines.next() == Lines.Next.GOOD && new FrameReader(codec).read(lines) instanceof Frame.Header header) {
                return Optional.of(header);
            }
        } catch (JacksonException | ZstdIOException e) {
            // Damage of what nobody reads is nobody's; who reads the segment will say so.
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** As {@link #fit}, of only those segments that have inputs after the given one: what going on from a snapshot reads. */
    Schema.Report fitAfter(long input) throws IOException {
        List<Segments.Segment> needed = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            boolean needs =
                    i + 1 < segments.size() ? segments.get(i + 1).first() > input + 1 : hasInputs(segments.get(i));
            if (needs) {
                needed.add(segments.get(i));
            }
        }
        return compare(needed);
    }

    private boolean hasInputs(Segments.Segment segment) throws IOException {
        try (Lines lines = Segments.open(storage, segment)) {
            while (lines.next() == Lines.Next.GOOD) {
                if (!lines.text().startsWith("{\"type\":\"@log/")) {
                    return true;
                }
            }
        }
        return false;
    }

    /** How well the log fits this build: the worst over its segments. */
    public Schema.Report fit() {
        return fit;
    }

    /** The codec of the store's types. */
    public Codec codec() {
        return codec;
    }

    /** The number of the first input that the ring still has. */
    public long firstInput() {
        return segments.isEmpty() ? 1 : segments.getFirst().first();
    }

    /**
     * The state of the last good snapshot at or before an input; the initial state if there is none and the ring still has the
     * first input.
     *
     * @throws LogException if there is none and the ring has dropped the beginning
     */
    public StoreState<R> stateBefore(long input) {
        if (input < 0) {
            throw new LogException(
                    "there is no input " + input + ": the first is 1, and 0 stands for the state before it");
        }
        try {
            for (Kept snapshot : kept().reversed()) {
                if (snapshot.file().input() > input) {
                    continue;
                }
                Optional<SnapshotReader.Read<R>> read = read(snapshot);
                if (read.isPresent()) {
                    return read.get().state();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (firstInput() > 1) {
            throw new LogException("no good snapshot stands at or before input " + input
                    + ", and the ring begins at input " + firstInput() + ": ask for a later one");
        }
        return store.stateOf(0, 0, Map.of());
    }

    /** The state of the snapshot taken after exactly this input, if there is a good one. */
    public Optional<StoreState<R>> snapshotAt(long input) {
        try {
            for (Kept snapshot : kept()) {
                if (snapshot.file().input() == input) {
                    Optional<StoreState<R>> read = read(snapshot).map(SnapshotReader.Read::state);
                    if (read.isPresent()) {
                        return read;
                    }
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The machines' digests after exactly this input, as the header of the snapshot taken there tells them; the state itself is not
     * read.
     *
     * @return empty if there is no such snapshot, or its header is damaged
     */
    public Optional<Map<String, Digest>> snapshotDigests(long input) {
        try {
            for (Segments.Snapshot snapshot : Segments.snapshots(storage)) {
                if (snapshot.input() == input) {
                    return new SnapshotReader<>(storage, codec, store, snapshot).digests();
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The state from which the whole ring can be replayed, as far back as it goes.
     *
     * @throws LogException if the ring has dropped the beginning, and no good snapshot is left
     */
    public StoreState<R> earliestState() {
        if (firstInput() == 1) {
            return store.stateOf(0, 0, Map.of());
        }
        return snapshots().stream()
                .filter(input -> input + 1 >= firstInput())
                .map(this::snapshotAt)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(
                        () -> new LogException("the ring has dropped the beginning, and no good snapshot is left"));
    }

    /** The inputs after which there are snapshots, in order. */
    public List<Long> snapshots() {
        try {
            return kept().stream().map(one -> one.file().input()).distinct().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a crash left behind the last whole frame.
     *
     * @param file the last segment
     * @param offset where the whole frames end, in bytes
     * @param bytes how many bytes stand behind
     * @param why why the first of them are no frame
     */
    public record Tail(String file, long offset, long bytes, String why) {}

    /** The frames from the segment on that holds an input. */
    public Cursor cursor(long fromInput) {
        return new Cursor(fromInput);
    }

    /** Goes from frame to frame. */
    public final class Cursor implements Closeable {
        private final FrameReader reader = new FrameReader(codec);
        private int segment;
        private @Nullable Lines lines;
        private long expected = 1;
        private Set<String> incomparable = Set.of();
        private long forced;
        private Optional<Tail> tail = Optional.empty();
        private boolean ended;
        private long base;

        private Cursor(long fromInput) {
            for (int i = 0; i < segments.size(); i++) {
                if (segments.get(i).first() <= fromInput) {
                    segment = i;
                }
            }
            if (!segments.isEmpty()) {
                expected = segments.get(segment).first();
            }
            if (fromInput > expected) {
                OptionalLong offset =
                        shortcuts.isPresent() ? shortcuts.get().offsets().apply(fromInput) : OptionalLong.empty();
                offset.ifPresent(at -> skipTo(fromInput, at));
            }
        }

        // The header says how the segment's frames are to be read; the next frame is then the one at the offset.
        private void skipTo(long input, long offset) {
            try {
                if (advance()
                        && decoded() instanceof Frame.Header
                        && offset > current().offset()) {
                    current().close();
                    base = offset;
                    lines = Segments.open(storage, segments.get(segment), offset);
                    expected = input;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /**
         * The next frame.
         *
         * @return empty at the end; {@link #tail} says whether something unreadable stands behind
         * @throws LogException.Damaged if frames are missing or damaged before the last force mark or in a closed segment
         * @throws LogException if a whole frame is none that this build can read
         */
        public Optional<Frame> next() {
            try {
                return advance() ? Optional.of(decoded()) : Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** As {@link #next}, without decoding: the line's text. */
        public Optional<String> nextText() {
            try {
                return advance() ? Optional.of(current().text()) : Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Lines current() {
            if (lines == null) {
                throw new IllegalStateException("there is no current line");
            }
            return lines;
        }

        private boolean advance() throws IOException {
            while (!ended) {
                if (lines == null) {
                    if (segment == segments.size()) {
                        ended = true;
                        break;
                    }
                    lines = Segments.open(storage, segments.get(segment));
                }
                Lines.Next next;
                try {
                    next = lines.next();
                } catch (IOException e) {
                    throw damaged("it cannot be read (" + e.getMessage() + ")", e);
                }
                switch (next) {
                    case GOOD -> {
                        return true;
                    }
                    case BAD -> bad();
                    case END -> {
                        lines.close();
                        lines = null;
                        base = 0;
                        segment++;
                    }
                }
            }
            return false;
        }

        private LogException damaged(String why, @Nullable Exception cause) {
            LogException.Damaged damaged =
                    new LogException.Damaged(segments.get(segment).name(), offset(), why);
            if (cause != null) {
                damaged.initCause(cause);
            }
            return damaged;
        }

        // A bad line ends the log if nothing behind it shows that it was forced to disk.
        private void bad() throws IOException {
            Lines in = current();
            String why = in.fault();
            long offset = offset();
            if (segment < segments.size() - 1 || segments.get(segment).compressed()) {
                throw damaged(why + " in a closed segment", null);
            }
            long end;
            Lines.Next next = Lines.Next.BAD;
            do {
                end = offset() + in.length();
                // A mark whose newline before it is damaged stands at the end of a bad line.
                if (next == Lines.Next.GOOD ? in.startsWith(MARK) : in.endsWithGood(MARK)) {
                    throw new LogException.Damaged(
                            segments.get(segment).name(), offset, why + ", and a later force mark covers it");
                }
                next = in.next();
            } while (next != Lines.Next.END);
            tail = Optional.of(new Tail(segments.get(segment).name(), offset, end - offset, why));
            in.close();
            lines = null;
            ended = true;
        }

        private Frame decoded() {
            Frame frame;
            try {
                frame = reader.read(current());
            } catch (CodecException e) {
                throw new LogException(where() + " cannot be read by this build: " + e.getMessage(), e);
            } catch (JacksonException | IllegalArgumentException | LogException e) {
                throw new LogException(where() + " is no frame that this build knows: " + e.getMessage(), e);
            }
            switch (frame) {
                case Frame.Header header -> {
                    reader.upcastBy(header.schema().equals(schema) ? null : new Upcaster(codec));
                    incomparable = schema.incomparable(header.schema());
                    if (header.first() != expected) {
                        throw damaged("inputs " + expected + " to " + (header.first() - 1) + " are missing", null);
                    }
                    expected = header.first();
                    forced = Math.max(forced, header.forced());
                }
                case Frame.Force force -> forced = Math.max(forced, force.input());
                case Frame.Recorded recorded -> {
                    if (recorded.number() != expected) {
                        throw damaged("input " + recorded.number() + " stands where " + expected + " should", null);
                    }
                    expected++;
                }
            }
            return frame;
        }

        private String where() {
            return segments.get(segment).name() + " at byte " + offset();
        }

        /** Where the frame that was read last begins, in bytes of its segment's uncompressed content. */
        public long offset() {
            return base + current().offset();
        }

        /** How long its line is, in bytes, the newline included. */
        public int bytes() {
            return current().length();
        }

        /** The last input that was read; before the first, the one before it. */
        public long last() {
            return expected - 1;
        }

        /** The digests of the present segment that this build cannot be held to: {@link Schema#incomparable}. */
        public Set<String> incomparable() {
            return incomparable;
        }

        /** Up to which input the log was forced to disk, as far as was read. */
        public long forced() {
            return forced;
        }

        /** What stands behind the last whole frame, known at the end. */
        public Optional<Tail> tail() {
            return tail;
        }

        @Override
        public void close() {
            try {
                if (lines != null) {
                    lines.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
