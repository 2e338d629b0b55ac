package dev.dunlin.connection.stream;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What can be configured of the stream machine. Each component but those below is the setting of its name, in microseconds or
 * bytes where it is a time or a size; what it means stands there. A value that is missing or out of its range is the standard
 * one.
 *
 * @param quiet the same for single protocols ({@code stream.quietTimeout.}protocol; at most {@link #MOST_PROTOCOLS} count)
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

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long HOUR = 3_600 * SECOND;
    private static final long YEAR = 365 * 24 * HOUR;

    private static final Setting OPEN_TIMEOUT = Setting.time(
            "stream.openTimeout",
            15 * SECOND,
            MILLI,
            HOUR,
            "how long opening a stream may take, a dial it waits for included");
    private static final Setting CLOSE_TIMEOUT = Setting.time(
            "stream.closeTimeout",
            5 * SECOND,
            MILLI,
            HOUR,
            "how long nothing may move on a stream that is being closed before it is reset");
    private static final Setting QUIET_TIMEOUT = Setting.time(
            "stream.quietTimeout",
            120 * SECOND,
            0,
            YEAR,
            "after how long a stream is reset on which nothing moves, 0 for never");
    private static final Setting QUIET_TIMEOUT_OF = Setting.time(
            "stream.quietTimeout.*",
            120 * SECOND,
            0,
            YEAR,
            "the same of the streams of one protocol, which stands in the place of the star");
    private static final Setting MAX_INBOUND = Setting.count(
            "stream.maxInbound", 2048, 1, MOST_STREAMS, "most streams that peers opened, open or closing");
    private static final Setting MAX_INBOUND_PER_PEER = Setting.count(
            "stream.maxInboundPerPeer", 512, 1, MOST_STREAMS, "most streams that peers opened with one peer");
    private static final Setting MAX_INBOUND_PER_CONNECTION = Setting.count(
            "stream.maxInboundPerConnection", 256, 1, MOST_STREAMS, "most streams that peers opened on one connection");
    private static final Setting MAX_INBOUND_PER_PROTOCOL = Setting.count(
            "stream.maxInboundPerProtocol", 1024, 1, MOST_STREAMS, "most streams that peers opened of one protocol");
    private static final Setting INBOUND_RATE = Setting.count(
            "stream.inboundRate",
            64,
            1,
            MOST_STREAMS,
            "how many streams a second a peer may open on one connection in the long run");
    private static final Setting INBOUND_BURST = Setting.count(
            "stream.inboundBurst", 512, 1, MOST_STREAMS, "how many streams a peer may open on one connection at once");
    private static final Setting MAX_OUTBOUND = Setting.count(
            "stream.maxOutbound",
            2048,
            1,
            MOST_STREAMS,
            "most streams that this node opened, open, closing or being opened");
    private static final Setting MAX_OUTBOUND_PER_PEER = Setting.count(
            "stream.maxOutboundPerPeer", 512, 1, MOST_STREAMS, "most streams that this node opened with one peer");
    private static final Setting MAX_OUTBOUND_PER_CONNECTION = Setting.count(
            "stream.maxOutboundPerConnection",
            256,
            1,
            MOST_STREAMS,
            "most streams that this node opened on one connection");
    private static final Setting MAX_OPENS =
            Setting.count("stream.maxOpens", 512, 1, MOST_STREAMS, "most streams being opened at once");
    private static final Setting BACKGROUND = new Setting(
            "stream.background",
            new Kind.Several("protocols", MOST_BACKGROUND, StreamAction.MAX_PROTOCOL),
            "/ipfs/ping/1.0.0",
            "protocols whose streams do not keep a connection from being idle",
            false);

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
            OPEN_TIMEOUT.alive(),
            CLOSE_TIMEOUT.alive(),
            QUIET_TIMEOUT,
            QUIET_TIMEOUT_OF,
            MAX_INBOUND,
            MAX_INBOUND_PER_PEER,
            MAX_INBOUND_PER_CONNECTION,
            MAX_INBOUND_PER_PROTOCOL,
            INBOUND_RATE,
            INBOUND_BURST,
            MAX_OUTBOUND.alive(),
            MAX_OUTBOUND_PER_PEER.alive(),
            MAX_OUTBOUND_PER_CONNECTION.alive(),
            MAX_OPENS.alive(),
            BACKGROUND);

    /** What an empty configuration says. */
    public static final StreamConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static StreamConfig of(Table<String, String> config) {
        return new StreamConfig(
                OPEN_TIMEOUT.number(config),
                CLOSE_TIMEOUT.number(config),
                QUIET_TIMEOUT.number(config),
                quiet(config),
                MAX_INBOUND.integer(config),
                MAX_INBOUND_PER_PEER.integer(config),
                MAX_INBOUND_PER_CONNECTION.integer(config),
                MAX_INBOUND_PER_PROTOCOL.integer(config),
                INBOUND_RATE.integer(config),
                INBOUND_BURST.integer(config),
                MAX_OUTBOUND.integer(config),
                MAX_OUTBOUND_PER_PEER.integer(config),
                MAX_OUTBOUND_PER_CONNECTION.integer(config),
                MAX_OPENS.integer(config),
                BACKGROUND.all(config));
    }

    private static Table<String, Long> quiet(Table<String, String> config) {
        Table<String, Long> quiet = Table.empty();
        String prefix = QUIET_TIMEOUT_OF.stem();
        for (Map.Entry<String, String> entry : config) {
            String key = entry.getKey();
            if (key.startsWith(prefix)
                    && key.length() <= prefix.length() + StreamAction.MAX_PROTOCOL
                    && quiet.size() < MOST_PROTOCOLS) {
                quiet = quiet.with(key.substring(prefix.length()), QUIET_TIMEOUT_OF.numberOf(entry.getValue()));
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
            String key = QUIET_TIMEOUT_OF.stem() + id;
            more = more.has(key) ? more : more.with(key, "0");
        }
        return more;
    }

    /** After how long a stream of a protocol is reset on which nothing moves; 0 for never. */
    long quietTimeout(String protocol) {
        return quiet.or(protocol, isBackground(protocol) ? 0L : Long.valueOf(quietTimeout));
    }
}
