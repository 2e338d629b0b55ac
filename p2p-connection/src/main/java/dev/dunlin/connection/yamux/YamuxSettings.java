package dev.dunlin.connection.yamux;

import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;

/** The bounds of yamux sessions as settings: each is the field of {@link YamuxLimits} of its name. */
public final class YamuxSettings {

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long DAY = 86_400 * SECOND;
    private static final int MANY = 1 << 16;
    private static final long MOST_BYTES = 1 << 30;
    private static final YamuxLimits USUAL = YamuxLimits.defaults();

    private static final Setting MAX_INBOUND_STREAMS = count(
            "maxInboundStreams",
            USUAL.maxInboundStreams(),
            "most streams that a peer has open at once on one connection; more are reset");
    private static final Setting MAX_OUTBOUND_STREAMS = count(
            "maxOutboundStreams",
            USUAL.maxOutboundStreams(),
            "most streams that this node has open at once on one connection");
    private static final Setting ACK_BACKLOG = Setting.count(
            "yamux.ackBacklog",
            USUAL.ackBacklog(),
            1,
            256,
            "most streams of this node that wait for a peer's acknowledgement (the specification: at most 256)");
    private static final Setting MAX_UNACCEPTED_STREAMS = Setting.count(
            "yamux.maxUnacceptedStreams",
            USUAL.maxUnacceptedStreams(),
            256,
            MANY,
            "most streams of a peer that wait to be accepted (the specification: at least 256)");
    private static final Setting INITIAL_WINDOW = size(
            "initialWindow",
            USUAL.initialWindow(),
            Wire.INITIAL_WINDOW,
            "how much a peer may send on a new stream before it is read");
    private static final Setting MAX_STREAM_WINDOW = size(
            "maxStreamWindow",
            USUAL.maxStreamWindow(),
            Wire.INITIAL_WINDOW,
            "how far the window of a stream that is read fast may grow");
    private static final Setting MAX_DATA_FRAME =
            size("maxDataFrame", USUAL.maxDataFrame(), 1024, "how much one frame of data carries at most");
    private static final Setting WRITE_BUFFER_PER_STREAM = size(
            "writeBufferPerStream",
            USUAL.writeBufferPerStream(),
            1024,
            "how much a stream holds that is written and not sent");
    private static final Setting WRITE_BUFFER_PER_CONNECTION = size(
            "writeBufferPerConnection",
            USUAL.writeBufferPerConnection(),
            1024,
            "the same of all streams of a connection together");
    private static final Setting WRITE_BUFFER_FLOOR = size(
            "writeBufferFloor",
            USUAL.writeBufferFloor(),
            1024,
            "how much of its write buffer a stream may use although that of the connection is full");
    private static final Setting MAX_WRITES_PER_STREAM = count(
            "maxWritesPerStream",
            USUAL.maxWritesPerStream(),
            "most pieces that a stream holds that are written and not sent");
    private static final Setting MAX_CONTROL_FRAMES = count(
            "maxControlFrames", USUAL.maxControlFrames(), "most answers that wait to be sent before reading stops");
    private static final Setting MAX_PENDING_PONGS =
            count("maxPendingPongs", USUAL.maxPendingPongs(), "most answers to pings that wait to be sent");
    private static final Setting PINGS_PER_SECOND = count(
            "pingsPerSecond",
            USUAL.pingsPerSecond(),
            "most pings of a connection that a peer sends a second in the long run; more end the connection");
    private static final Setting PING_BURST =
            count("pingBurst", USUAL.pingBurst(), "most pings of a connection that a peer sends at once");
    private static final Setting EMPTY_FRAMES_PER_SECOND = count(
            "emptyFramesPerSecond",
            USUAL.emptyFramesPerSecond(),
            "most frames without effect that a peer sends a second in the long run; more end the connection");
    private static final Setting EMPTY_FRAME_BURST =
            count("emptyFrameBurst", USUAL.emptyFrameBurst(), "most frames without effect that a peer sends at once");
    private static final Setting WASTED_OPENS_PER_SECOND = count(
            "wastedOpensPerSecond",
            USUAL.wastedOpensPerSecond(),
            "most streams a second in the long run that a peer opens for being refused; more end the connection");
    private static final Setting WASTED_OPEN_BURST = count(
            "wastedOpenBurst", USUAL.wastedOpenBurst(), "most streams that a peer opens at once for being refused");
    private static final Setting CLOSE_TIMEOUT = time(
            "closeTimeout",
            USUAL.closeTimeout(),
            "how long a peer's end of a stream may take after this node's before it is reset");
    private static final Setting KEEPALIVE_INTERVAL = time(
            "keepaliveInterval",
            USUAL.keepaliveInterval(),
            "time between two pings of a connection; without them windows do not grow");
    private static final Setting PING_TIMEOUT = time(
            "pingTimeout", USUAL.pingTimeout(), "how long a connection may be silent after a ping before it is closed");
    private static final Setting ANSWER_TIMEOUT = time(
            "answerTimeout",
            USUAL.answerTimeout(),
            "how long a ping may stay unanswered, whatever else comes, before the connection is closed");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    MAX_INBOUND_STREAMS,
                    MAX_OUTBOUND_STREAMS,
                    ACK_BACKLOG,
                    MAX_UNACCEPTED_STREAMS,
                    INITIAL_WINDOW,
                    MAX_STREAM_WINDOW,
                    MAX_DATA_FRAME,
                    WRITE_BUFFER_PER_STREAM,
                    WRITE_BUFFER_PER_CONNECTION,
                    WRITE_BUFFER_FLOOR,
                    MAX_WRITES_PER_STREAM,
                    MAX_CONTROL_FRAMES,
                    MAX_PENDING_PONGS,
                    PINGS_PER_SECOND,
                    PING_BURST,
                    EMPTY_FRAMES_PER_SECOND,
                    EMPTY_FRAME_BURST,
                    WASTED_OPENS_PER_SECOND,
                    WASTED_OPEN_BURST,
                    CLOSE_TIMEOUT,
                    KEEPALIVE_INTERVAL,
                    PING_TIMEOUT,
                    ANSWER_TIMEOUT)
            .atMost(INITIAL_WINDOW, MAX_STREAM_WINDOW, "a new stream would have a larger window than any")
            .atMost(WRITE_BUFFER_FLOOR, WRITE_BUFFER_PER_STREAM, "a stream could not use what it is promised");

    private YamuxSettings() {}

    private static Setting count(String name, int standard, String meaning) {
        return Setting.count("yamux." + name, standard, 1, MANY, meaning);
    }

    private static Setting size(String name, int standard, int least, String meaning) {
        return Setting.size("yamux." + name, standard, least, MOST_BYTES, meaning);
    }

    private static Setting time(String name, long standard, String meaning) {
        return Setting.time("yamux." + name, standard, 0, DAY, meaning + "; 0 for never");
    }

    /** What a configuration says. */
    public static YamuxLimits of(Table<String, String> config) {
        int window = INITIAL_WINDOW.integer(config);
        int floor = WRITE_BUFFER_FLOOR.integer(config);
        return YamuxLimits.defaults().toBuilder()
                .maxInboundStreams(MAX_INBOUND_STREAMS.integer(config))
                .maxOutboundStreams(MAX_OUTBOUND_STREAMS.integer(config))
                .ackBacklog(ACK_BACKLOG.integer(config))
                .maxUnacceptedStreams(MAX_UNACCEPTED_STREAMS.integer(config))
                .initialWindow(window)
                .maxStreamWindow(Math.max(window, MAX_STREAM_WINDOW.integer(config)))
                .maxDataFrame(MAX_DATA_FRAME.integer(config))
                .writeBufferPerStream(Math.max(floor, WRITE_BUFFER_PER_STREAM.integer(config)))
                .writeBufferPerConnection(WRITE_BUFFER_PER_CONNECTION.integer(config))
                .writeBufferFloor(floor)
                .maxWritesPerStream(MAX_WRITES_PER_STREAM.integer(config))
                .maxControlFrames(MAX_CONTROL_FRAMES.integer(config))
                .maxPendingPongs(MAX_PENDING_PONGS.integer(config))
                .pingsPerSecond(PINGS_PER_SECOND.integer(config))
                .pingBurst(PING_BURST.integer(config))
                .emptyFramesPerSecond(EMPTY_FRAMES_PER_SECOND.integer(config))
                .emptyFrameBurst(EMPTY_FRAME_BURST.integer(config))
                .wastedOpensPerSecond(WASTED_OPENS_PER_SECOND.integer(config))
                .wastedOpenBurst(WASTED_OPEN_BURST.integer(config))
                .closeTimeout(orNever(CLOSE_TIMEOUT, config))
                .keepaliveInterval(orNever(KEEPALIVE_INTERVAL, config))
                .pingTimeout(orNever(PING_TIMEOUT, config))
                .answerTimeout(orNever(ANSWER_TIMEOUT, config))
                .build();
    }

    private static long orNever(Setting time, Table<String, String> config) {
        long micros = time.number(config);
        return micros == 0 ? YamuxLimits.NEVER : micros;
    }
}
