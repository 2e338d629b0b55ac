package dev.dunlin.core.log;

import com.github.luben.zstd.ZstdIOException;
import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import tools.jackson.core.JacksonException;

/**
 * Reads a log, also one that is being written or was cut off by a crash. Before any frame is given out, the log's schemas are
 * compared with this build's.
 *
 * @param <R> the root of the state tree
 */
public final class LogReader<R> {

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

    private LogReader(LogReader<R> of, Optional<Shortcuts> shortcuts) {
        this.storage = of.storage;
        this.store = of.store;
        this.codec = of.codec;
        this.schema = of.schema;
        this.segments = of.segments;
        this.fit = of.fit;
        this.shortcuts = shortcuts;
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
        return new LogReader<>(this, Optional.of(known));
    }

    /** The same log, read without an index: a {@link #cursor} gives all lines of its segment, the header first. */
    public LogReader<R> plain() {
        return new LogReader<>(this, Optional.empty());
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

    private Optional<StoreState<R>> read(Kept snapshot) throws IOException {
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
        boolean read = false;
        boolean foreign = true;
        // Most segments of a log are of one build.
        List<Schema> compared = new ArrayList<>();
        Set<String> missing = new TreeSet<>();
        List<Schema.Difference> differences = new ArrayList<>();
        for (Segments.Segment segment : some) {
            Optional<Frame.Header> header = header(segment);
            if (header.isEmpty() || compared.stream().anyMatch(header.get().schema()::isSame)) {
                continue;
            }
            compared.add(header.get().schema());
            Schema.Report report = schema.compare(header.get().schema(), codec.tables());
            for (Schema.Difference difference : report.differences()) {
                if (!differences.contains(difference)) {
                    differences.add(difference);
                }
            }
            read = true;
            missing.addAll(report.missing());
            foreign &= report.foreign();
            worst = report.fit().compareTo(worst) > 0 ? report.fit() : worst;
        }
        differences.sort((one, other) -> other.fit().compareTo(one.fit()));
        return new Schema.Report(worst, read && foreign, List.copyOf(missing), List.copyOf(differences));
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
            boolean needs = i + 1 < segments.size()
                    ? segments.get(i + 1).first() > input + 1
                    : hasInputsAfter(input, segments.get(i));
            if (needs) {
                needed.add(segments.get(i));
            }
        }
        return compare(needed);
    }

    private boolean hasInputsAfter(long input, Segments.Segment segment) throws IOException {
        try (Lines lines = Segments.open(storage, segment)) {
            while (lines.next() == Lines.Next.GOOD) {
                if (!Frame.isOwn(lines.text()) && Frame.inputOf(lines.text()) > input) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * The names of machines that the log has at its end and this build does not have: going on from it would lose what they know.
     * An older part may have machines that a later build gave up.
     */
    public List<String> missingAtEnd() {
        try {
            for (Segments.Segment segment : segments.reversed()) {
                Optional<Frame.Header> header = header(segment);
                if (header.isPresent()) {
                    return schema.compare(header.get().schema(), codec.tables()).missing();
                }
            }
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the machines that have written any part of the log. */
    public Set<String> machines() {
        try {
            Set<String> machines = new TreeSet<>();
            for (Segments.Segment segment : segments) {
                header(segment)
                        .ifPresent(header -> machines.addAll(header.schema().machines()));
            }
            return machines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How well the log fits this build: the worst over its segments. */
    public Schema.Report fit() {
        return fit;
    }

    /**
     * Refuses a log that does not fit.
     *
     * @param log what the message calls it
     * @param verb what is to be done with it, for the message: "replay"
     * @param participle the same as a participle: "replayed"
     * @param acceptRisky whether one that fits only with losses is taken
     * @throws LogException if the log does not fit, {@link LogException.OtherMachines} if it has machines that this build does not
     *     have, {@link LogException.Lossy} if it fits with losses: the message has the worst
     *     differences, {@link #fit} all
     */
    public void requireFit(String log, String verb, String participle, boolean acceptRisky) {
        String cannot = log + " does not fit this build: ";
        if (!fit.missing().isEmpty()) {
            throw LogException.OtherMachines.of(log, fit);
        }
        if (fit.fit() == Schema.Fit.IMPOSSIBLE) {
            throw new LogException(cannot + fit.advice(verb + " it with the build that wrote it"));
        }
        if (fit.fit() == Schema.Fit.RISKY && !acceptRisky) {
            throw new LogException.Lossy(
                    cannot + fit.brief() + ". It can be " + participle + " if the losses are accepted");
        }
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
     * The numbers with which the segments begin, in order: from each of them a {@link #cursor} starts without reading what stands
     * before.
     */
    public List<Long> segmentStarts() {
        return segments.stream().map(Segments.Segment::first).toList();
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
                Optional<StoreState<R>> read = read(snapshot);
                if (read.isPresent()) {
                    return read.get();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (firstInput() > 1) {
            throw new LogException.NoStep("no good snapshot stands at or before input " + input
                    + ", and the ring begins at input " + firstInput() + ": ask for a later one");
        }
        return store.stateOf(0, 0, Map.of());
    }

    /** The state of the snapshot taken after exactly this input, if there is a good one. */
    public Optional<StoreState<R>> snapshotAt(long input) {
        try {
            for (Kept snapshot : kept()) {
                if (snapshot.file().input() == input) {
                    Optional<StoreState<R>> read = read(snapshot);
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

    /** The frames from the segment on that holds an input. */
    public LogCursor cursor(long fromInput) {
        LongFunction<OptionalLong> offsets =
                shortcuts.isPresent() ? shortcuts.get().offsets() : input -> OptionalLong.empty();
        return new LogCursor(storage, segments, codec, schema, offsets, fromInput);
    }
}
