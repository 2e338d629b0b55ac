package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.ConnectionFailed;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.connection.ConnectionState.Listener;
import dev.dunlin.connection.ConnectionState.Listening;
import dev.dunlin.connection.ConnectionState.Opening;
import dev.dunlin.connection.ConnectionState.Phase;
import dev.dunlin.connection.ConnectionState.Stopping;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.On;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.TypeTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The connection machine, to be mounted on a root that is a {@link ConnectionView}. */
public final class ConnectionSlice implements Slice<ConnectionView, ConnectionState, ConnectionAction> {

    /** Its name. */
    public static final String NAME = "connection";

    /** The kind of subject that is a peer; its key is the peer id. */
    public static final String PEER = "peer";

    /** The kind of subject that is a listener; its key is the address asked for. */
    public static final String LISTENER = "listener";

    private static final TypeTable TYPES = TypeTable.of(NAME)
            .action("started", ConnectionAction.Started.class)
            .action("connect", ConnectionAction.Connect.class)
            .action("await", ConnectionAction.Await.class)
            .action("disconnect", ConnectionAction.Disconnect.class)
            .action("retry", ConnectionAction.Retry.class)
            .action("reset", ConnectionAction.Reset.class)
            .action("connected", ConnectionAction.Connected.class)
            .action("connectionFailed", ConnectionAction.ConnectionFailed.class)
            .action("accepted", ConnectionAction.Accepted.class)
            .action("closed", ConnectionAction.Closed.class)
            .action("hold", ConnectionAction.Hold.class)
            .action("release", ConnectionAction.Release.class)
            .action("listen", ConnectionAction.Listen.class)
            .action("stopListening", ConnectionAction.StopListening.class)
            .action("listening", ConnectionAction.Listening.class)
            .action("listenFailed", ConnectionAction.ListenFailed.class)
            .action("listenerClosed", ConnectionAction.ListenerClosed.class)
            .action("tick", ConnectionAction.Tick.class)
            .action("dialTimedOut", ConnectionAction.DialTimedOut.class)
            .action("idleTimedOut", ConnectionAction.IdleTimedOut.class)
            .action("closeTimedOut", ConnectionAction.CloseTimedOut.class)
            .action("listenTimedOut", ConnectionAction.ListenTimedOut.class)
            .action("stopTimedOut", ConnectionAction.StopTimedOut.class)
            .action("connectDone", ConnectionAction.ConnectDone.class)
            .action("connectGaveUp", ConnectionAction.ConnectGaveUp.class)
            .action("connectRefused", ConnectionAction.ConnectRefused.class)
            .action("listenDone", ConnectionAction.ListenDone.class)
            .action("listenGaveUp", ConnectionAction.ListenGaveUp.class)
            .action("listenRefused", ConnectionAction.ListenRefused.class)
            .action("connectInit", ConnectionEffect.ConnectInit.class)
            .action("cancelDial", ConnectionEffect.CancelDial.class)
            .action("disconnectInit", ConnectionEffect.DisconnectInit.class)
            .action("listenInit", ConnectionEffect.ListenInit.class)
            .action("stopListenInit", ConnectionEffect.StopListenInit.class)
            .variant(Phase.class, "disconnected", Disconnected.class)
            .variant(Phase.class, "connecting", Connecting.class)
            .variant(Phase.class, "connected", Connected.class)
            .variant(Phase.class, "connectionFailed", ConnectionFailed.class)
            .variant(Listener.class, "opening", Opening.class)
            .variant(Listener.class, "listening", Listening.class)
            .variant(Listener.class, "stopping", Stopping.class)
            .build();

    private static final List<Transition> TRANSITIONS = transitionsOf(
            "Running: started tick",
            "Disconnected > Connecting: connect",
            "Disconnected > Connected: accepted",
            "Disconnected: connect await closed hold release closeTimedOut connectGaveUp connectRefused",
            "Connecting > Connected: connected accepted",
            "Connecting > ConnectionFailed: connectionFailed started",
            "Connecting > Disconnected: disconnect reset started",
            "Connecting: connect await connectionFailed dialTimedOut closed hold release closeTimedOut connectRefused",
            "Connected > Disconnected: disconnect reset closed idleTimedOut started",
            "Connected > ConnectionFailed: started",
            "Connected > Connecting: closed idleTimedOut",
            "Connected: connect await connected accepted connectionFailed dialTimedOut closed hold release idleTimedOut"
                    + " closeTimedOut connectDone",
            "ConnectionFailed > Connecting: connect retry",
            "ConnectionFailed > Connected: accepted",
            "ConnectionFailed > Disconnected: reset started",
            "ConnectionFailed: connect await closed hold release closeTimedOut connectGaveUp connectRefused",
            "NotListening > Opening: listen",
            "NotListening: listen listenGaveUp listenRefused",
            "Opening > Listening: listening",
            "Opening > NotListening: listenFailed started",
            "Opening: listen listenTimedOut listenRefused",
            "Listening > Stopping: stopListening",
            "Listening > NotListening: listenerClosed started",
            "Listening: listen listenDone listenRefused",
            "Stopping > NotListening: listenerClosed started",
            "Stopping: listen stopTimedOut listenRefused");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<ConnectionAction> actions() {
        return ConnectionAction.class;
    }

