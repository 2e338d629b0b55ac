package dev.dunlin.connection.ping;

import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;

/**
 * What can be configured of the ping machine. Each component is the setting of its name, in microseconds or bytes where it is a
 * time or a size; what it means stands there. A value that is missing or out of its range is the standard one.
 */
public record PingConfig(
        long interval, long timeout, int failures, int keptRtts, int maxLinks, int maxJobs, int maxCount) {

    /** The longest interval, one day. */
    public static final long MAX_INTERVAL = 86_400_000_000L;

    /** The most bytes of the state at the greatest limits: for each peer its times, the ping under way and the wishes. */
    static final long BUDGET = 16_384L * (1280 + 64 * 8 + 8 * (512 + 100 * 8));

    private static final Setting INTERVAL = Setting.time(
            "ping.interval", 15_000_000, 0, MAX_INTERVAL, "time between two pings to a connected peer, 0 for none");
    private static final Setting TIMEOUT =
            Setting.time("ping.timeout", 10_000_000, 1_000, 3_600_000_000L, "how long an answer to a ping is awaited");
    private static final Setting FAILURES = Setting.count(
            "ping.failures", 3, 1, 1000, "after how many pings lost in a row a peer is reported as not answering");
    private static final Setting KEPT_RTTS =
            Setting.count("ping.keptRtts", 16, 1, 64, "how many round-trip times are kept of each peer");
    private static final Setting MAX_LINKS =
            Setting.count("ping.maxLinks", 4096, 0, 16_384, "most connected peers that are pinged");
    private static final Setting MAX_JOBS =
            Setting.count("ping.maxJobs", 4, 0, 8, "most requests to ping that wait for each peer");
    private static final Setting MAX_COUNT = Setting.count("ping.maxCount", 100, 1, 100, "most pings of one request");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    INTERVAL, TIMEOUT, FAILURES, KEPT_RTTS, MAX_LINKS, MAX_JOBS, MAX_COUNT)
            .alive();

    /** What an empty configuration says. */
    public static final PingConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static PingConfig of(Table<String, String> config) {
        return new PingConfig(
                INTERVAL.number(config),
                TIMEOUT.number(config),
                FAILURES.integer(config),
                KEPT_RTTS.integer(config),
                MAX_LINKS.integer(config),
                MAX_JOBS.integer(config),
                MAX_COUNT.integer(config));
    }
}
