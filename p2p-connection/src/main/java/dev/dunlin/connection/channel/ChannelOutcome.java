package dev.dunlin.connection.channel;

import dev.dunlin.connection.ConnectionError;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;

/** How a {@link ChannelAction.Open} ends; exactly one of these, or {@link dev.dunlin.core.store.NodeOutcome.Refused}. */
public sealed interface ChannelOutcome extends Outcome {

    /**
     * The channel is open, and belongs to whoever asked.
     *
     * @param channel by which it is known from now on: the handle of its stream
     * @param connection on which it is
     */
    record ChannelOpened(Ticket ticket, Handle channel, Handle connection, PeerId peer, String protocol)
            implements ChannelOutcome, OfPeer {}

    /**
     * There is no channel.
     *
     * @param error why; {@link ConnectionError.Kind#TIMED_OUT} at the deadline, {@link ConnectionError.Kind#CANCELLED} after
     *     {@link ChannelAction.Cancel}, {@link ConnectionError.Kind#NO_COMMON_PROTOCOL} where the peer does not speak it
     */
    record ChannelFailed(Ticket ticket, PeerId peer, String protocol, ConnectionError error)
            implements ChannelOutcome, OfPeer {}
}
