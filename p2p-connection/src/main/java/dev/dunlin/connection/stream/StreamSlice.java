package dev.dunlin.connection.stream;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.stream.StreamState.PendingOpen;
import dev.dunlin.connection.stream.StreamState.Phase;
import dev.dunlin.connection.stream.StreamState.Stream;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/** The stream machine, to be mounted after the connection machine on a root that is a {@link StreamView}. */
public final class StreamSlice implements Slice<StreamView, StreamState, StreamAction> {

    /** Its name. */
    public static final String NAME = "stream";

    private static final String PEER = "peer";
    private static final String OPENING = "opening";
    private static final String STREAM = "stream";

    private static final TypeTable TYPES = TypeTable.of(NAME)
            .action("started", StreamAction.Started.class)
            .action("openStream", StreamAction.OpenStream.class)
            .action("connectionReady", StreamAction.ConnectionReady.class)
            .action("connectionMissing", StreamAction.ConnectionMissing.class)
            .action("streamOpened", StreamAction.StreamOpened.class)
            .action("openFailed", StreamAction.OpenFailed.class)
            .action("streamRefused", StreamAction.StreamRefused.class)
            .action("streamAccepted", StreamAction.StreamAccepted.class)
            .action("closeStream", StreamAction.CloseStream.class)
            .action("streamClosed", StreamAction.StreamClosed.class)
            .action("tick", StreamAction.Tick.class)
            .action("openTimedOut", StreamAction.OpenTimedOut.class)
            .action("closeTimedOut", StreamAction.CloseTimedOut.class)
            .action("openInit", StreamEffect.OpenInit.class)
            .action("cancelOpen", StreamEffect.CancelOpen.class)
            .action("closeInit", StreamEffect.CloseInit.class)
            .defaulted("stream/streamOpened", "wireId", "0")
            .defaulted("stream/streamAccepted", "wireId", "0")
            .build();

    private static final List<Transition> TRANSITIONS = List.of(
            new Transition("Running", "started", "Running"),
            new Transition("Running", "tick", "Running"),
            new Transition("Running", "openStream", "Running"),
            new Transition("Running", "streamRefused", "Running"),
            new Transition("Waiting", "connectionReady", "Opening"),
            new Transition("Waiting", "connectionReady", "Waiting"),
            new Transition("Waiting", "connectionMissing", "Waiting"),
            new Transition("Waiting", "openTimedOut", "Waiting"),
            new Transition("Opening", "openTimedOut", "Opening"),
            new Transition("Waiting", "openFailed", "Absent"),
            new Transition("Opening", "openFailed", "Absent"),
            new Transition("Opening", "streamOpened", "Absent"),
            new Transition("Absent", "streamOpened", "Open"),
            new Transition("Absent", "streamAccepted", "Open"),
            new Transition("Open", "closeStream", "Closing"),
            new Transition("Open", "closeStream", "Resetting"),
            new Transition("Closing", "closeStream", "Resetting"),
            new Transition("Closing", "closeTimedOut", "Resetting"),
            new Transition("Resetting", "closeTimedOut", "Resetting"),
            new Transition("Open", "streamClosed", "Absent"),
            new Transition("Closing", "streamClosed", "Absent"),
            new Transition("Resetting", "streamClosed", "Absent"),
            new Transition("Opening", "started", "Absent"),
            new Transition("Open", "started", "Absent"),
            new Transition("Closing", "started", "Absent"),
            new Transition("Resetting", "started", "Absent"));

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<StreamAction> actions() {
        return StreamAction.class;
    }

    @Override
    public Class<StreamState> state() {
        return StreamState.class;
    }

    @Override
    public TypeTable types() {
        return TYPES;
    }

    @Override
    public StreamState initial() {
        return StreamState.INITIAL;
    }

    @Override
    public Guards<StreamView, StreamState, StreamAction> guards() {
        return StreamGuards.GUARDS;
    }

    @Override
    public StreamState reduce(StreamState own, StreamAction action, Context ctx) {
        return StreamReducer.reduce(own, action, ctx);
    }

    @Override
    public long nextDeadline(StreamState own) {
        return own.nextDeadline();
    }

    @Override
    public Optional<StreamAction> tick() {
        return Optional.of(new StreamAction.Tick());
    }

    @Override
    public List<On<?, ? extends StreamAction>> observes() {
        return List.of(
                On.<NodeAction.Booted, StreamAction>each(
                        NodeAction.Booted.class, booted -> new StreamAction.Started(StreamConfig.of(booted.config()))),
                new On<ConnectionAction.ConnectDone, StreamAction>(
                        ConnectionAction.ConnectDone.class,
                        done -> ours(
                                done.ticket(),
                                number -> new StreamAction.ConnectionReady(number, done.peer(), done.connection()))),
                new On<ConnectionAction.ConnectGaveUp, StreamAction>(
                        ConnectionAction.ConnectGaveUp.class,
                        failed -> ours(
                                failed.ticket(),
                                number -> new StreamAction.ConnectionMissing(number, failed.peer(), failed.error()))),
                new On<ConnectionAction.ConnectRefused, StreamAction>(
                        ConnectionAction.ConnectRefused.class,
                        refused -> ours(
                                refused.ticket(),
                                number -> new StreamAction.ConnectionMissing(
                                        number,
                                        refused.peer(),
                                        ConnectionError.of(
                                                ConnectionError.Kind.NOT_CONNECTED,
                                                "no connection: " + refused.clause())))));
    }

    private static Optional<StreamAction> ours(Ticket ticket, LongFunction<StreamAction> as) {
        if (!ticket.isOf(NAME)) {
            return Optional.empty();
        }
        return Optional.of(as.apply(ticket.key()));
    }

