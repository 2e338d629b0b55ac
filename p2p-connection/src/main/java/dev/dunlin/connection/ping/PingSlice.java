package dev.dunlin.connection.ping;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ping.PingState.Line;
import dev.dunlin.connection.ping.PingState.Peer;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.On;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.TypeTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The registration of the ping machine. Its streams' handles are held by the stream machine. */
public final class PingSlice implements Slice<Object, PingState, PingAction> {

    /** Its name. */
    public static final String NAME = "ping";

    /** The protocol (libp2p/specs ping/ping.md). */
    public static final String PROTOCOL = "/ipfs/ping/1.0.0";

    private static final String PEER = "peer";
    private static final String UNKNOWN = "unknown";
    private static final String RUNNING = "running";
    private static final List<String> PHASES = List.of(UNKNOWN, "idle", "opening", "ready", "out");

    private static final TypeTable TYPES = TypeTable.of(NAME)
            .action("started", PingAction.Started.class)
            .action("linked", PingAction.Linked.class)
            .action("unlinked", PingAction.Unlinked.class)
            .action("ping", PingAction.Ping.class)
            .action("opened", PingAction.Opened.class)
            .action("notOpened", PingAction.NotOpened.class)
            .action("echoAsked", PingAction.EchoAsked.class)
            .action("streamEnded", PingAction.StreamEnded.class)
            .action("caught", PingAction.Caught.class)
            .action("missed", PingAction.Missed.class)
            .action("tick", PingAction.Tick.class)
            .action("ballDue", PingAction.BallDue.class)
            .action("ballTimedOut", PingAction.BallTimedOut.class)
            .action("pingDone", PingAction.PingDone.class)
            .action("pingRefused", PingAction.PingRefused.class)
            .action("pingFailed", PingAction.PingFailed.class)
            .action("throw", PingEffect.Throw.class)
            .action("echo", PingEffect.Echo.class)
            .variant(Line.class, "idle", Line.Idle.class)
            .variant(Line.class, "opening", Line.Opening.class)
            .variant(Line.class, "ready", Line.Ready.class)
            .variant(Line.class, "out", Line.Out.class)
            .build();

    private static final List<Transition> TRANSITIONS = transitionList();

