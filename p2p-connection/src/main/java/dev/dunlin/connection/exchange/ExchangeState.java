package dev.dunlin.connection.exchange;

import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.MissedDial;
import dev.dunlin.connection.protocol.WireNames;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All exchanges of a node. Its streams' handles are held by the stream machine.
 *
 * @param config what the last boot said
 * @param asks this node's asks that have no outcome yet, by their number
 * @param tickets the asks whose outcome somebody waits for
 * @param waiting those asks that have no place yet, each in its queue
 * @param outbound the streams of this node's asks, those included that may be used again
 * @param inbound the streams on which others ask
 * @param questions the questions that nobody has answered yet, by their number
 * @param lanes what is under way with each peer, and what is remembered of it for a while
 * @param uses what is under way of each protocol; also whether it is served
 * @param remotes the addresses of the other ends of the open connections; of those that peers have dialled, their hosts
 * @param bytes what the questions in {@code asks} take
 * @param busy up to when the questions of all peers have used up what this node answers, microseconds of the node's time
 * @param lastNumber the last number given to an ask or a question; never falls, not even at a boot
 */
public record ExchangeState(
        ExchangeConfig config,
        Table<Long, Ask> asks,
        Table<Ticket, Long> tickets,
        Table<Turn, PeerId> waiting,
        Table<Handle, Outbound> outbound,
        Table<Handle, Inbound> inbound,
        Table<Long, Handle> questions,
        Table<PeerId, Lanes> lanes,
        Table<String, Use> uses,
        Table<Handle, Multiaddr> remotes,
        long bytes,
        long busy,
        long lastNumber) {

    /** Before the first boot. */
    public static final ExchangeState INITIAL = new ExchangeState(
            ExchangeConfig.DEFAULT,
            Table.empty(),
            Table.empty(),
            Table.empty(),
            Table.empty(),
            Table.empty(),
            Table.empty(),
            Table.empty(),
            Table.empty(),
            Table.empty(),
            0,
            0,
            0);

    /** Before the first boot, of a node that calls its protocols so. */
    public static ExchangeState naming(WireNames names) {
        return INITIAL.withConfig(ExchangeConfig.of(Table.empty(), names));
    }

    /** What a waiting ask waits for. */
    public enum Want {
        /** Another ask of its protocol with its peer ends. */
        PLACE,
        /** Another ask of its protocol ends. */
        PROTOCOL,
        /** A dial ends. */
        DIAL,
        /** A stream ends. */
        STREAM
    }

    /** How far an ask is. */
    public sealed interface Stage {
        /** It has no place yet, or there was no room for its dial or stream. */
        record Waiting(Want want) implements Stage {}

        /**
         * A connection is awaited.
         *
         * @param since from when on, microseconds of the node's time
         */
        record Reaching(long since) implements Stage {}

        /** A stream is awaited. */
        record Opening() implements Stage {}

        /** The question is on its way, or the answer is. */
        record Asking(Handle stream) implements Stage {}
    }

    /**
     * One ask.
     *
     * @param bytes what the message takes
     * @param again whether a stream that had been used before has failed it: it gets a fresh one, once
     * @param deadline when it is given up
     * @param at the same, or when it is tried again
     */
    public record Ask(
            Ticket ticket,
            PeerId peer,
            List<Multiaddr> addresses,
            boolean dial,
            String protocol,
            Message message,
            long bytes,
            boolean again,
            long deadline,
            Stage stage,
            long at)
            implements Due {
        /** Copies the list. */
        public Ask {
            addresses = List.copyOf(addresses);
        }

        Ask in(Stage changed) {
            return in(changed, deadline);
        }

        Ask in(Stage changed, long until) {
            return new Ask(
                    ticket,
                    peer,
                    addresses,
                    dial,
                    protocol,
                    message,
                    bytes,
                    again,
                    deadline,
                    changed,
                    Math.min(deadline, until));
        }

        Ask onceMore() {
            return new Ask(ticket, peer, addresses, dial, protocol, message, bytes, true, deadline, stage, at);
        }
    }

    /**
     * A stream on which this node asks.
     *
     * @param ask the ask that it carries; 0 if none: it may be used again
     * @param uses how many answers came on it
     * @param at when it is closed if nobody uses it
     */
    public record Outbound(PeerId peer, Handle connection, String protocol, long ask, long uses, long at)
            implements Due {

        Outbound in(long carried, long used, long until) {
            return new Outbound(peer, connection, protocol, carried, used, until);
        }
    }

    /** How far a stream is on which another node asks. */
    public enum Side {
        /** A question is awaited. */
        READING,
        /** The question waits for somebody here to answer it. */
        ASKED,
        /** The answer is being written. */
        REPLYING,
        /** The peer asks too often: the next question is read later. */
        RESTING
    }

    /**
     * A stream on which another node asks.
     *
     * @param number of the last question; 0 before the first
     * @param at when it is given up; of a resting one, when it is read again
     */
    public record Inbound(PeerId peer, Handle connection, String protocol, Side side, long number, long at)
            implements Due {

        Inbound in(Side changed, long question, long until) {
            return new Inbound(peer, connection, protocol, changed, question, until);
        }
    }

    /**
     * What is under way with one peer by one protocol.
     *
     * @param protocol its name
     * @param asks this node's asks that have a place
     * @param waiting those that have none yet
     * @param inbound streams on which the peer asks
     * @param idle streams that may be used again, the one used last at the end
     * @param broken how often a stream that had been used before failed the next ask, up to {@link Asking#UNFIT}
     * @param unfit until when that is remembered though nothing is under way, microseconds of the node's time
     * @param used up to when the peer's questions have used up its time, likewise remembered until then
     */
    public record Lane(
            String protocol, int asks, int waiting, int inbound, List<Handle> idle, int broken, long unfit, long used) {

        /** Copies the list. */
        public Lane {
            idle = List.copyOf(idle);
        }

        static Lane of(String protocol) {
            return new Lane(protocol, 0, 0, 0, List.of(), 0, 0, 0);
        }

        Lane plus(int moreAsks, int moreWaiting, int moreInbound) {
            return new Lane(
                    protocol, asks + moreAsks, waiting + moreWaiting, inbound + moreInbound, idle, broken, unfit, used);
        }

        Lane with(List<Handle> free) {
            return new Lane(protocol, asks, waiting, inbound, free, broken, unfit, used);
        }

        Lane brokenOnceMore(long until) {
            return new Lane(protocol, asks, waiting, inbound, idle, Math.min(Asking.UNFIT, broken + 1), until, used);
        }

        Lane asked(long until) {
            return new Lane(protocol, asks, waiting, inbound, idle, broken, unfit, until);
        }

        boolean isEmpty() {
            return asks == 0 && waiting == 0 && inbound == 0 && idle.isEmpty();
        }

        /** Up to when it is kept: for ever while something is under way. */
        long until() {
            return isEmpty() ? Math.max(unfit, used) : Due.NEVER;
        }
    }

    /**
     * All that is under way with one peer.
     *
     * @param each one for each protocol: they are few
     * @param missed how the last dial failed
     * @param at when nothing is under way any more, when it is forgotten
     */
    public record Lanes(List<Lane> each, MissedDial missed, long at) implements Due {

        static final Lanes NONE = new Lanes(List.of(), MissedDial.NONE, 0);

        /** Copies the list. */
        public Lanes {
            each = List.copyOf(each);
        }

        private static Lanes of(List<Lane> each, MissedDial missed) {
            long at = 0;
            for (Lane lane : each) {
                at = Math.max(at, lane.until());
            }
            return new Lanes(each, missed, at);
        }

        Lanes with(MissedDial changed) {
            return new Lanes(each, changed, at);
        }

        Lanes with(Lane changed) {
            List<Lane> lanes = new ArrayList<>(each.size() + 1);
            for (Lane lane : each) {
                if (!lane.protocol().equals(changed.protocol())) {
                    lanes.add(lane);
                }
            }
            if (changed.until() != 0) {
                lanes.add(changed);
            }
            return of(lanes, missed);
        }

        /** These without what is remembered up to a time and no longer. */
        Lanes after(long now) {
            return of(each.stream().filter(lane -> lane.until() > now).toList(), missed);
        }
    }

    /**
     * What is under way by one protocol.
     *
     * @param served whether questions are answered
     * @param asks this node's asks that have a place
     * @param waiting those that have none yet
     * @param inbound streams on which others ask
     */
    public record Use(boolean served, int asks, int waiting, int inbound) {
        static final Use NONE = new Use(false, 0, 0, 0);

        Use plus(int moreAsks, int moreWaiting, int moreInbound) {
            return new Use(served, asks + moreAsks, waiting + moreWaiting, inbound + moreInbound);
        }
    }

    Lane lane(PeerId peer, String protocol) {
        for (Lane lane : lanes.or(peer, Lanes.NONE).each()) {
            if (lane.protocol().equals(protocol)) {
                return lane;
            }
        }
        return Lane.of(protocol);
    }

    Use use(String protocol) {
        return uses.or(protocol, Use.NONE);
    }

    /** Whether a protocol's questions are answered. */
    public boolean serves(String protocol) {
        return use(protocol).served();
    }

    /** The phase of an ask or a stream, as the diagram names it. */
    String nameOf(Subject subject) {
        return switch (subject.kind()) {
            case ExchangeAction.OfAsk.KIND ->
                asks.find(Long.parseLong(subject.key()))
                        .map(ask -> ask.stage() instanceof Stage.Waiting ? "waiting" : "asking")
                        .orElse("noAsk");
            case StreamAction.OfStream.KIND -> stream(Handle.parse(subject.key()));
            default -> "running";
        };
    }

    private String stream(Handle handle) {
        return outbound.find(handle)
                .map(stream -> stream.ask() == 0 ? "idle" : "carrying")
                .or(() -> inbound.find(handle).map(stream -> switch (stream.side()) {
                    case READING -> "reading";
                    case ASKED -> "asked";
                    case REPLYING -> "replying";
                    case RESTING -> "resting";
                }))
                .orElse("noStream");
    }

    ExchangeState withConfig(ExchangeConfig changed) {
        return new ExchangeState(
                changed,
                asks,
                tickets,
                waiting,
                outbound,
                inbound,
                questions,
                lanes,
                uses,
                remotes,
                bytes,
                busy,
                lastNumber);
    }

    private static Optional<Turn> turn(long number, Ask ask) {
        return ask.stage() instanceof Stage.Waiting(Want want)
                ? Optional.of(new Turn(
                        switch (want) {
                            case PLACE -> Turn.ofPeer(ask.peer(), ask.protocol());
                            case PROTOCOL -> Turn.ofProtocol(ask.protocol());
                            case DIAL -> Turn.DIAL;
                            case STREAM -> Turn.STREAM;
                        },
                        number))
                : Optional.empty();
    }

    // Out of the queue in which it was, and into the one in which it is.
    private Table<Turn, PeerId> waiting(long number, Optional<Ask> now) {
        Optional<Turn> was = asks.find(number).flatMap(ask -> turn(number, ask));
        Table<Turn, PeerId> left = was.map(waiting::without).orElse(waiting);
        return now.flatMap(ask -> turn(number, ask))
                .map(turn -> left.with(turn, now.get().peer()))
                .orElse(left);
    }

    /** The ask that has waited longest in a queue. */
    Optional<Long> first(String queue) {
        for (Map.Entry<Turn, PeerId> entry : waiting.from(Turn.beginning(queue))) {
            return entry.getKey().queue().equals(queue)
                    ? Optional.of(entry.getKey().ask())
                    : Optional.empty();
        }
        return Optional.empty();
    }

    /** Whether fewer than so many wait in a queue. */
    boolean isShorter(String queue, int than) {
        int found = 0;
        for (Map.Entry<Turn, PeerId> entry : waiting.from(Turn.beginning(queue))) {
            if (!entry.getKey().queue().equals(queue)) {
                break;
            }
            if (++found == than) {
                return false;
            }
        }
        return true;
    }

    ExchangeState withAsk(long number, Ask ask) {
        return new ExchangeState(
                config,
                asks.with(number, ask),
                tickets,
                waiting(number, Optional.of(ask)),
                outbound,
                inbound,
                questions,
                lanes,
                uses,
                remotes,
                bytes,
                busy,
                Math.max(lastNumber, number));
    }

    ExchangeState withoutAsk(long number) {
        Ask ask = asks.at(number);
        return new ExchangeState(
                config,
                asks.without(number),
                tickets.without(ask.ticket()),
                waiting(number, Optional.empty()),
                outbound,
                inbound,
                questions,
                lanes,
                uses,
                remotes,
                bytes - ask.bytes(),
                busy,
                lastNumber);
    }

    ExchangeState withBytes(long changed) {
        return new ExchangeState(
                config,
                asks,
                tickets,
                waiting,
                outbound,
                inbound,
                questions,
                lanes,
                uses,
                remotes,
                changed,
                busy,
                lastNumber);
    }

    ExchangeState withTicket(Ticket ticket, long ask) {
        return new ExchangeState(
                config,
                asks,
                tickets.with(ticket, ask),
                waiting,
                outbound,
                inbound,
                questions,
                lanes,
                uses,
                remotes,
                bytes,
                busy,
                lastNumber);
    }

    ExchangeState withOutbound(Table<Handle, Outbound> changed) {
        return new ExchangeState(
                config,
                asks,
                tickets,
                waiting,
                changed,
                inbound,
                questions,
                lanes,
                uses,
                remotes,
                bytes,
                busy,
                lastNumber);
    }

    ExchangeState withInbound(Table<Handle, Inbound> changed) {
        return new ExchangeState(
                config,
                asks,
                tickets,
                waiting,
                outbound,
                changed,
                questions,
                lanes,
                uses,
                remotes,
                bytes,
                busy,
                lastNumber);
    }

    ExchangeState withQuestions(Table<Long, Handle> changed) {
        return new ExchangeState(
                config,
                asks,
                tickets,
                waiting,
                outbound,
                inbound,
                changed,
                lanes,
                uses,
                remotes,
                bytes,
                busy,
                lastNumber);
    }

    ExchangeState withLastNumber(long changed) {
        return new ExchangeState(
                config, asks, tickets, waiting, outbound, inbound, questions, lanes, uses, remotes, bytes, busy,
                changed);
    }

    ExchangeState withLane(PeerId peer, Lane lane) {
        return withLanes(peer, lanes.or(peer, Lanes.NONE).with(lane));
    }

    /** With these of a peer; what has nothing to remember goes at once. */
    ExchangeState withLanes(PeerId peer, Lanes changed) {
        return new ExchangeState(
                config,
                asks,
                tickets,
                waiting,
                outbound,
                inbound,
                questions,
                changed.at() == 0 ? lanes.without(peer) : lanes.with(peer, changed),
                uses,
                remotes,
                bytes,
                busy,
                lastNumber);
    }

    /** Without what was remembered of a peer up to a time. */
    ExchangeState forgotten(PeerId peer, long now) {
        return lanes.has(peer) ? withLanes(peer, lanes.at(peer).after(now)) : this;
    }

    ExchangeState withRemotes(Table<Handle, Multiaddr> changed) {
        return new ExchangeState(
                config,
                asks,
                tickets,
                waiting,
                outbound,
                inbound,
                questions,
                lanes,
                uses,
                changed,
                bytes,
                busy,
                lastNumber);
    }

    ExchangeState withBusy(long changed) {
        return new ExchangeState(
                config,
                asks,
                tickets,
                waiting,
                outbound,
                inbound,
                questions,
                lanes,
                uses,
                remotes,
                bytes,
                changed,
                lastNumber);
    }

    ExchangeState withUse(String protocol, Use use) {
        return new ExchangeState(
                config,
                asks,
                tickets,
                waiting,
                outbound,
                inbound,
                questions,
                lanes,
                use.equals(Use.NONE) ? uses.without(protocol) : uses.with(protocol, use),
                remotes,
                bytes,
                busy,
                lastNumber);
    }
}
