package dev.dunlin.core.log;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of a log by name: segments, open or compressed, snapshots, and tails that were cut. */
final class Segments {

    private static final Pattern SEGMENT = Pattern.compile("log-(\\d{15})\\.jsonl(\\.zst)?");
    private static final Pattern SNAPSHOT = Pattern.compile("snap-(\\d{15})\\.jsonl\\.zst");
    private static final Pattern CUT = Pattern.compile("cut-(\\d{15})-\\d+\\.bytes");

    /** The highest number that the files' names have digits for. */
    private static final long MAX_INPUT = 999_999_999_999_999L;

    /** What a closed segment's name has behind that of the open one. */
    static final String COMPRESSED = ".zst";

    private static final String UNFINISHED = ".part";

    private Segments() {}

    /**
     * A segment's file.
     *
     * @param name the file
     * @param first the number of its first input
     * @param compressed whether it is closed and compressed
     */
    record Segment(String name, long first, boolean compressed) {}

    /**
     * A snapshot's file.
     *
     * @param name the file
     * @param input the input after which it was taken
     */
    record Snapshot(String name, long input) {}

    static String segmentName(long first) {
        return String.format(Locale.ROOT, "log-%015d.jsonl", named(first));
    }

    /** The name that a segment has when it is compressed. */
    static String packed(Segment segment) {
        return segment.compressed() ? segment.name() : segment.name() + COMPRESSED;
    }

    static String snapshotName(long input) {
        return String.format(Locale.ROOT, "snap-%015d.jsonl.zst", named(input));
    }

    static String cutName(long input, int attempt) {
        return String.format(Locale.ROOT, "cut-%015d-%d.bytes", named(input), attempt);
    }

    // A file of a longer name would not be found again.
    private static long named(long input) {
        if (input > MAX_INPUT) {
            throw new LogException("a log has at most " + MAX_INPUT + " inputs: begin another in a new folder");
        }
        return input;
    }

    /** The folder that an index of the log stands in; no part of the log. */
    static final String INDEX = "index";

    /** Whether a file is one of a log. */
    static boolean isKnown(String name) {
        return SEGMENT.matcher(name).matches() || SNAPSHOT.matcher(name).matches() || isCut(name) || isUnfinished(name);
    }

    static boolean isCut(String name) {
        return CUT.matcher(name).matches();
    }

    static boolean isUnfinished(String name) {
        return name.endsWith(UNFINISHED);
    }

    static String unfinished(String name) {
        return name + UNFINISHED;
    }

    /** The segments, in order; of a segment that is there twice (a crash while compressing), the uncompressed file. */
    static List<Segment> segments(LogStorage storage) throws IOException {
        List<Segment> segments = new ArrayList<>();
        for (String name : storage.names()) {
            Matcher match = SEGMENT.matcher(name);
            if (match.matches()) {
                long first = Long.parseLong(match.group(1));
                boolean compressed = match.group(2) != null;
                if (!segments.isEmpty() && segments.getLast().first() == first) {
                    continue;
                }
                segments.add(new Segment(name, first, compressed));
            }
        }
        return segments;
    }

    /** The snapshots, in order. */
    static List<Snapshot> snapshots(LogStorage storage) throws IOException {
        List<Snapshot> snapshots = new ArrayList<>();
        for (String name : storage.names()) {
            Matcher match = SNAPSHOT.matcher(name);
            if (match.matches()) {
                snapshots.add(new Snapshot(name, Long.parseLong(match.group(1))));
            }
        }
        return snapshots;
    }

    /** The last snapshot at or before an input. */
    static Optional<Snapshot> snapshotBefore(LogStorage storage, long input) throws IOException {
        return snapshots(storage).stream()
                .filter(snapshot -> snapshot.input() <= input)
                .reduce((one, other) -> other);
    }

    static Lines open(LogStorage storage, Segment segment) throws IOException {
        return open(storage, segment, 0);
    }

    /** The lines from an offset of the uncompressed content on. */
    static Lines open(LogStorage storage, Segment segment, long from) throws IOException {
        if (!segment.compressed()) {
            try {
                return new Lines(storage.read(segment.name(), from));
            } catch (NoSuchFileException e) {
                // A running node has compressed it since the folder was listed.
                return new Lines(unpacked(storage, segment.name() + COMPRESSED, from));
            }
        }
        return new Lines(unpacked(storage, segment.name(), from));
    }

    private static InputStream unpacked(LogStorage storage, String name, long from) throws IOException {
        InputStream in = new ZstdInputStream(storage.read(name, 0));
        in.skipNBytes(from);
        return in;
    }

    /** Compresses a closed segment; at every moment at least one whole file of it is there. */
    static void compress(LogStorage storage, Segment segment, int level) throws IOException {
        String target = segment.name() + COMPRESSED;
        boolean done = false;
        try {
            try (InputStream in = storage.read(segment.name(), 0);
                    OutputStream out = compressed(storage, unfinished(target), level)) {
                in.transferTo(out);
            }
            storage.rename(unfinished(target), target);
            done = true;
        } finally {
            if (!done) {
                storage.delete(unfinished(target));
            }
        }
        storage.forceNames();
        storage.delete(segment.name());
    }

    /** A stream that compresses into a new file and forces it when closed; whatever fails, the file is closed. */
    static OutputStream compressed(LogStorage storage, String name, int level) throws IOException {
        storage.delete(name);
        LogStorage.Appender file = storage.append(name);
        OutputStream plain = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                file.write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                file.write(bytes, from, length);
            }
        };
        return new FilterOutputStream(new ZstdOutputStream(plain, level)) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                out.write(bytes, from, length);
            }

            @Override
            public void close() throws IOException {
                try (file) {
                    out.close();
                    file.force();
                }
            }
        };
    }
}
