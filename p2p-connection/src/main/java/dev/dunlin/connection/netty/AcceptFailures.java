package dev.dunlin.connection.netty;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.system.SystemErrors;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells why a listener cannot take connections, at once and then in sums, once a minute at most. */
final class AcceptFailures extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);
    private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

    private final Multiaddr listener;
    private final LongSupplier clock;
    private long toldAt;
    private long untold = -1;

    /**
     * Of one listener.
     *
     * @param clock nanoseconds of a clock that only runs forward
     */
    AcceptFailures(Multiaddr listener, LongSupplier clock) {
        this.listener = listener;
        this.clock = clock;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        long now = clock.getAsLong();
        if (untold >= 0 && now - toldAt < PAUSE) {
            untold++;
            return;
        }
        LOG.warn(
                "no connections can be taken at {}, {}; it is tried again every second{}",
                listener,
                SystemErrors.sentence(cause),
                untold > 0 ? "; so it was " + untold + " times more since this was told last" : "");
        toldAt = now;
        untold = 0;
    }
}
