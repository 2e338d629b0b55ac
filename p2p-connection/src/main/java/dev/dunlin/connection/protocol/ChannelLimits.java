package dev.dunlin.connection.protocol;

import java.util.concurrent.TimeUnit;

/**
 * What a protocol of channels may cost. Every field is a bound; channels that are being opened count as open ones.
 *
 * @param inbound channels that others opened, all together, at least 1
 * @param inboundPerPeer the same, of each peer, at least 1
 * @param outbound channels that this node opened, all together, at least 1
 * @param outboundPerPeer the same, to each peer, at least 1
 * @param outboxMessages messages of one channel that are sent and not written, 1 to {@link #MOST_MESSAGES}
 * @param outboxBytes what they take, in bytes of canonical content, {@link #LEAST_BYTES} to {@link #MOST_BYTES}; a message takes at
 *     most half
 * @param idle how long a channel is kept on which nothing is written, read or wished, microseconds, 1 to {@link #MOST_IDLE}
 */
public record ChannelLimits(
        int inbound,
        int inboundPerPeer,
        int outbound,
        int outboundPerPeer,
        int outboxMessages,
        long outboxBytes,
        long idle) {

    /** The most messages that an outbox may hold. */
    public static final int MOST_MESSAGES = 65_536;

    /** The smallest bound of an outbox's bytes. */
    public static final long LEAST_BYTES = 256;

    /** The greatest bound of an outbox's bytes. */
    public static final long MOST_BYTES = 1L << 30;

    /** The longest idle time, in microseconds: a year. */
    public static final long MOST_IDLE = TimeUnit.DAYS.toMicros(365);

    /** 256 and 4 in, 256 and 4 out, 64 messages and 64 KiB in an outbox, 10 min idle. */
    public static final ChannelLimits DEFAULT =
            new ChannelLimits(256, 4, 256, 4, 64, 64 << 10, TimeUnit.MINUTES.toMicros(10));

    /** Checks the ranges. */
    public ChannelLimits {
        ProtocolLimits.within("inbound", inbound, 1, Long.MAX_VALUE);
        ProtocolLimits.within("inboundPerPeer", inboundPerPeer, 1, Long.MAX_VALUE);
        ProtocolLimits.within("outbound", outbound, 1, Long.MAX_VALUE);
        ProtocolLimits.within("outboundPerPeer", outboundPerPeer, 1, Long.MAX_VALUE);
        ProtocolLimits.within("outboxMessages", outboxMessages, 1, MOST_MESSAGES);
        ProtocolLimits.within("outboxBytes", outboxBytes, LEAST_BYTES, MOST_BYTES);
        ProtocolLimits.within("idle", idle, 1, MOST_IDLE);
    }
}