    @Override
    public List<Transition> transitions() {
        return TRANSITIONS;
    }

    @Override
    public String phase(StreamState own, Subject subject) {
        return switch (subject.kind()) {
            case OPENING ->
                own.opens()
                        .find(Long.parseLong(subject.key()))
                        .map(open -> open.connection().isPresent() ? "Opening" : "Waiting")
                        .orElse("Absent");
            case STREAM ->
                own.streams()
                        .find(Handle.parse(subject.key()))
                        .map(stream -> nameOf(stream.phase()))
                        .orElse("Absent");
            default -> "Running";
        };
    }

    private static String nameOf(Phase phase) {
        return switch (phase) {
            case OPEN -> "Open";
            case CLOSING -> "Closing";
            case RESETTING -> "Resetting";
        };
    }

    @Override
    public Subject about(StreamAction action) {
        return switch (action) {
            case StreamAction.Started _, StreamAction.Tick _ -> Subject.MACHINE;
            case StreamAction.OpenStream wish -> Subject.of(PEER, wish.peer());
            case StreamAction.StreamRefused outcome -> Subject.of(PEER, outcome.peer());
            case StreamAction.ConnectionReady ready -> opening(ready.number());
            case StreamAction.ConnectionMissing missing -> opening(missing.number());
            case StreamAction.OpenFailed fact -> opening(fact.number());
            case StreamAction.OpenTimedOut due -> opening(due.number());
            case StreamAction.StreamOpened fact -> Subject.of(STREAM, fact.stream());
            case StreamAction.StreamAccepted fact -> Subject.of(STREAM, fact.stream());
            case StreamAction.CloseStream wish -> Subject.of(STREAM, wish.stream());
            case StreamAction.StreamClosed fact -> Subject.of(STREAM, fact.stream());
            case StreamAction.CloseTimedOut due -> Subject.of(STREAM, due.stream());
        };
    }

    private static Subject opening(long number) {
        return Subject.of(OPENING, number);
    }

    @Override
    public List<Invariant<StreamState>> invariants() {
        return List.of(
                new Invariant<>("within-limits", StreamSlice::limits)
                        .brokenBy(
                                StreamAction.Started.class,
                                StreamAction.OpenStream.class,
                                StreamAction.ConnectionReady.class,
                                StreamAction.StreamOpened.class,
                                StreamAction.StreamAccepted.class),
                new Invariant<>("counts-are-right", StreamSlice::counts)
                        .brokenBy(
                                StreamAction.Started.class,
                                StreamAction.OpenStream.class,
                                StreamAction.ConnectionReady.class,
                                StreamAction.ConnectionMissing.class,
                                StreamAction.StreamOpened.class,
                                StreamAction.OpenFailed.class,
                                StreamAction.StreamAccepted.class,
                                StreamAction.StreamClosed.class,
                                StreamAction.OpenTimedOut.class),
                new Invariant<>("deadlines-are-right", StreamSlice::deadlines));
    }

    private static Optional<String> limits(StreamState own) {
        if (own.opens().size() > own.config().maxOpens()
                || own.total() > own.config().maxStreams()) {
            return Optional.of(own.opens().size() + " openings, " + own.total() + " streams");
        }
        for (Map.Entry<PeerId, Integer> entry : own.perPeer()) {
            if (entry.getValue() > own.config().maxPerPeer()) {
                return Optional.of(entry.getKey() + " has " + entry.getValue() + " streams");
            }
        }
        for (Map.Entry<Handle, Integer> entry : own.perConnection()) {
            if (entry.getValue() > own.config().maxPerConnection()) {
                return Optional.of(entry.getKey() + " has " + entry.getValue() + " streams");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> counts(StreamState own) {
        Table<PeerId, Integer> perPeer = Table.empty();
        Table<Handle, Integer> perConnection = Table.empty();
        for (Stream stream : own.streams().values()) {
            perPeer = perPeer.with(stream.peer(), perPeer.or(stream.peer(), 0) + 1);
            perConnection = perConnection.with(stream.connection(), perConnection.or(stream.connection(), 0) + 1);
        }
        for (PendingOpen open : own.opens().values()) {
            perPeer = perPeer.with(open.peer(), perPeer.or(open.peer(), 0) + 1);
            if (open.connection().isPresent()) {
                Handle connection = open.connection().get();
                perConnection = perConnection.with(connection, perConnection.or(connection, 0) + 1);
            }
        }
        return perPeer.equals(own.perPeer()) && perConnection.equals(own.perConnection())
                ? Optional.empty()
                : Optional.of(perPeer + " and " + perConnection + " were counted");
    }

    private static Optional<String> deadlines(StreamState own) {
        for (long number : own.opens().keys()) {
            if (own.openDeadlines().at(number).isEmpty()) {
                return Optional.of("the opening " + number + " waits for ever");
            }
        }
        int closing = 0;
        for (Map.Entry<Handle, Stream> entry : own.streams()) {
            boolean waits = entry.getValue().phase() != Phase.OPEN;
            closing += waits ? 1 : 0;
            if (waits != own.closeDeadlines().at(entry.getKey()).isPresent()) {
                return Optional.of(entry.getKey() + (waits ? " waits for ever" : " waits for nothing"));
            }
        }
        return own.openDeadlines().size() != own.opens().size()
                        || own.closeDeadlines().size() != closing
                ? Optional.of("a deadline outlives what it is of")
                : Optional.empty();
    }

    @Override
    public Iterable<Handle> handles(StreamState own) {
        return own.streams().keys();
    }

    /**
     * What {@link StreamConfig#MOST_STREAMS} openings take with all protocols and tickets at their longest, twice over.
     */
    @Override
    public long byteBudget() {
        return 128L << 20;
    }
}
