package dev.dunlin.connection.channel;

import static dev.dunlin.connection.config.Settings.number;

import dev.dunlin.connection.Direction;
import dev.dunlin.core.state.Table;
import java.util.concurrent.TimeUnit;

/**
 * The bounds of all channels together; those of a protocol are its {@link dev.dunlin.connection.protocol.ChannelLimits}. Times are in
 * microseconds.
 *
 * @param maxInbound most channels that others opened ({@code channel.maxInbound}, 1,024, 0 to {@link #MOST_CHANNELS})
 * @param maxOutbound most channels that this node opened or opens ({@code channel.maxOutbound}, as above)
 * @param maxBytes most bytes that all outboxes may come to hold, half of it for each direction: a channel is opened only where its
 *     whole outbox has room ({@code channel.maxBytes}, 128 MiB, 1 KiB to {@link #MOST_BYTES})
 * @param maxCredit most messages that one channel's owner may have asked for and not got ({@code channel.maxCredit}, 1,024, 1 to
 *     {@link ChannelAction#MOST_CREDIT})
 * @param takeWithin how long a channel that another opened waits for its owner here ({@code channel.takeWithin}, 10 s, 1 ms to 1 h)
 * @param retry how long an opening waits that found no room for its dial or stream ({@code channel.retry}, 500 ms, 1 ms to 1 min)
 */
public record ChannelConfig(
        int maxInbound, int maxOutbound, long maxBytes, int maxCredit, long takeWithin, long retry) {

    /** The most channels of one direction that a configuration may allow. */
    public static final int MOST_CHANNELS = 16_384;

    /** The most bytes of outboxes that a configuration may allow. */
    public static final long MOST_BYTES = 4L << 30;

    /** The defaults. */
    public static final ChannelConfig DEFAULT = of(Table.empty());

    /** What a configuration says. */
    public static ChannelConfig of(Table<String, String> config) {
        return new ChannelConfig(
                (int) number(config, "channel.maxInbound", 1024, 0, MOST_CHANNELS),
                (int) number(config, "channel.maxOutbound", 1024, 0, MOST_CHANNELS),
                number(config, "channel.maxBytes", 128 << 20, 1 << 10, MOST_BYTES),
                (int) number(config, "channel.maxCredit", 1024, 1, ChannelAction.MOST_CREDIT),
                number(config, "channel.takeWithin", 10_000_000, 1000, TimeUnit.HOURS.toMicros(1)),
                number(config, "channel.retry", 500_000, 1000, TimeUnit.MINUTES.toMicros(1)));
    }

    /** Most channels of a direction. */
    int max(Direction direction) {
        return direction == Direction.INBOUND ? maxInbound : maxOutbound;
    }
}
