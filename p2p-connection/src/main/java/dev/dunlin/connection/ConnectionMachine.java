package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.AddressForgiven;
import dev.dunlin.connection.ConnectionAction.BanEnded;
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
            .settings(ConnectionConfig.SETTINGS)
            .boots(ConnectionReducer::boot)
            .configures(ConnectionReducer::configured)
            .guards(ConnectionGuards.ALL)
            .reduces(ConnectionReducer::reduce)
            .due(PeerDue.class, ConnectionState::peers, Dials::due)
            .due(ConnectionDue.class, ConnectionState::connections, Connections::due)
            .due(AddressForgiven.class, ConnectionState::failures, (address, failure) -> new AddressForgiven(address))
            .due(BanEnded.class, ConnectionState::bans, (peer, ban) -> new BanEnded(peer))
            .due(ListenerDue.class, ConnectionState::listeners, Listeners::due)
            .transitions("""
                    running > draining: drain
                    draining > running: booted
                    running, draining: addressForgiven, networkCame

                    disconnected > connecting: connect
                    disconnected > connected: accepted
                    disconnected > connectionFailed: keep, addressesLearned
                    connecting > connected: connected, accepted
                    connecting > connectionFailed: connectionFailed, resolved, booted
                    connecting > disconnected: connectionFailed, disconnect, reset, ban, booted
                    connected > disconnected: disconnect, reset, ban, wentAway, closed, idleTimedOut, booted
                    connected > connectionFailed: wentAway, closed, booted
                    connected > connecting: wentAway, closed, idleTimedOut
                    connectionFailed > connecting: connect, retry, backOffEnded
                    connectionFailed > connected: accepted
                    connectionFailed > disconnected: connectionFailed, resolved, disconnect, reset, ban, unkeep, backOffEnded, booted
                    disconnected: reset, ban, unban, banEnded
                    disconnected, connecting, connected, connectionFailed: keep, unkeep, addressesLearned
                    disconnected, connecting, connected, connectionFailed: closed, hold, release
                    disconnected, connecting, connected, connectionFailed: drainTimedOut, closeTimedOut
                    disconnected, connecting, connected, connectionFailed: withdraw
                    connecting: connect, await, resolved, connectionFailed, dialTimedOut
                    connected: connect, await, resolved, connected, accepted, connectionFailed, dialTimedOut
                    connected: wentAway, idleTimedOut
                    connectionFailed: backOffEnded

                    notListening > opening: listen
                    opening > listening: listening
                    opening > notListening: listenFailed, booted
                    listening > stopping: stopListening
                    listening > opening: listen
                    listening, stopping: rebound
                    opening, listening: listenerClosed
                    notListening: stopListening
                    listening, stopping > notListening: listenerClosed, booted
                    opening: listenTimedOut
                    stopping: stopTimedOut""")
            .defaulted("connection", "ends", "{\"of\":{},\"order\":{},\"last\":0}")
            .defaulted("connectionConfig", "maxEnds", "128")
            .defaulted("connection", "bans", "{}")
            .defaulted("connectionConfig", "maxBans", "1024")
            .phases(ConnectionState::nameOf)
            .invariants(ConnectionInvariants.ALL)
            .handles(ConnectionMachine::handles)
            .budget(6L << 30);

    private ConnectionMachine() {}

    private static List<Handle> handles(ConnectionState own) {
        List<Handle> handles = new ArrayList<>();
        own.connections().keys().forEach(handles::add);
        own.listeners().values().forEach(listener -> listener.handle().ifPresent(handles::add));
        return handles;
    }
}
