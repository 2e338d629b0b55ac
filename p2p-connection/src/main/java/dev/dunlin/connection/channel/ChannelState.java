package dev.dunlin.connection.channel;

import dev.dunlin.connection.Direction;
import dev.dunlin.connection.protocol.ChannelLimits;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.MissedDial;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamState.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/**
 * All channels of a node. Their streams' handles are held by the stream machine.
 *
 * @param config what the last boot said
 * @param openings the channels that this node opens, by their number
 * @param tickets the openings whose outcome somebody waits for
 * @param channels the open ones
 * @param lanes how many there are with each peer, by the protocol's name, those being opened included; no zeros
 * @param uses how many there are of each protocol; also whether it is served
 * @param lastNumber the last number given to an opening; never falls, not even at a boot
 */
public record ChannelState(
        ChannelConfig config,
        Table<Long, Opening> openings,
        Table<Ticket, Long> tickets,
        Table<Handle, Channel> channels,
        Table<PeerId, Table<String, Tally>> lanes,
        Table<String, Use> uses,
        long lastNumber) {

    /** Before the first boot. */
    public static final ChannelState INITIAL = empty(ChannelConfig.DEFAULT, 0);

    /** Without any channel. */
    static ChannelState empty(ChannelConfig config, long lastNumber) {
        return new ChannelState(
                config, Table.empty(), Table.empty(), Table.empty(), Table.empty(), Table.empty(), lastNumber);
    }

    /** How far an opening is. */
    public enum Stage {
        /** There was no room for its dial or stream. */
        WAITING,
        /** A connection is awaited. */
        REACHING,
        /** A stream is awaited. */
        OPENING
    }

    /**
     * A channel that is being opened.
     *
     * @param missed how the last dial failed while a connection is awaited
     * @param deadline when it is given up
     * @param at the same, or when it is tried again
     */
    public record Opening(
            Ticket ticket,
            PeerId peer,
            List<Multiaddr> addresses,
            String protocol,
            Stage stage,
            MissedDial missed,
            long deadline,
            long at)
            implements Due {
        /** Copies the list. */
        public Opening {
            addresses = List.copyOf(addresses);
        }

        Opening in(Stage changed, long until) {
            return new Opening(ticket, peer, addresses, protocol, changed, missed, deadline, Math.min(deadline, until));
        }

        Opening with(MissedDial changed) {
            return new Opening(ticket, peer, addresses, protocol, stage, changed, deadline, at);
        }
    }

    /** What is read of a channel. */
    public enum Reading {
        /** Nothing: its owner has asked for nothing more. */
        PAUSED,
        /** A message. */
        UNDER_WAY,
        /** Nothing any more: the stream is over, and its end will tell how. */
        LOST,
        /** Nothing any more: the peer has ended its side. */
        FINISHED
    }

    /**
     * What comes on a channel.
     *
     * @param credit how many messages its owner has asked for and not got
     * @param received how many it has got
     */
    public record Inbox(Reading reading, int credit, long received) {

        static final Inbox EMPTY = new Inbox(Reading.PAUSED, 0, 0);

        Inbox in(Reading changed) {
            return new Inbox(changed, credit, received);
        }

        Inbox plus(int more) {
            return new Inbox(reading, credit + more, received);
        }

        Inbox withMessage() {
            return new Inbox(Reading.PAUSED, credit - 1, received + 1);
        }
    }

    /** What is written of a channel. */
    public enum Writing {
        /** Nothing: the outbox is empty. */
        PAUSED,
        /** Its first message. */
        UNDER_WAY,
        /** Nothing any more: our side is ended. */
        FINISHED
    }

    /**
     * A message that is not written yet.
     *
     * @param bytes what it takes, as {@link Outbox#bytesOf} counts it
     */
    public record Queued(Message message, long bytes) {}

    /**
     * What goes on a channel.
     *
     * @param messages those that are sent and not written, by their number; one that is being written is the first
     * @param bytes what they take
     * @param sent how many were ever sent
     * @param last whether no other will be
     */
    public record Outbox(Writing writing, Table<Long, Queued> messages, long bytes, long sent, boolean last) {

        static final Outbox EMPTY = new Outbox(Writing.PAUSED, Table.empty(), 0, 0, false);

        /** A message's number and size. */
        private static final long ENTRY = 2 * Long.BYTES;

        /** What a message takes in an outbox, in bytes of canonical content. */
        static long bytesOf(Message message) {
            return Content.bytes(message) + ENTRY;
        }

        Outbox in(Writing changed) {
            return new Outbox(changed, messages, bytes, sent, last);
        }

        Outbox plus(Message message) {
            Queued queued = new Queued(message, bytesOf(message));
            return new Outbox(writing, messages.with(sent + 1, queued), bytes + queued.bytes(), sent + 1, last);
        }

        Outbox withoutFirst() {
            long first = messages.keys().iterator().next();
            return new Outbox(
                    Writing.PAUSED,
                    messages.without(first),
                    bytes - messages.at(first).bytes(),
                    sent,
                    last);
        }

        Outbox toItsEnd() {
            return new Outbox(writing, messages, bytes, sent, true);
        }

        boolean isMoreThanHalfFull(ChannelLimits limits) {
            return messages.size() > limits.outboxMessages() / 2 || bytes > limits.outboxBytes() / 2;
        }
    }

    /**
     * An open channel.
     *
     * @param direction who opened it
     * @param taken whether it has an owner here
     * @param closed whether its stream is over in an orderly way, and no more than the answer to a read is awaited
     * @param at when it is given up
     */
    public record Channel(
            PeerId peer,
            String protocol,
            Direction direction,
            boolean taken,
            Inbox inbox,
            Outbox outbox,
            boolean closed,
            long at)
            implements Due {

        Channel with(Inbox changed) {
            return new Channel(peer, protocol, direction, taken, changed, outbox, closed, at);
        }

        Channel with(Outbox changed) {
            return new Channel(peer, protocol, direction, taken, inbox, changed, closed, at);
        }

        Channel over() {
            return new Channel(peer, protocol, direction, taken, inbox, outbox, true, at);
        }

        Channel takenUntil(long until) {
            return new Channel(peer, protocol, direction, true, inbox, outbox, closed, until);
        }

        boolean isFinished() {
            return inbox.reading() == Reading.FINISHED && outbox.writing() == Writing.FINISHED;
        }

        String phase() {
            if (!taken) {
                return "offered";
            }
            if (inbox.reading() == Reading.FINISHED) {
                return outbox.last() ? "closing" : "peerFinished";
            }
            return outbox.last() ? "finishing" : "open";
        }
    }

    /**
     * What is under way by one protocol.
     *
     * @param served whether channels of it are taken
     * @param channels how many there are, those being opened included
     */
    public record Use(boolean served, Tally channels) {
        static final Use NONE = new Use(false, Tally.NONE);
    }

    Use use(String protocol) {
        return uses.or(protocol, Use.NONE);
    }

    Tally lane(PeerId peer, String protocol) {
        return lanes.or(peer, Table.empty()).or(protocol, Tally.NONE);
    }

    /** How many channels there are of a direction, those being opened included. */
    public int total(Direction direction) {
        int total = 0;
        for (Use use : uses.values()) {
            total += use.channels().of(direction);
        }
        return total;
    }

    /** Whether channels of a protocol are taken. */
    public boolean serves(String protocol) {
        return use(protocol).served();
    }

    /** The phase of an opening or a channel, as the diagram names it. */
    String nameOf(Subject subject) {
        return switch (subject.kind()) {
            case ChannelAction.OfOpening.KIND ->
                openings.find(Long.parseLong(subject.key()))
                        .map(opening -> opening.stage() == Stage.WAITING ? "waiting" : "reaching")
                        .orElse("noOpening");
            case StreamAction.OfStream.KIND ->
                channels.find(Handle.parse(subject.key())).map(Channel::phase).orElse("noChannel");
            default -> "running";
        };
    }

    ChannelState withOpening(long number, Opening opening) {
        return new ChannelState(
                config,
                openings.with(number, opening),
                opening.ticket().isNone() ? tickets : tickets.with(opening.ticket(), number),
                channels,
                lanes,
                uses,
                Math.max(lastNumber, number));
    }

    ChannelState withoutOpening(long number) {
        return new ChannelState(
                config,
                openings.without(number),
                tickets.without(openings.at(number).ticket()),
                channels,
                lanes,
                uses,
                lastNumber);
    }

    ChannelState with(ChannelConfig changed) {
        return new ChannelState(changed, openings, tickets, channels, lanes, uses, lastNumber);
    }

    ChannelState withChannels(Table<Handle, Channel> changed) {
        return new ChannelState(config, openings, tickets, changed, lanes, uses, lastNumber);
    }

    ChannelState withUse(String protocol, Use use) {
        return new ChannelState(
                config,
                openings,
                tickets,
                channels,
                lanes,
                use.equals(Use.NONE) ? uses.without(protocol) : uses.with(protocol, use),
                lastNumber);
    }

    /** With more channels counted, or fewer. */
    ChannelState counted(PeerId peer, String protocol, Direction direction, int change) {
        Tally lane = lane(peer, protocol).plus(direction, change);
        Table<String, Tally> known = lanes.or(peer, Table.empty());
        Table<String, Tally> ofPeer = lane.equals(Tally.NONE) ? known.without(protocol) : known.with(protocol, lane);
        Use use = use(protocol);
        return new ChannelState(
                        config,
                        openings,
                        tickets,
                        channels,
                        ofPeer.isEmpty() ? lanes.without(peer) : lanes.with(peer, ofPeer),
                        uses,
                        lastNumber)
                .withUse(protocol, new Use(use.served(), use.channels().plus(direction, change)));
    }
}
