package dev.dunlin.connection.identify;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.Direction;
import dev.dunlin.connection.identify.IdentifyState.Exchange;
import dev.dunlin.connection.identify.IdentifyState.Kind;
import dev.dunlin.connection.identify.IdentifyState.Link;
import dev.dunlin.connection.identify.IdentifyState.Peer;
import dev.dunlin.connection.identify.IdentifyState.Push;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.On;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.TypeTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The registration of the identify machine. Its streams' handles are held by the stream machine. */
public final class IdentifySlice implements Slice<Object, IdentifyState, IdentifyAction> {

    /** Its name. */
    public static final String NAME = "identify";

    /** The protocol by which a peer is asked who it is (libp2p/specs identify/README.md). */
    public static final String ID = "/ipfs/id/1.0.0";

    /** The protocol by which a peer tells what has changed. */
    public static final String ID_PUSH = "/ipfs/id/push/1.0.0";

    private static final String PEER = "peer";
    private static final String RUNNING = "running";
    private static final String UNKNOWN = "unknown";
    private static final String REMEMBERED = "remembered";
    private static final String OPENING = "opening";
    private static final String READING = "reading";
    private static final String IDENTIFIED = "identified";
    private static final String UNIDENTIFIED = "unidentified";

    private static final TypeTable TYPES = TypeTable.of(NAME)
            .action("started", IdentifyAction.Started.class)
            .action("speak", IdentifyAction.Speak.class)
            .action("addressesBound", IdentifyAction.AddressesBound.class)
            .action("addressesUnbound", IdentifyAction.AddressesUnbound.class)
            .action("linked", IdentifyAction.Linked.class)
            .action("unlinked", IdentifyAction.Unlinked.class)
            .action("askOpened", IdentifyAction.AskOpened.class)
            .action("askNotOpened", IdentifyAction.AskNotOpened.class)
            .action("pushOpened", IdentifyAction.PushOpened.class)
            .action("pushNotOpened", IdentifyAction.PushNotOpened.class)
            .action("asked", IdentifyAction.Asked.class)
            .action("pushOffered", IdentifyAction.PushOffered.class)
            .action("received", IdentifyAction.Received.class)
            .action("readFailed", IdentifyAction.ReadFailed.class)
            .action("sent", IdentifyAction.Sent.class)
            .action("sendFailed", IdentifyAction.SendFailed.class)
            .action("tick", IdentifyAction.Tick.class)
            .action("exchangeTimedOut", IdentifyAction.ExchangeTimedOut.class)
            .action("forgotten", IdentifyAction.Forgotten.class)
            .action("peerIdentified", IdentifyAction.PeerIdentified.class)
            .action("identifyFailed", IdentifyAction.IdentifyFailed.class)
            .action("observedChanged", IdentifyAction.ObservedChanged.class)
            .action("read", IdentifyEffect.Read.class)
            .action("send", IdentifyEffect.Send.class)
            .build();

    private static final List<Transition> TRANSITIONS = transitionList();

