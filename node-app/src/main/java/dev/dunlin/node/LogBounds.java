package dev.dunlin.node;

import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LastBoot;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.state.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * In which bounds the log of a node is kept. There are two opinions of it: that of the configuration, as the next start reads it, and
 * that of the last start, which may have been given others on its command line.
 *
 * @param configured what file, environment and command line say
 * @param recorded what the last boot in the log says; the configured ones where the log has no boot
 */
record LogBounds(LogOptions configured, LogOptions recorded) {

    /**
     * Those of a log, whose data directory's configuration is read as {@code run} without options reads it.
     *
     * @param log the folder; of one that is in no data directory the boot alone tells
     */
    static LogBounds of(Path log, Machines machines) {
        Table<String, String> last = lastBoot(log);
        return DataDirectory.around(log)
                .map(dataDir -> of(log, config(dataDir, machines)))
                .orElseGet(() -> new LogBounds(LogOptions.of(last), LogOptions.of(last)));
    }

    /** Those of a log whose configuration is known. */
    static LogBounds of(Path log, Table<String, String> configured) {
        Table<String, String> last = lastBoot(log);
        LogOptions own = LogOptions.of(configured);
        return new LogBounds(own, last.isEmpty() ? own : LogOptions.of(last));
    }

    // What is wrong with the configuration is told by whoever starts a node by it; its other values count.
    private static Table<String, String> config(Path dataDir, Machines machines) {
        try {
            return ConfigurationOptions.of(dataDir, machines).recorded();
        } catch (CommandFailure unreadable) {
            return Table.empty();
        }
    }

    // What cannot be read the check of the log tells.
    private static Table<String, String> lastBoot(Path log) {
        Table<String, String> config = Table.empty();
        try {
            if (Files.isDirectory(log)) {
                Map<String, String> last =
                        LastBoot.config(DirectoryStorage.readOnly(log)).orElse(Map.of());
                for (Map.Entry<String, String> one : last.entrySet()) {
                    config = config.with(one.getKey(), one.getValue());
                }
            }
        } catch (IOException unreadable) {
            return Table.empty();
        }
        return config;
    }

    /** The narrower of both: what stands outside of it may have been dropped in good order. */
    LogOptions narrow() {
        return with(
                Math.min(configured.ringBytes(), recorded.ringBytes()),
                Math.min(configured.ringAgeMicros(), recorded.ringAgeMicros()));
    }

    /** The wider of both: whoever keeps a log in it drops nothing that either would keep. */
    LogOptions wide() {
        return with(
                Math.max(configured.ringBytes(), recorded.ringBytes()),
                Math.max(configured.ringAgeMicros(), recorded.ringAgeMicros()));
    }

    private LogOptions with(long ringBytes, long ringAgeMicros) {
        return new LogOptions(
                Math.min(configured.segmentBytes(), ringBytes),
                ringBytes,
                ringAgeMicros,
                configured.snapshotBytes(),
                configured.snapshotMicros(),
                configured.zstdLevel());
    }
}
