package dev.dunlin.connection.stream;

import static dev.dunlin.connection.config.Settings.number;

import dev.dunlin.core.state.Table;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What can be configured of the stream machine. Every key is optional; a value out of its range counts as missing.
 * Times are microseconds.
 *
 * @param openTimeout how long opening may take, a dial it waits for included ({@code stream.openTimeout}, 15 s, 1 ms to
 *     1 h)
 * @param closeTimeout how long nothing may move on a stream that is being closed before it is reset ({@code stream.closeTimeout}, 5 s, 1 ms to 1 h)
 * @param quietTimeout after how long a stream is reset on which nothing moves, 0 for never; streams in the background are
 *     their own machines' matter ({@code stream.quietTimeout}, 2 min, 0 to 365 days)
 * @param quiet the same for single protocols ({@code stream.quietTimeout.}protocol; at most {@link #MOST_PROTOCOLS} count)
 * @param maxInbound most streams that peers opened, open or closing ({@code stream.maxInbound}, 2048, 1 to
 *     {@link #MOST_STREAMS})
 * @param maxInboundPerPeer most of them with one peer ({@code stream.maxInboundPerPeer}, 512, 1 to
 *     {@link #MOST_STREAMS})
 * @param maxInboundPerConnection most of them on one connection ({@code stream.maxInboundPerConnection}, 256, 1 to
 *     {@link #MOST_STREAMS})
 * @param maxInboundPerProtocol most of them of one protocol ({@code stream.maxInboundPerProtocol}, 1024, 1 to
 *     {@link #MOST_STREAMS})
 * @param inboundRate how many streams a second a peer may open on one connection in the long run
 *     ({@code stream.inboundRate}, 64, 1 to {@link #MOST_STREAMS})
 * @param inboundBurst how many it may open at once ({@code stream.inboundBurst}, 512, 1 to {@link #MOST_STREAMS})
 * @param maxOutbound most streams that this node opened, open, closing or being opened ({@code stream.maxOutbound},
 *     2048, 1 to {@link #MOST_STREAMS})
 * @param maxOutboundPerPeer most of them with one peer ({@code stream.maxOutboundPerPeer}, 512, 1 to
 *     {@link #MOST_STREAMS})
 * @param maxOutboundPerConnection most of them on one connection ({@code stream.maxOutboundPerConnection}, 256, 1 to
 *     {@link #MOST_STREAMS})
 * @param maxOpens most streams being opened ({@code stream.maxOpens}, 512, 1 to {@link #MOST_STREAMS})
 * @param background protocols whose streams do not keep a connection from being idle ({@code stream.background}, names
 *     with commas between them, {@code /ipfs/ping/1.0.0}; at most {@link #MOST_BACKGROUND} count)
 */
public record StreamConfig(
        long openTimeout,
        long closeTimeout,
        long quietTimeout,
        Table<String, Long> quiet,
        int maxInbound,
        int maxInboundPerPeer,
        int maxInboundPerConnection,
        int maxInboundPerProtocol,
        int inboundRate,
        int inboundBurst,
        int maxOutbound,
        int maxOutboundPerPeer,
        int maxOutboundPerConnection,
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

    /** The most protocols that have a setting of their own. */
    public static final int MOST_PROTOCOLS = 64;

    private static final String QUIET = "stream.quietTimeout";
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
                number(config, QUIET, 120 * SECOND, 0, 365 * 24 * HOUR),
                quiet(config),
                streams(config, "maxInbound", 2048),
                streams(config, "maxInboundPerPeer", 512),
                streams(config, "maxInboundPerConnection", 256),
                streams(config, "maxInboundPerProtocol", 1024),
                streams(config, "inboundRate", 64),
                streams(config, "inboundBurst", 512),
                streams(config, "maxOutbound", 2048),
                streams(config, "maxOutboundPerPeer", 512),
                streams(config, "maxOutboundPerConnection", 256),
                streams(config, "maxOpens", 512),
                Arrays.stream(config.or("stream.background", "/ipfs/ping/1.0.0").split(",", MOST_BACKGROUND + 1))
                        .limit(MOST_BACKGROUND)
                        .filter(name -> !name.isEmpty() && name.length() <= StreamAction.MAX_PROTOCOL)
                        .toList());
    }

    private static int streams(Table<String, String> config, String name, int otherwise) {
        return (int) number(config, "stream." + name, otherwise, 1, MOST_STREAMS);
    }

    private static Table<String, Long> quiet(Table<String, String> config) {
        Table<String, Long> quiet = Table.empty();
        String prefix = QUIET + ".";
        for (Map.Entry<String, String> entry : config) {
            String key = entry.getKey();
            if (key.startsWith(prefix)
                    && key.length() <= prefix.length() + StreamAction.MAX_PROTOCOL
                    && quiet.size() < MOST_PROTOCOLS) {
                long micros = number(config, key, -1, 0, 365 * 24 * HOUR);
                quiet = micros < 0 ? quiet : quiet.with(key.substring(prefix.length()), micros);
            }
        }
        return quiet;
    }

    /** Whether a protocol's streams keep no connection from being idle, and are their own machine's matter. */
    boolean isBackground(String protocol) {
        return background.contains(protocol);
    }

    /**
     * A configuration in which streams of these protocols are never reset for being quiet, unless it says something else of them: those of
     * a machine that has deadlines of its own.
     */
    public static Table<String, String> minded(Table<String, String> config, Collection<String> ids) {
        Table<String, String> more = config;
        for (String id : ids) {
            String key = QUIET + "." + id;
            more = more.has(key) ? more : more.with(key, "0");
        }
        return more;
    }

    /** After how long a stream of a protocol is reset on which nothing moves; 0 for never. */
    long quietTimeout(String protocol) {
        return quiet.or(protocol, isBackground(protocol) ? 0L : Long.valueOf(quietTimeout));
    }
}
