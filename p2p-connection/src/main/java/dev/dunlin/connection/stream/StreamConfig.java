package dev.dunlin.connection.stream;

import static dev.dunlin.connection.config.Settings.number;

import dev.dunlin.core.state.Table;
import java.util.Arrays;
import java.util.List;

/**
 * What can be configured of the stream machine. Every key is optional; a value out of its range counts as missing.
 * Times are microseconds.
 *
 * @param openTimeout how long opening may take, a dial it waits for included ({@code stream.openTimeout}, 15 s, 1 ms to
 *     1 h)
 * @param closeTimeout how long an orderly close may take before a reset ({@code stream.closeTimeout}, 5 s, 1 ms to 1 h)
 * @param maxStreams most streams, open, closing or being opened ({@code stream.maxStreams}, 2048, 1 to
 *     {@link #MOST_STREAMS})
 * @param maxPerPeer most of them with one peer ({@code stream.maxPerPeer}, 512, 1 to {@link #MOST_STREAMS})
 * @param maxPerConnection most of them on one connection ({@code stream.maxPerConnection}, 256, 1 to
 *     {@link #MOST_STREAMS})
 * @param maxOpens most streams being opened ({@code stream.maxOpens}, 512, 1 to {@link #MOST_STREAMS})
 * @param background protocols whose streams do not keep a connection from being idle ({@code stream.background}, names
 *     with commas between them, {@code /ipfs/ping/1.0.0}; at most {@link #MOST_BACKGROUND} count)
 */
public record StreamConfig(
        long openTimeout,
        long closeTimeout,
        int maxStreams,
        int maxPerPeer,
        int maxPerConnection,
        int maxOpens,
        List<String> background) {

    /** Copies the list. */
    public StreamConfig {
        background = List.copyOf(background);
    }

    /** The greatest limit: the byte budget is made for it. */
    public static final int MOST_STREAMS = 16_384;

    /** The most protocols in the background. */
    public static final int MOST_BACKGROUND = 16;

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long HOUR = 3_600 * SECOND;

    /** What an empty configuration says. */
    public static final StreamConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static StreamConfig of(Table<String, String> config) {
        return new StreamConfig(
                number(config, "stream.openTimeout", 15 * SECOND, MILLI, HOUR),
                number(config, "stream.closeTimeout", 5 * SECOND, MILLI, HOUR),
                (int) number(config, "stream.maxStreams", 2048, 1, MOST_STREAMS),
                (int) number(config, "stream.maxPerPeer", 512, 1, MOST_STREAMS),
                (int) number(config, "stream.maxPerConnection", 256, 1, MOST_STREAMS),
                (int) number(config, "stream.maxOpens", 512, 1, MOST_STREAMS),
                Arrays.stream(config.or("stream.background", "/ipfs/ping/1.0.0").split(",", MOST_BACKGROUND + 1))
                        .limit(MOST_BACKGROUND)
                        .filter(name -> !name.isEmpty() && name.length() <= StreamAction.MAX_PROTOCOL)
                        .toList());
    }
}
