package dev.dunlin.core.log;

import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;

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

    private static final long SECOND = 1_000_000;
    private static final long DAY = 86_400 * SECOND;

    private static final Setting SEGMENT_BYTES = Setting.size(
            "log.segmentBytes", DEFAULT.segmentBytes, 1024, 1L << 30, "a file of the log is closed when it is longer");
    private static final Setting RING_BYTES = Setting.size(
            "log.ringBytes",
            DEFAULT.ringBytes,
            1 << 20,
            1L << 50,
            "the oldest files of the log are dropped while all together are longer");
    private static final Setting RING_AGE = Setting.time(
            "log.ringAge",
            DEFAULT.ringAgeMicros,
            60 * SECOND,
            36_500 * DAY,
            "files of the log whose last input is older are dropped; the time counts while the node runs");
    private static final Setting SNAPSHOT_BYTES = Setting.size(
            "log.snapshotBytes",
            DEFAULT.snapshotBytes,
            1024,
            1L << 40,
            "a snapshot is written when the log has grown by so much since the last one");
    private static final Setting SNAPSHOT_EVERY = Setting.time(
            "log.snapshotEvery",
            DEFAULT.snapshotMicros,
            SECOND,
            365 * DAY,
            "a snapshot is written after so long, too, if there was anything to record meanwhile");
    private static final Setting ZSTD_LEVEL = Setting.count(
            "log.zstdLevel",
            DEFAULT.zstdLevel,
            1,
            19,
            "how hard closed files of the log are compressed; more than 1 saves some percent of space at several times the cost");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    SEGMENT_BYTES, RING_BYTES, RING_AGE, SNAPSHOT_BYTES, SNAPSHOT_EVERY, ZSTD_LEVEL)
            .atMost(SEGMENT_BYTES, RING_BYTES, "not even one file would be kept");

    /** What a configuration says. */
    public static LogOptions of(Table<String, String> config) {
        long segment = SEGMENT_BYTES.number(config);
        return new LogOptions(
                segment,
                Math.max(segment, RING_BYTES.number(config)),
                RING_AGE.number(config),
                SNAPSHOT_BYTES.number(config),
                SNAPSHOT_EVERY.number(config),
                ZSTD_LEVEL.integer(config));
    }

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
