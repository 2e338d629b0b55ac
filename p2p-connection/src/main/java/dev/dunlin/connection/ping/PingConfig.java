package dev.dunlin.connection.ping;

import static dev.dunlin.connection.config.Settings.number;

import dev.dunlin.core.state.Table;

/**
 * What can be configured of the ping machine. Every key is optional; a value out of its range counts as missing.
 * Times are microseconds.
 *
 * @param interval between the periodic balls to each connected peer, 0 for none ({@code ping.interval}, 15 s, 0 to 1
 *     day)
 * @param timeout how long a ball may be out ({@code ping.timeout}, 10 s as in go-libp2p, 1 ms to 1 h)
 * @param failures how many balls lost one after the other are reported ({@code ping.failures}, 3, 1 to 1000)
 * @param keptRtts how many round-trip times are kept of each peer ({@code ping.keptRtts}, 16, 1 to {@link #MOST_RTTS})
 * @param maxLinks most connections that are watched ({@code ping.maxLinks}, 4096, 0 to {@link #MOST_LINKS})
 * @param maxEchoes most ping streams of each peer that are answered ({@code ping.maxEchoes}, 2 as in libp2p/specs
 *     ping/ping.md, 0 to {@link #MOST_ECHOES})
 * @param maxJobs most wishes that wait for each peer ({@code ping.maxJobs}, 4, 0 to {@link #MOST_JOBS})
 * @param maxCount most balls of one wish ({@code ping.maxCount}, 100, 1 to {@link #MOST_COUNT})
 */
public record PingConfig(
        long interval,
        long timeout,
        int failures,
        int keptRtts,
        int maxLinks,
        int maxEchoes,
        int maxJobs,
        int maxCount) {

    /** The greatest limits: the byte budget is made for them. */
    public static final int MOST_RTTS = 64;

    /** As {@link #MOST_RTTS}. */
    public static final int MOST_LINKS = 16_384;

    /** As {@link #MOST_RTTS}. */
    public static final int MOST_ECHOES = 8;

    /** As {@link #MOST_RTTS}. */
    public static final int MOST_JOBS = 8;

    /** As {@link #MOST_RTTS}. */
    public static final int MOST_COUNT = 100;

    /** The longest interval, one day, in microseconds. */
    public static final long MAX_INTERVAL = 86_400_000_000L;

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long HOUR = 3_600 * SECOND;

    /** What an empty configuration says. */
    public static final PingConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static PingConfig of(Table<String, String> config) {
        return new PingConfig(
                number(config, "ping.interval", 15 * SECOND, 0, MAX_INTERVAL),
                number(config, "ping.timeout", 10 * SECOND, MILLI, HOUR),
                (int) number(config, "ping.failures", 3, 1, 1000),
                (int) number(config, "ping.keptRtts", 16, 1, MOST_RTTS),
                (int) number(config, "ping.maxLinks", 4096, 0, MOST_LINKS),
                (int) number(config, "ping.maxEchoes", 2, 0, MOST_ECHOES),
                (int) number(config, "ping.maxJobs", 4, 0, MOST_JOBS),
                (int) number(config, "ping.maxCount", 100, 1, MOST_COUNT));
    }
}
