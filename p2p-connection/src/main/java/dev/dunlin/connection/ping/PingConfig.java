package dev.dunlin.connection.ping;

import static dev.dunlin.connection.config.Settings.number;

import dev.dunlin.core.state.Table;

/**
 * What can be configured of the ping machine. Every key is optional; a value out of its range counts as missing.
 * Times are microseconds.
 *
 * @param interval between periodic pings to a connected peer, 0 for none ({@code ping.interval}, 15 s, 0 to 1 day)
 * @param timeout how long a pong is awaited ({@code ping.timeout}, 10 s as in go-libp2p, 1 ms to 1 h)
 * @param failures how many pings lost one after the other are reported ({@code ping.failures}, 3, 1 to 1000)
 * @param keptRtts how many round-trip times are kept of each peer ({@code ping.keptRtts}, 16, 1 to 64)
 * @param maxLinks most connected peers that are pinged ({@code ping.maxLinks}, 4096, 0 to 16,384)
 * @param maxJobs most wishes that wait for each peer ({@code ping.maxJobs}, 4, 0 to 8)
 * @param maxCount most pings of one wish ({@code ping.maxCount}, 100, 1 to 100)
 */
public record PingConfig(
        long interval, long timeout, int failures, int keptRtts, int maxLinks, int maxJobs, int maxCount) {

    /** The longest interval, one day. */
    public static final long MAX_INTERVAL = 86_400_000_000L;

    /** The most bytes of the state at the greatest limits: for each peer its times, the ping under way and the wishes. */
    static final long BUDGET = 16_384L * (1280 + 64 * 8 + 8 * (512 + 100 * 8));

    /** What an empty configuration says. */
    public static final PingConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static PingConfig of(Table<String, String> config) {
        return new PingConfig(
                number(config, "ping.interval", 15_000_000, 0, MAX_INTERVAL),
                number(config, "ping.timeout", 10_000_000, 1_000, 3_600_000_000L),
                (int) number(config, "ping.failures", 3, 1, 1000),
                (int) number(config, "ping.keptRtts", 16, 1, 64),
                (int) number(config, "ping.maxLinks", 4096, 0, 16_384),
                (int) number(config, "ping.maxJobs", 4, 0, 8),
                (int) number(config, "ping.maxCount", 100, 1, 100));
    }
}