    private static List<Transition> transitionList() {
        List<Transition> all = new ArrayList<>();
        for (String action :
                List.of("started", "speak", "addressesBound", "addressesUnbound", "tick", "observedChanged")) {
            all.add(new Transition(RUNNING, action, RUNNING));
        }
        List<String> connected = List.of(OPENING, READING, IDENTIFIED, UNIDENTIFIED);
        for (String phase : connected) {
            for (String action : List.of(
                    "unlinked", "pushNotOpened", "received", "readFailed", "sent", "sendFailed", "exchangeTimedOut")) {
                all.add(new Transition(phase, action, phase));
            }
            // A peer that has told is remembered; one that has not is not.
            if (!phase.equals(IDENTIFIED)) {
                all.add(new Transition(phase, "started", UNKNOWN));
                all.add(new Transition(phase, "unlinked", UNKNOWN));
            }
            all.add(new Transition(phase, "started", REMEMBERED));
            all.add(new Transition(phase, "unlinked", REMEMBERED));
            all.add(new Transition(phase, "linked", phase.equals(READING) ? READING : OPENING));
        }
        for (String phase : List.of(UNKNOWN, REMEMBERED, OPENING, READING, IDENTIFIED, UNIDENTIFIED)) {
            for (String action : List.of("pushOpened", "asked", "pushOffered", "peerIdentified", "identifyFailed")) {
                all.add(new Transition(phase, action, phase));
            }
            if (!phase.equals(OPENING)) {
                all.add(new Transition(phase, "askOpened", phase));
            }
        }
        all.add(new Transition(UNKNOWN, "linked", OPENING));
        all.add(new Transition(REMEMBERED, "linked", OPENING));
        all.add(new Transition(REMEMBERED, "forgotten", UNKNOWN));
        all.add(new Transition(OPENING, "askOpened", READING));
        all.add(new Transition(OPENING, "askOpened", UNIDENTIFIED));
        all.add(new Transition(OPENING, "askOpened", OPENING));
        all.add(new Transition(OPENING, "askNotOpened", UNIDENTIFIED));
        all.add(new Transition(OPENING, "askNotOpened", OPENING));
        all.add(new Transition(READING, "received", IDENTIFIED));
        for (String action : List.of("received", "readFailed", "exchangeTimedOut", "unlinked")) {
            all.add(new Transition(READING, action, UNIDENTIFIED));
            all.add(new Transition(READING, action, OPENING));
        }
        return List.copyOf(all);
    }

    /** The ticket of the stream on which a peer is asked. */
    static Ticket askTicket(PeerId peer) {
        return new Ticket(NAME, 1);
    }

