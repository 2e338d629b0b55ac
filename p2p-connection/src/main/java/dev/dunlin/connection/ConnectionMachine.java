package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.ConnectionDue;
import dev.dunlin.connection.ConnectionAction.ListenerDue;
import dev.dunlin.connection.ConnectionAction.PeerDue;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import java.util.ArrayList;
import java.util.List;

/** The connection machine, to be mounted on a root that is a {@link ConnectionView}. */
public final class ConnectionMachine {

    /** Its name. */
    public static final String NAME = "connection";

    /** The machine. Its budget is what {@link ConnectionConfig#MOST_PEERS} peers take at their longest, twice over. */
    public static final Machine<ConnectionView, ConnectionState, ConnectionAction> CONNECTION = Machine.of(
                    NAME, ConnectionState.INITIAL)
            .actions(ConnectionAction.class, ConnectionEffect.class, ConnectionOutcome.class)
            .boots(ConnectionReducer::boot)
            .guards(ConnectionGuards.ALL)
            .reduces(ConnectionReducer::reduce)
            .due(PeerDue.class, ConnectionState::peers, Dials::due)
            .due(ConnectionDue.class, ConnectionState::connections, Sockets::due)
            .due(ListenerDue.class, ConnectionState::listeners, Listeners::due)
            .transitions("""
                    disconnected > connecting: connect
                    disconnected > connected: accepted
                    connecting > connected: connected, accepted
                    connecting > connectionFailed: connectionFailed, booted
                    connecting > disconnected: disconnect, reset, booted
                    connected > disconnected: disconnect, reset, closed, idleTimedOut, booted
                    connected > connectionFailed: booted
                    connected > connecting: closed, idleTimedOut
                    connectionFailed > connecting: connect, retry, backOffEnded
                    connectionFailed > connected: accepted
                    connectionFailed > disconnected: reset, failureForgotten, booted
                    disconnected, connecting, connected, connectionFailed: closed, hold, release, closeTimedOut
                    connecting: connect, await, connectionFailed, dialTimedOut
                    connected: connect, await, connected, accepted, connectionFailed, dialTimedOut, idleTimedOut
                    connectionFailed: backOffEnded

                    notListening > opening: listen
                    opening > listening: listening
                    opening > notListening: listenFailed, booted
                    listening > stopping: stopListening
                    listening, stopping > notListening: listenerClosed, booted
                    opening: listenTimedOut
                    stopping: stopTimedOut""")
            .phases(ConnectionState::nameOf)
            .invariants(ConnectionInvariants.ALL)
            .handles(ConnectionMachine::handles)
            .budget(512L << 20);

    private ConnectionMachine() {}

    private static List<Handle> handles(ConnectionState own) {
        List<Handle> handles = new ArrayList<>();
        own.connections().keys().forEach(handles::add);
        own.listeners().values().forEach(listener -> listener.handle().ifPresent(handles::add));
        return handles;
    }
}
