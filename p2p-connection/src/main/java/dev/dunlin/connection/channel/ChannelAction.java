package dev.dunlin.connection.channel;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/**
 * The actions of the channel machine. A channel is known by the handle of its stream.
 *
 * <p>Who wants a channel says {@link Open} and gets one {@link ChannelOutcome}. Who serves a protocol says {@link Serve} and observes
 * {@link Accepted}. From then on both sides are alike: the owner says {@link Send}, {@link More}, {@link Finish} and {@link Abort},
 * and observes {@link Received}, {@link Room}, {@link PeerFinished} and, once and last, {@link Ended}.
 */
public sealed interface ChannelAction extends Action {

    /** The longest that an opening may take, in microseconds: an hour. */
    long MOST_WITHIN = 3_600_000_000L;

    /** The most messages that may be asked for at once. */
    int MOST_CREDIT = 65_536;

    /** An action about a channel that is being opened. */
    interface OfOpening extends Action {

        /** The kind of subject that is a channel being opened; its key is the number. */
        String KIND = "channelOpening";

        /** The opening. */
        long opening();

        @Override
        default Subject about() {
            return Subject.of(KIND, opening());
        }
    }

    /** An action about a channel. Its subject is the stream, so that a log is searched for both at once. */
    interface OfChannel extends Action {

        /** The channel. */
        Handle channel();

        @Override
        default Subject about() {
            return Subject.of(StreamAction.OfStream.KIND, channel());
        }
    }

    // Opening

    /**
     * Wish: open a channel to a peer and tell me when it is there. Dials if need be; where there is no room for the dial or the
     * stream it tries again until its time is over.
     *
     * @param addresses where the peer may be, beside what is known of it; at most {@link ConnectionAction#MAX_ADDRESSES}
     * @param protocol the name of a {@link dev.dunlin.connection.protocol.ChannelProtocol}
     * @param within how long it may take, microseconds, 1 to {@link #MOST_WITHIN}
     */
    record Open(Ticket ticket, PeerId peer, List<Multiaddr> addresses, String protocol, long within)
            implements ChannelAction, OfPeer, Wish {
        /** Copies the list and checks the bounds. */
        public Open {
            addresses = ConnectionAction.bounded(addresses);
            if (within < 1 || within > MOST_WITHIN) {
                throw new IllegalArgumentException(
                        "a channel is opened within 1 to " + MOST_WITHIN + " microseconds, not " + within);
            }
        }
    }

    /**
     * Wish: a channel that is being opened is no longer wanted; its outcome is told all the same.
     *
     * @param ticket that of the opening
     */
    record Cancel(Ticket ticket) implements ChannelAction {}

    /** There is a connection to the peer of an opening. */
    record Reached(long opening) implements ChannelAction, OfOpening {}

    /** There is no room now for the dial or the stream of an opening. */
    record Crowded(long opening) implements ChannelAction, OfOpening {}

    /** There will be no connection, or no stream, for an opening. */
    record Missed(long opening, ConnectionError error) implements ChannelAction, OfOpening {}

    /** A dial to a peer has failed at one address. It may succeed at another: only who gives up for want of time tells of it. */
    record DialMissed(PeerId peer, Multiaddr address, ConnectionError.Kind why) implements ChannelAction, OfPeer {}

    /** The stream of an opening is open. */
    record StreamReady(long opening, Handle channel, Handle connection) implements ChannelAction, OfChannel {}

    /** Due: an opening's time is over, or it tries again. */
    record OpeningDue(long opening) implements ChannelAction, OfOpening {}

    // Serving

    /** Wish: take channels of a protocol; nothing changes if they are taken already. */
    record Serve(String protocol) implements ChannelAction {}

    /** Wish: take no more of them; those that are open stay open. */
    record Unserve(String protocol) implements ChannelAction {}

    /**
     * Fact for others: channels of a protocol are taken from now on, or no longer. Told at each change, and after a boot of what is
     * taken still.
     *
     * @param ids what the protocol is called on the wire
     * @param served which of the two
     */
    record Served(String protocol, List<String> ids, boolean served) implements ChannelAction {
        /** Copies the list. */
        public Served {
            ids = List.copyOf(ids);
        }
    }

    /** A peer has opened a stream of a protocol. */
    record Offered(Handle channel, Handle connection, PeerId peer, String id) implements ChannelAction, OfChannel {}

    // What an owner wishes