    /** The ticket of the stream on which we push to a peer. */
    static Ticket pushTicket(PeerId peer) {
        return new Ticket(NAME, 2);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<IdentifyAction> actions() {
        return IdentifyAction.class;
    }

    @Override
    public Class<IdentifyState> state() {
        return IdentifyState.class;
    }

    @Override
    public TypeTable types() {
        return TYPES;
    }

    @Override
    public IdentifyState initial() {
        return IdentifyState.INITIAL;
    }

    @Override
    public Guards<Object, IdentifyState, IdentifyAction> guards() {
        return IdentifyGuards.ALL;
    }

    @Override
    public IdentifyState reduce(IdentifyState own, IdentifyAction action, Context ctx) {
        return IdentifyReducer.reduce(own, action, ctx);
    }

    @Override
    public long nextDeadline(IdentifyState own) {
        return own.nextDeadline();
    }

    @Override
    public Optional<IdentifyAction> tick() {
        return Optional.of(new IdentifyAction.Tick());
    }

    @Override
    public List<On<?, ? extends IdentifyAction>> observes() {
        return List.of(
                On.each(NodeAction.Booted.class, fact -> new IdentifyAction.Started(IdentifyConfig.of(fact.config()))),
                On.each(
                        ConnectionAction.Listening.class,
                        fact -> new IdentifyAction.AddressesBound(fact.listener(), fact.bound())),
                On.each(
                        ConnectionAction.ListenerClosed.class,
                        fact -> new IdentifyAction.AddressesUnbound(fact.listener())),
                On.each(
                        ConnectionAction.Connected.class,
                        fact -> new IdentifyAction.Linked(
                                fact.connection(), fact.peer(), fact.address(), Direction.OUTBOUND)),
                On.each(
                        ConnectionAction.Accepted.class,
                        fact -> new IdentifyAction.Linked(
                                fact.connection(), fact.peer(), fact.remoteAddress(), Direction.INBOUND)),
                On.each(
                        ConnectionAction.Closed.class,
                        fact -> new IdentifyAction.Unlinked(fact.connection(), fact.peer())),
                new On<>(StreamAction.StreamOpened.class, IdentifySlice::opened),
                new On<>(StreamAction.OpenFailed.class, fact -> notOpened(fact.ticket(), fact.peer())),
                new On<>(
                        dev.dunlin.core.store.NodeOutcome.Refused.class,
                        fact -> fact.ticket().isOf(NAME)
                                ? notOpened(fact.ticket(), PeerId.parse(fact.subject().key()))
                                : Optional.empty()),
                new On<>(StreamAction.StreamAccepted.class, IdentifySlice::accepted));
    }

    private static Optional<IdentifyAction> opened(StreamAction.StreamOpened fact) {
        if (fact.ticket().equals(askTicket(fact.peer()))) {
            return Optional.of(new IdentifyAction.AskOpened(fact.stream(), fact.connection(), fact.peer()));
        }
        return fact.ticket().equals(pushTicket(fact.peer()))
                ? Optional.of(new IdentifyAction.PushOpened(fact.stream(), fact.connection(), fact.peer()))
                : Optional.empty();
    }

    private static Optional<IdentifyAction> notOpened(Ticket ticket, PeerId peer) {
        if (ticket.equals(askTicket(peer))) {
            return Optional.of(new IdentifyAction.AskNotOpened(peer));
        }
        return ticket.equals(pushTicket(peer)) ? Optional.of(new IdentifyAction.PushNotOpened(peer)) : Optional.empty();
    }

    private static Optional<IdentifyAction> accepted(StreamAction.StreamAccepted fact) {
        return switch (fact.protocol()) {
            case ID -> Optional.of(new IdentifyAction.Asked(fact.stream(), fact.connection(), fact.peer()));
            case ID_PUSH -> Optional.of(new IdentifyAction.PushOffered(fact.stream(), fact.connection(), fact.peer()));
            default -> Optional.empty();
        };
    }

    @Override
    public List<Transition> transitions() {
        return TRANSITIONS;
    }

    @Override
    public String phase(IdentifyState own, Subject subject) {
        return subject.kind().equals(PEER)
                ? own.peers()
                        .find(PeerId.parse(subject.key()))
                        .map(IdentifySlice::phaseOf)
                        .orElse(UNKNOWN)
                : RUNNING;
    }

    private static String phaseOf(Peer peer) {
        return switch (peer.asking()) {
            case NOT -> REMEMBERED;
            case OPENING -> OPENING;
            case READING -> READING;
            case DONE -> IDENTIFIED;
            case FAILED -> UNIDENTIFIED;
        };
    }

    @Override
    public Subject about(IdentifyAction action) {
        return switch (action) {
            case IdentifyAction.Started _,
                    IdentifyAction.Speak _,
                    IdentifyAction.AddressesBound _,
                    IdentifyAction.AddressesUnbound _,
                    IdentifyAction.Tick _,
                    IdentifyAction.ObservedChanged _ -> Subject.MACHINE;
            case IdentifyAction.Linked linked -> Subject.of(PEER, linked.peer());
            case IdentifyAction.Unlinked(var _, PeerId peer) -> Subject.of(PEER, peer);
            case IdentifyAction.AskOpened(var _, var _, PeerId peer) -> Subject.of(PEER, peer);
            case IdentifyAction.AskNotOpened(PeerId peer) -> Subject.of(PEER, peer);
            case IdentifyAction.PushOpened(var _, var _, PeerId peer) -> Subject.of(PEER, peer);
            case IdentifyAction.PushNotOpened(PeerId peer) -> Subject.of(PEER, peer);
            case IdentifyAction.Asked(var _, var _, PeerId peer) -> Subject.of(PEER, peer);
            case IdentifyAction.PushOffered(var _, var _, PeerId peer) -> Subject.of(PEER, peer);
            case IdentifyAction.Received(var _, PeerId peer, var _) -> Subject.of(PEER, peer);
            case IdentifyAction.ReadFailed(var _, PeerId peer, var _) -> Subject.of(PEER, peer);
            case IdentifyAction.Sent(var _, PeerId peer) -> Subject.of(PEER, peer);
            case IdentifyAction.SendFailed(var _, PeerId peer, var _) -> Subject.of(PEER, peer);
            case IdentifyAction.ExchangeTimedOut(var _, PeerId peer) -> Subject.of(PEER, peer);
            case IdentifyAction.Forgotten(PeerId peer) -> Subject.of(PEER, peer);
            case IdentifyAction.PeerIdentified(PeerId peer, var _) -> Subject.of(PEER, peer);
            case IdentifyAction.IdentifyFailed(PeerId peer, var _) -> Subject.of(PEER, peer);
        };
    }

    @Override
    public List<Invariant<IdentifyState>> invariants() {
        return List.of(
                new Invariant<>("links-are-counted", IdentifySlice::miscounted),
                new Invariant<>("exchanges-are-linked-and-timed", IdentifySlice::unlinked),
                new Invariant<>("remembered-peers-are-forgotten-once", IdentifySlice::unforgettable),
                new Invariant<>("observers-are-links", IdentifySlice::unseen)
                        .brokenBy(
                                IdentifyAction.Started.class,
                                IdentifyAction.Linked.class,
                                IdentifyAction.Unlinked.class,
                                IdentifyAction.Received.class));
    }

    private static Optional<String> miscounted(IdentifyState own) {
        int links = 0;
        int pushes = 0;
        int answers = 0;
        for (Peer peer : own.peers().values()) {
            links += peer.links();
            pushes += peer.push() == Push.NO ? 0 : 1;
            answers += peer.answers();
        }
        int open = 0;
        for (Exchange exchange : own.exchanges().values()) {
            open += exchange.kind() == Kind.ANSWER || exchange.kind() == Kind.LISTEN ? 1 : 0;
        }
        return links == own.links().size() && pushes == own.pushes() && answers == open
                ? Optional.empty()
                : Optional.of("peers count " + links + " links, " + pushes + " pushes, " + answers
                        + " answers; there are " + own.links().size() + ", " + own.pushes() + ", " + open);
    }

    private static Optional<String> unlinked(IdentifyState own) {
        for (Map.Entry<Handle, Exchange> entry : own.exchanges()) {
            boolean isLinked = own.links().has(entry.getValue().connection());
            if (!isLinked || own.timeouts().at(entry.getKey()).isEmpty()) {
                return Optional.of(entry.getKey() + " has no connection or no deadline");
            }
        }
        return own.timeouts().size() == own.exchanges().size()
                ? Optional.empty()
                : Optional.of("there are deadlines of no exchange");
    }

    private static Optional<String> unforgettable(IdentifyState own) {
        int remembered = 0;
        for (Map.Entry<PeerId, Peer> entry : own.peers()) {
            if (entry.getValue().links() == 0) {
                remembered++;
                if (own.memory().at(entry.getKey()).isEmpty()) {
                    return Optional.of(entry.getKey() + " is never forgotten");
                }
            }
        }
        return remembered == own.memory().size() && remembered <= own.config().maxRemembered()
                ? Optional.empty()
                : Optional.of(remembered + " remembered peers, " + own.memory().size() + " deadlines, at most "
                        + own.config().maxRemembered());
    }

    private static Optional<String> unseen(IdentifyState own) {
        int observed = 0;
        for (Link link : own.links().values()) {
            observed += link.observed().isPresent() ? 1 : 0;
        }
        int counted = 0;
        for (Map.Entry<Multiaddr, Table<String, Integer>> entry : own.observers()) {
            for (int connections : entry.getValue().values()) {
                counted += connections;
            }
        }
        return observed == counted
                ? Optional.empty()
                : Optional.of(counted + " observations are counted, " + observed + " connections made one");
    }

    @Override
    public long byteBudget() {
        IdentifyLimits limits = IdentifyGuards.LIMITS;
        // Text takes two bytes a character, each entry a word of length and one of rounding.
        long told = 2L * limits.keptBytes()
                + 16L * (limits.protocols() + limits.addresses())
                + IdentifyGuards.MAX_RECORD_BYTES
                + 16L * limits.addresses()
                + 4096;
        long link = 4L * Multiaddr.MAX_BYTES + 1024;
        long exchanges = 18 * 512L;
        long ours = IdentifyGuards.MAX_LISTENERS * 64L * (Multiaddr.MAX_BYTES + 16) + (1 << 16);
        return IdentifyConfig.MOST_PEERS * (2 * told + link + exchanges) + ours;
    }
}
