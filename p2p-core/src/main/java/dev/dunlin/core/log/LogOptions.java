package dev.dunlin.core.log;

/**
 * The bounds of a log.
 *
 * @param segmentBytes a segment is closed when it is longer than this
 * @param ringBytes the oldest segments are dropped while all files together are longer than this
 * @param ringAgeMicros segments whose last input is older than this are dropped, by the node's own time: it stands still while
 *     no node runs
 * @param snapshotBytes a snapshot is written when the log has grown by so many bytes since the last one
 * @param snapshotMicros one is written after so long, too, if there were inputs meanwhile
 * @param zstdLevel how closed segments are compressed, 1 to 19; levels above 1 gain some percent of space at several times the cost
 */
public record LogOptions(
        long segmentBytes, long ringBytes, long ringAgeMicros, long snapshotBytes, long snapshotMicros, int zstdLevel) {

    /** 16 MiB segments, a 1 GiB ring of two weeks, a snapshot every 64 MiB or ten minutes, zstd level 1. */
    public static final LogOptions DEFAULT =
            new LogOptions(16L << 20, 1L << 30, 14L * 24 * 3600 * 1_000_000, 64L << 20, 600_000_000, 1);

    /** Checks ranges. */
    public LogOptions {
        if (segmentBytes < 1024
                || ringBytes < segmentBytes
                || ringAgeMicros <= 0
                || snapshotBytes <= 0
                || snapshotMicros <= 0) {
            throw new IllegalArgumentException(
                    "a segment has at least 1 KiB, the ring at least one segment, age and snapshot intervals are positive");
        }
        if (zstdLevel < 1 || zstdLevel > 19) {
            throw new IllegalArgumentException("the zstd level is from 1 to 19, not " + zstdLevel);
        }
    }
}