    @Override
    public Class<ConnectionState> state() {
        return ConnectionState.class;
    }

    @Override
    public TypeTable types() {
        return TYPES;
    }

    @Override
    public ConnectionState initial() {
        return ConnectionState.INITIAL;
    }

    @Override
    public Guards<ConnectionView, ConnectionState, ConnectionAction> guards() {
        return ConnectionGuards.GUARDS;
    }

    @Override
    public ConnectionState reduce(ConnectionState own, ConnectionAction action, Context ctx) {
        return ConnectionReducer.reduce(own, action, ctx);
    }

    @Override
    public long nextDeadline(ConnectionState own) {
        return own.nextDeadline();
    }

    @Override
    public Optional<ConnectionAction> tick() {
        return Optional.of(new ConnectionAction.Tick());
    }

    @Override
    public List<On<?, ? extends ConnectionAction>> observes() {
        return List.of(On.<NodeAction.Booted, ConnectionAction>each(
                NodeAction.Booted.class, booted -> new ConnectionAction.Started(ConnectionConfig.of(booted.config()))));
    }

    @Override
    public List<Transition> transitions() {
        return TRANSITIONS;
    }

    @Override
    public String phase(ConnectionState own, Subject subject) {
        return switch (subject.kind()) {
            case PEER -> nameOf(own.phaseOf(PeerId.parse(subject.key())));
            case LISTENER ->
                own.listeners()
                        .find(Multiaddr.parse(subject.key()))
                        .map(listener -> listener.getClass().getSimpleName())
                        .orElse("NotListening");
            default -> "Running";
        };
    }

    /** The name of a phase, as the diagram has it. */
    static String nameOf(Phase phase) {
        return phase.getClass().getSimpleName();
    }

    @Override
    public Subject about(ConnectionAction action) {
        return switch (action) {
            case ConnectionAction.Started _, ConnectionAction.Tick _ -> Subject.MACHINE;
            case ConnectionAction.Connect wish -> peer(wish.peer());
            case ConnectionAction.Await wish -> peer(wish.peer());
            case ConnectionAction.Disconnect wish -> peer(wish.peer());
            case ConnectionAction.Retry wish -> peer(wish.peer());
            case ConnectionAction.Reset wish -> peer(wish.peer());
            case ConnectionAction.Connected fact -> peer(fact.peer());
            case ConnectionAction.ConnectionFailed fact -> peer(fact.peer());
            case ConnectionAction.Accepted fact -> peer(fact.peer());
            case ConnectionAction.Closed fact -> peer(fact.peer());
            case ConnectionAction.Hold wish -> peer(wish.peer());
            case ConnectionAction.Release wish -> peer(wish.peer());
            case ConnectionAction.DialTimedOut due -> peer(due.peer());
            case ConnectionAction.IdleTimedOut due -> peer(due.peer());
            case ConnectionAction.CloseTimedOut due -> peer(due.peer());
            case ConnectionAction.ConnectDone outcome -> peer(outcome.peer());
            case ConnectionAction.ConnectGaveUp outcome -> peer(outcome.peer());
            case ConnectionAction.ConnectRefused outcome -> peer(outcome.peer());
            case ConnectionAction.Listen wish -> listener(wish.address());
            case ConnectionAction.StopListening wish -> listener(wish.address());
            case ConnectionAction.Listening fact -> listener(fact.requested());
            case ConnectionAction.ListenFailed fact -> listener(fact.requested());
            case ConnectionAction.ListenerClosed fact -> listener(fact.requested());
            case ConnectionAction.ListenTimedOut due -> listener(due.requested());
            case ConnectionAction.StopTimedOut due -> listener(due.requested());
            case ConnectionAction.ListenDone outcome -> listener(outcome.requested());
            case ConnectionAction.ListenGaveUp outcome -> listener(outcome.requested());
            case ConnectionAction.ListenRefused outcome -> listener(outcome.requested());
        };
    }

    private static Subject peer(PeerId peer) {
        return Subject.of(PEER, peer);
    }

    private static Subject listener(Multiaddr requested) {
        return Subject.of(LISTENER, requested);
    }

    @Override
    public List<Invariant<ConnectionState>> invariants() {
        return ConnectionInvariants.ALL;
    }

    @Override
    public Iterable<Handle> handles(ConnectionState own) {
        List<Handle> handles = new ArrayList<>();
        own.connections().keys().forEach(handles::add);
        own.listeners()
                .values()
                .forEach(listener -> Listeners.handleOf(listener).ifPresent(handles::add));
        return handles;
    }

    /**
     * What {@link ConnectionConfig#MOST_PEERS} peers take with all addresses and tickets at their longest, twice over.
     */
    @Override
    public long byteBudget() {
        return 512L << 20;
    }

    // Each line: where from, where to unless it stays, and by which actions.
    private static List<Transition> transitionsOf(String... lines) {
        List<Transition> transitions = new ArrayList<>();
        for (String line : lines) {
            String[] parts = line.split(": ", 2);
            String[] ends = parts[0].split(" > ", 2);
            for (String action : parts[1].split(" ", -1)) {
                transitions.add(new Transition(ends[0], action, ends[ends.length - 1]));
            }
        }
        return List.copyOf(transitions);
    }
}