    private static List<Transition> transitionList() {
        List<Transition> all = new ArrayList<>();
        all.add(new Transition(RUNNING, "started", RUNNING));
        all.add(new Transition(RUNNING, "tick", RUNNING));
        all.add(new Transition(UNKNOWN, "linked", "idle"));
        for (String phase : PHASES) {
            for (String action :
                    List.of("ping", "opened", "echoAsked", "streamEnded", "pingDone", "pingRefused", "pingFailed")) {
                if (!(phase.equals("opening") && action.equals("opened"))) {
                    all.add(new Transition(phase, action, phase));
                }
            }
            if (!phase.equals(UNKNOWN)) {
                all.add(new Transition(phase, "started", UNKNOWN));
                all.add(new Transition(phase, "linked", phase));
                all.add(new Transition(phase, "unlinked", phase));
                all.add(new Transition(phase, "unlinked", UNKNOWN));
            }
        }
        all.add(new Transition("idle", "ping", "opening"));
        all.add(new Transition("ready", "ping", "out"));
        all.add(new Transition("idle", "ballDue", "opening"));
        all.add(new Transition("ready", "ballDue", "out"));
        all.add(new Transition("opening", "opened", "out"));
        all.add(new Transition("opening", "notOpened", "idle"));
        all.add(new Transition("out", "caught", "ready"));
        all.add(new Transition("out", "missed", "idle"));
        all.add(new Transition("out", "ballTimedOut", "idle"));
        all.add(new Transition("out", "streamEnded", "idle"));
        all.add(new Transition("ready", "streamEnded", "idle"));
        return List.copyOf(all);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<PingAction> actions() {
        return PingAction.class;
    }

    @Override
    public Class<PingState> state() {
        return PingState.class;
    }

    @Override
    public TypeTable types() {
        return TYPES;
    }

    @Override
    public PingState initial() {
        return PingState.INITIAL;
    }

    @Override
    public Guards<Object, PingState, PingAction> guards() {
        return PingGuards.ALL;
    }

    @Override
    public PingState reduce(PingState own, PingAction action, Context ctx) {
        return PingReducer.reduce(own, action, ctx);
    }

    @Override
    public long nextDeadline(PingState own) {
        return own.due().next();
    }

    @Override
    public Optional<PingAction> tick() {
        return Optional.of(new PingAction.Tick());
    }

    @Override
    public List<On<?, ? extends PingAction>> observes() {
        return List.of(
                On.each(NodeAction.Booted.class, fact -> new PingAction.Started(PingConfig.of(fact.config()))),
                On.each(
                        ConnectionAction.Connected.class,
                        fact -> new PingAction.Linked(fact.connection(), fact.peer())),
                On.each(ConnectionAction.Accepted.class, fact -> new PingAction.Linked(fact.connection(), fact.peer())),
                On.each(ConnectionAction.Closed.class, fact -> new PingAction.Unlinked(fact.connection(), fact.peer())),
                new On<>(
                        StreamAction.StreamOpened.class,
                        fact -> ours(fact.ticket().isOf(NAME), new PingAction.Opened(fact.stream(), fact.peer()))),
                new On<>(
                        StreamAction.OpenFailed.class,
                        fact -> ours(
                                fact.ticket().isOf(NAME),
                                new PingAction.NotOpened(
                                        fact.peer(), fact.error().kind() == ConnectionError.Kind.NO_COMMON_PROTOCOL))),
                new On<>(
                        dev.dunlin.core.store.NodeOutcome.Refused.class,
                        fact -> fact.ticket().isOf(NAME)
                                ? Optional.of(new PingAction.NotOpened(
                                        dev.dunlin.core.multiformats.PeerId.parse(fact.subject().key()), false))
                                : Optional.empty()),
                new On<>(
                        StreamAction.StreamAccepted.class,
                        fact -> ours(
                                fact.protocol().equals(PROTOCOL),
                                new PingAction.EchoAsked(fact.stream(), fact.peer()))),
                On.each(
                        StreamAction.StreamClosed.class,
                        fact -> new PingAction.StreamEnded(fact.stream(), fact.peer())));
    }

    private static Optional<PingAction> ours(boolean ours, PingAction action) {
        return ours ? Optional.of(action) : Optional.empty();
    }

    @Override
    public List<Transition> transitions() {
        return TRANSITIONS;
    }

    @Override
    public String phase(PingState own, Subject subject) {
        return subject.kind().equals(PEER)
                ? own.peers()
                        .find(PeerId.parse(subject.key()))
                        .map(peer -> phaseOf(peer.line()))
                        .orElse(UNKNOWN)
                : RUNNING;
    }

    private static String phaseOf(Line line) {
        return switch (line) {
            case Line.Idle _ -> "idle";
            case Line.Opening _ -> "opening";
            case Line.Ready _ -> "ready";
            case Line.Out _ -> "out";
        };
    }

    @Override
    public Subject about(PingAction action) {
        return switch (action) {
            case PingAction.Started _, PingAction.Tick _ -> Subject.MACHINE;
            case PingAction.Linked(var _, PeerId peer) -> Subject.of(PEER, peer);
            case PingAction.Unlinked(var _, PeerId peer) -> Subject.of(PEER, peer);
            case PingAction.Ping(var _, PeerId peer, int _, long _) -> Subject.of(PEER, peer);
            case PingAction.Opened(var _, PeerId peer) -> Subject.of(PEER, peer);
            case PingAction.NotOpened(PeerId peer, boolean _) -> Subject.of(PEER, peer);
            case PingAction.EchoAsked(var _, PeerId peer) -> Subject.of(PEER, peer);
            case PingAction.StreamEnded(var _, PeerId peer) -> Subject.of(PEER, peer);
            case PingAction.Caught(var _, PeerId peer, int _, long _) -> Subject.of(PEER, peer);
            case PingAction.Missed(var _, PeerId peer, int _, String _) -> Subject.of(PEER, peer);
            case PingAction.BallDue(PeerId peer) -> Subject.of(PEER, peer);
            case PingAction.BallTimedOut(var _, PeerId peer, int _) -> Subject.of(PEER, peer);
            case PingAction.PingDone(var _, PeerId peer, var _, int _) -> Subject.of(PEER, peer);
            case PingAction.PingRefused(var _, PeerId peer, String _) -> Subject.of(PEER, peer);
            case PingAction.PingFailed(PeerId peer, int _) -> Subject.of(PEER, peer);
        };
    }

    @Override
    public List<Invariant<PingState>> invariants() {
        return List.of(
                new Invariant<>("peers-are-linked", PingSlice::unlinked)
                        .brokenBy(PingAction.Started.class, PingAction.Linked.class, PingAction.Unlinked.class),
                new Invariant<>("lines-have-streams", PingSlice::lineWithoutStream),
                new Invariant<>("within-limits", PingSlice::beyondLimits)
                        .brokenBy(
                                PingAction.Started.class,
                                PingAction.Linked.class,
                                PingAction.Ping.class,
                                PingAction.EchoAsked.class,
                                PingAction.Caught.class));
    }

    private static Optional<String> unlinked(PingState own) {
        int links = 0;
        for (Peer peer : own.peers().values()) {
            links += peer.links();
        }
        return links == own.links().size()
                ? Optional.empty()
                : Optional.of("peers count " + links + " links where there are "
                        + own.links().size());
    }

    private static Optional<String> lineWithoutStream(PingState own) {
        for (Map.Entry<PeerId, Peer> entry : own.peers()) {
            boolean missing = switch (entry.getValue().line()) {
                case Line.Ready(var stream, int _) -> !own.streams().has(stream);
                case Line.Out(var stream, int _) ->
                    !own.streams().has(stream) || own.due().at(entry.getKey()).isEmpty();
                case Line.Idle _, Line.Opening _ -> false;
            };
            if (missing) {
                return Optional.of(entry.getKey() + " has a line without its stream or deadline");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> beyondLimits(PingState own) {
        PingConfig config = own.config();
        for (Map.Entry<PeerId, Peer> entry : own.peers()) {
            Peer peer = entry.getValue();
            if (peer.rtts().recent().size() > config.keptRtts()
                    || peer.jobs().size() > config.maxJobs()
                    || peer.echoes() > config.maxEchoes()) {
                return Optional.of(entry.getKey() + " has more than the limits allow");
            }
        }
        return own.links().size() <= config.maxLinks() ? Optional.empty() : Optional.of("too many links");
    }

    @Override
    public long byteBudget() {
        long job = 512 + 8L * PingConfig.MOST_COUNT;
        long peer = 512 + 8L * PingConfig.MOST_RTTS + job * PingConfig.MOST_JOBS;
        long streams = 256L * (PingConfig.MOST_ECHOES + 1);
        return PingConfig.MOST_LINKS * (256 + peer + streams);
    }
}