    /**
     * Wish: send a message. It waits in the outbox until those before it are written.
     *
     * @param ticket who is told of a refusal, as of a full outbox; {@link Ticket#NONE} if nobody. No outcome follows otherwise
     */
    record Send(Ticket ticket, Handle channel, Message message) implements ChannelAction, OfChannel, Wish {}

    /**
     * Wish: the owner can take so many messages more. What the peer sends beyond stays with the peer.
     *
     * @param credit 1 to {@link #MOST_CREDIT}
     */
    record More(Handle channel, int credit) implements ChannelAction, OfChannel {
        /** Checks the range. */
        public More {
            if (credit < 1 || credit > MOST_CREDIT) {
                throw new IllegalArgumentException(
                        "a channel is asked for 1 to " + MOST_CREDIT + " messages more, not " + credit);
            }
        }
    }

    /**
     * Wish: our side ends behind what is in the outbox. The peer may go on; that it ends, too, is seen by who asks for its messages.
     */
    record Finish(Handle channel) implements ChannelAction, OfChannel {}

    /** Wish: end it now, on both sides; what is in the outbox or on its way is lost. */
    record Abort(Handle channel) implements ChannelAction, OfChannel {}

    // What the world tells

    /** Fact: a message came. */
    record MessageCame(Handle channel, Message message) implements ChannelAction, OfChannel {}

    /** Fact: the peer has ended its side between two messages. */
    record ReadFinished(Handle channel) implements ChannelAction, OfChannel {}

    /**
     * Fact: no message will come.
     *
     * @param malformed whether something came that is none; if not, the stream broke
     * @param detail what more is known, for people; at most {@link ConnectionAction#MAX_TEXT} characters
     */
    record ReadFailed(Handle channel, boolean malformed, String detail) implements ChannelAction, OfChannel {
        /** Checks the bound. */
        public ReadFailed {
            ConnectionAction.boundedDetail(detail);
        }
    }

    /** Fact: a message is written. */
    record Written(Handle channel) implements ChannelAction, OfChannel {}

    /**
     * Fact: it could not be.
     *
     * @param unencodable whether it has no bytes; if not, the stream broke
     * @param detail what more is known, for people; at most {@link ConnectionAction#MAX_TEXT} characters
     */
    record WriteFailed(Handle channel, boolean unencodable, String detail) implements ChannelAction, OfChannel {
        /** Checks the bound. */
        public WriteFailed {
            ConnectionAction.boundedDetail(detail);
        }
    }

    /**
     * The stream of a channel is over.
     *
     * @param detail as {@link StreamAction.StreamClosed} has it
     */
    record StreamEnded(Handle channel, EndReason reason, String detail) implements ChannelAction, OfChannel {
        /** Checks the bound. */
        public StreamEnded {
            ConnectionAction.boundedDetail(detail);
        }
    }

    /** Due: nobody took a channel, or nothing happened on it for too long. */
    record ChannelDue(Handle channel) implements ChannelAction, OfChannel {}

    // What owners observe

    /**
     * A peer has opened a channel: whoever serves the protocol observes this, and owns it. It is reset unless the owner says
     * {@link More}, {@link Send} or {@link Finish} within {@link ChannelConfig#takeWithin}.
     */
    record Accepted(Handle channel, Handle connection, PeerId peer, String protocol)
            implements ChannelAction, OfChannel {}

    /**
     * A message of the peer. It takes one of the owner's credits.
     *
     * @param number counts the channel's messages, from 1
     */
    record Received(Handle channel, PeerId peer, String protocol, long number, Message message)
            implements ChannelAction, OfChannel {}

    /**
     * The outbox, more than half full before, is at most half full, by count and by bytes: any one message fits. Told after each
     * refusal for want of room, sooner or later, but for a channel that ends before; also where nobody was refused.
     */
    record Room(Handle channel, PeerId peer, String protocol) implements ChannelAction, OfChannel {}

    /** The peer will send no more; this side may. */
    record PeerFinished(Handle channel, PeerId peer, String protocol) implements ChannelAction, OfChannel {}

    /**
     * A channel is over: told exactly once, and nothing of it after. A boot ends all channels, and tells of none.
     *
     * @param detail what more is known, for people; at most {@link ConnectionAction#MAX_TEXT} characters
     */
    record Ended(Handle channel, PeerId peer, String protocol, ChannelEnd reason, String detail)
            implements ChannelAction, OfChannel {
        /** Checks the bound. */
        public Ended {
            ConnectionAction.boundedDetail(detail);
        }
    }
}
