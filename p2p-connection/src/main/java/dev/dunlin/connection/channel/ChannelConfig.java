package dev.dunlin.connection.channel;

import dev.dunlin.connection.Direction;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;
import java.util.concurrent.TimeUnit;

/**
 * The bounds of all channels together; those of a protocol are its {@link dev.dunlin.connection.protocol.ChannelLimits}. Each
 * component is the setting of its name, in microseconds or bytes where it is a time or a size; what it means stands there. A
 * value that is missing or out of its range is the standard one.
 */
public record ChannelConfig(
        int maxInbound, int maxOutbound, long maxBytes, int maxCredit, long takeWithin, long retry) {

    /** The most channels of one direction that a configuration may allow. */
    public static final int MOST_CHANNELS = 16_384;

    /** The most bytes of outboxes that a configuration may allow. */
    public static final long MOST_BYTES = 4L << 30;

    private static final Setting MAX_INBOUND =
            Setting.count("channel.maxInbound", 1024, 0, MOST_CHANNELS, "most channels that others opened");
    private static final Setting MAX_OUTBOUND = Setting.count(
            "channel.maxOutbound", 1024, 0, MOST_CHANNELS, "most channels that this node opened or opens");
    private static final Setting MAX_BYTES = Setting.size(
            "channel.maxBytes",
            128 << 20,
            1 << 10,
            MOST_BYTES,
            "most bytes that all outboxes may come to hold, half of it for each direction: a channel is opened only where its whole outbox has room");
    private static final Setting MAX_CREDIT = Setting.count(
            "channel.maxCredit",
            1024,
            1,
            ChannelAction.MOST_CREDIT,
            "most messages that may be asked for on one channel and not have come");
    private static final Setting TAKE_WITHIN = Setting.time(
            "channel.takeWithin",
            10_000_000,
            1000,
            TimeUnit.HOURS.toMicros(1),
            "how long a channel that another opened waits for its owner here");
    private static final Setting RETRY = Setting.time(
            "channel.retry",
            500_000,
            1000,
            TimeUnit.MINUTES.toMicros(1),
            "how long the opening of a channel waits that found no room for its dial or stream");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    MAX_INBOUND, MAX_OUTBOUND, MAX_BYTES, MAX_CREDIT, TAKE_WITHIN, RETRY)
            .alive();

    /** The defaults. */
    public static final ChannelConfig DEFAULT = of(Table.empty());

    /** What a configuration says. */
    public static ChannelConfig of(Table<String, String> config) {
        return new ChannelConfig(
                MAX_INBOUND.integer(config),
                MAX_OUTBOUND.integer(config),
                MAX_BYTES.number(config),
                MAX_CREDIT.integer(config),
                TAKE_WITHIN.number(config),
                RETRY.number(config));
    }

    /** Most channels of a direction. */
    int max(Direction direction) {
        return direction == Direction.INBOUND ? maxInbound : maxOutbound;
    }
}
