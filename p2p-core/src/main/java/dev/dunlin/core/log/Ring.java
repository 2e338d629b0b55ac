package dev.dunlin.core.log;

import com.github.luben.zstd.ZstdIOException;
import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Drops the oldest files of a log while it is too big or they are too old. */
final class Ring {

    // Never too old.
    private static final long UNKNOWN = Long.MAX_VALUE / 2;

    private final LogStorage storage;
    private final Store<?> store;
    private final Codec codec;
    private final LogOptions options;
    private long good = -1;

    Ring(LogStorage storage, Store<?> store, Codec codec, LogOptions options) {
        this.storage = storage;
        this.store = store;
        this.codec = codec;
        this.options = options;
    }

    int trim(long now) throws IOException {
        int dropped = 0;
        dropCuts();
        while (true) {
            List<Segments.Segment> segments = Segments.segments(storage);
            if (segments.size() < 2) {
                dropSnapshots();
                return dropped;
            }
            boolean tooBig = total() > options.ringBytes();
            boolean tooOld = now - timeOf(segments.get(1)) > options.ringAgeMicros();
            if (!tooBig && !tooOld) {
                return dropped;
            }
            // What stays must begin at or before a good snapshot's next input.
            long keepFrom = segments.get(1).first();
            List<Segments.Snapshot> snapshots = Segments.snapshots(storage);
            boolean covered = false;
            for (Segments.Snapshot snapshot : snapshots.reversed()) {
                if (snapshot.input() + 1 >= keepFrom && isGood(snapshot)) {
                    covered = true;
                    break;
                }
            }
            if (!covered) {
                dropSnapshots();
                return dropped;
            }
            storage.delete(segments.getFirst().name());
            // One after the other, also on disk: a power loss may bring back the last of them, and no hole.
            storage.forceNames();
            for (Segments.Snapshot snapshot : snapshots) {
                if (snapshot.input() + 1 < keepFrom) {
                    storage.delete(snapshot.name());
                }
            }
            dropped++;
        }
    }

    // Where no segment may go: all snapshots but the last good one, the oldest first.
    private void dropSnapshots() throws IOException {
        List<Segments.Snapshot> snapshots = Segments.snapshots(storage);
        int kept = snapshots.size() - 1;
        while (kept > 0 && !isGood(snapshots.get(kept))) {
            kept--;
        }
        for (int i = 0; i < kept && total() > options.ringBytes(); i++) {
            storage.delete(snapshots.get(i).name());
        }
    }

    private boolean isGood(Segments.Snapshot snapshot) throws IOException {
        if (snapshot.input() == good) {
            return true;
        }
        if (new SnapshotReader<>(storage, codec, store, snapshot).fault().isPresent()) {
            return false;
        }
        good = snapshot.input();
        return true;
    }

    // Tails that were cut are evidence, but the first thing to go.
    private void dropCuts() throws IOException {
        for (String name : storage.names()) {
            if (Segments.isCut(name) && total() > options.ringBytes()) {
                storage.delete(name);
            }
        }
    }

    private long total() throws IOException {
        long total = 0;
        for (String name : storage.names()) {
            total += storage.size(name);
        }
        return total;
    }

    /** The time of a segment's first input: all before it are older. One that cannot be read goes by its bytes alone. */
    private long timeOf(Segments.Segment segment) throws IOException {
        try (Lines lines = Segments.open(storage, segment)) {
            while (lines.next() == Lines.Next.GOOD) {
                JsonNode meta = codec.mapper()
                        .readTree(lines.bytes(), lines.from(), lines.length() - 1)
                        .path("meta");
                if (meta.has("at")) {
                    return meta.path("at").asLong();
                }
            }
        } catch (ZstdIOException | JacksonException damaged) {
            return UNKNOWN;
        }
        return UNKNOWN;
    }
}
