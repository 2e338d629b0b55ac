package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.log.LogFinding.Lost;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Looks at a log's files without replaying anything, and says what is missing, damaged or strange, what is lost by it and what
 * to do. Nothing is written. A node may be writing the log meanwhile.
 */
public final class LogCheck {

    /** So many findings are told; of more, how many. */
    public static final int MOST = 100;

    private final LogStorage storage;
    private final Store<?> store;
    private final Codec codec;
    private final LogOptions ring;
    private final Depth depth;
    private final boolean written;
    private final List<LogFinding> findings = new ArrayList<>();
    private long more;

    /** How much is read. */
    public enum Depth {
        /**
         * Names, owners, the heads of all files, and the newest 1 MiB of segments whole: what a start can wait for, however long
         * the log is. What a node needs to go on, it reads and checks itself.
         */
        START(1L << 20),
        /** Every byte of every segment and snapshot. */
        WHOLE(Long.MAX_VALUE);

        private final long bytes;

        Depth(long bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * What was found.
     *
     * @param findings at most {@link #MOST}, in the order of the files
     * @param more how many there are beyond those
     * @param segments how many files hold inputs
     * @param snapshots how many hold states
     * @param bytes of all files together
     * @param first the first input that is there; 0 if there is no segment
     * @param last the last input; 0 if there is none, or it cannot be told
     * @param end when that was, if it can be told
     */
    public record Result(
            List<LogFinding> findings,
            long more,
            int segments,
            int snapshots,
            long bytes,
            long first,
            long last,
            Optional<End> end) {

        /** Whether no node can go on from the log as it is. */
        public boolean stops() {
            return findings.stream().anyMatch(LogFinding::stops);
        }

        /** Whether inputs are lost, or cannot be read. */
        public boolean loses() {
            return findings.stream().anyMatch(LogFinding::loses);
        }
    }

    /**
     * The time of the last input.
     *
     * @param at microseconds of the node's time
     * @param wall microseconds of the wall clock, as the node knew it
     */
    public record End(long at, long wall) {}

    private LogCheck(LogStorage storage, Store<?> store, LogOptions ring, Depth depth, boolean written) {
        this.storage = storage;
        this.store = store;
        this.codec = Codec.of(store);
        this.ring = ring;
        this.depth = depth;
        this.written = written;
    }

    /**
     * Checks a log.
     *
     * @param store a store with the machines whose types the log has; it is not changed
     * @param ring the bounds that the log is kept in: they tell a beginning that was dropped from one that is missing
     * @param written whether a node writes the log at present: then its end may be in the midst of a line
     * @throws IOException if the files cannot even be listed
     */
    public static Result of(LogStorage storage, Store<?> store, LogOptions ring, Depth depth, boolean written)
            throws IOException {
        return new LogCheck(storage, store, ring, depth, written).run();
    }

    private Result run() throws IOException {
        // In this order: a snapshot is written when the inputs before it are in their files.
        List<Segments.Snapshot> snapshots = Segments.snapshots(storage);
        List<Segments.Segment> segments = Segments.segments(storage);
        strangers();
        long good = lastGood(snapshots);
        long bytes = total();
        int wholeFrom = wholeFrom(segments);
        Optional<End> end = Optional.empty();
        OptionalLong firstAt = OptionalLong.empty();
        OptionalLong expected = OptionalLong.empty();
        for (int i = 0; i < segments.size(); i++) {
            Segments.Segment segment = segments.get(i);
            if (expected.isPresent()) {
                hole(expected.getAsLong(), segment, good);
            }
            OptionalLong next = i + 1 < segments.size()
                    ? OptionalLong.of(segments.get(i + 1).first())
                    : OptionalLong.empty();
            boolean stops = next.isEmpty() || next.getAsLong() > good + 1;
            Optional<SegmentScan> scan = SegmentScan.of(
                    storage, codec, new SegmentScan.Place(segment, i == 0, next, stops, i >= wholeFrom), written);
            expected = scan.map(SegmentScan::expected).orElse(OptionalLong.empty());
            if (scan.isPresent()) {
                scan.get().findings().forEach(this::addOfSegment);
                end = scan.get().end().isPresent() ? scan.get().end() : end;
                firstAt = i == 0 ? scan.get().firstAt() : firstAt;
            }
        }
        if (!segments.isEmpty() && segments.getFirst().first() > 1) {
            beginning(segments.getFirst(), good, bytes, firstAt, end);
        }
        behindTheEnd(segments, good, expected);
        return new Result(
                List.copyOf(findings),
                more,
                segments.size(),
                snapshots.size(),
                bytes,
                segments.isEmpty() ? 0 : segments.getFirst().first(),
                expected.isPresent() ? expected.getAsLong() - 1 : 0,
                end);
    }

    private void add(LogFinding finding) {
        if (findings.size() < MOST) {
            findings.add(finding);
        } else {
            more++;
        }
    }

    // Whose it is, is part of why it cannot be read.
    private void addOfSegment(LogFinding finding) {
        if (finding instanceof LogFinding.Unreadable unreadable) {
            findings.removeIf(other ->
                    other instanceof LogFinding.Stranger && other.file().equals(unreadable.file()));
        }
        add(finding);
    }

    private void strangers() throws IOException {
        for (String name : storage.names()) {
            try {
                if (Segments.isKnown(name)) {
                    storage.stranger(name).ifPresent(owner -> add(new LogFinding.Stranger(name, owner)));
                } else {
                    add(new LogFinding.Foreign(name));
                }
            } catch (NoSuchFileException droppedMeanwhile) {
                // It is no stranger any more.
            }
        }
        for (String name : storage.others()) {
            if (!name.equals(Segments.INDEX)) {
                add(new LogFinding.Foreign(name));
            }
        }
    }

    /** The input of the last good snapshot; -1 if there is none. */
    private long lastGood(List<Segments.Snapshot> snapshots) throws IOException {
        long good = -1;
        for (Segments.Snapshot snapshot : snapshots) {
            SnapshotReader<?> reader = new SnapshotReader<>(storage, codec, store, snapshot);
            Optional<String> fault = switch (depth) {
                case START -> reader.headerFault();
                case WHOLE -> reader.fault();
            };
            if (fault.isEmpty()) {
                good = snapshot.input();
            } else if (storage.names().contains(snapshot.name())) {
                add(new LogFinding.BadSnapshot(snapshot.name(), snapshot.input(), fault.get()));
            }
        }
        return good;
    }

    private long total() throws IOException {
        long total = 0;
        for (String name : storage.names()) {
            total += size(name);
        }
        return total;
    }

    private long size(String name) throws IOException {
        try {
            return storage.size(name);
        } catch (NoSuchFileException gone) {
            return 0;
        }
    }

    // The last segment is always read whole.
    private int wholeFrom(List<Segments.Segment> segments) throws IOException {
        long left = depth.bytes;
        int from = segments.size() - 1;
        while (from > 0) {
            left -= size(segments.get(from).name());
            if (left <= 0) {
                return from;
            }
            from--;
        }
        return from;
    }

    private void hole(long expected, Segments.Segment segment, long good) {
        long first = segment.first();
        if (first > expected) {
            add(new LogFinding.Missing(segment.name(), new Lost(expected, first - 1, first > good + 1)));
        } else if (first < expected) {
            String why = "the file before it goes on to input " + (expected - 1);
            add(new LogFinding.Damaged(segment.name(), 0, why, new Lost(first, first - 1, expected > good + 1)));
        }
    }

    private void beginning(Segments.Segment first, long good, long bytes, OptionalLong firstAt, Optional<End> end) {
        if (good + 1 < first.first()) {
            add(new LogFinding.NoStart(first.name(), first.first()));
        } else if (firstAt.isPresent()
                && end.isPresent()
                && bytes < ring.ringBytes() / 2
                && end.get().at() - firstAt.getAsLong() < ring.ringAgeMicros()) {
            add(new LogFinding.BeginsLate(first.name(), first.first()));
        }
    }

    private void behindTheEnd(List<Segments.Segment> segments, long good, OptionalLong expected) {
        if (segments.isEmpty()) {
            if (good >= 0) {
                add(new LogFinding.Missing(Segments.snapshotName(good), new Lost(1, good, true)));
            }
        } else if (expected.isPresent() && expected.getAsLong() <= good) {
            add(new LogFinding.Missing(Segments.snapshotName(good), new Lost(expected.getAsLong(), good, true)));
        }
    }
}
