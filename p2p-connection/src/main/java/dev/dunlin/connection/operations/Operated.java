package dev.dunlin.connection.operations;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.ConnectionView;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.peer.PeerMachine;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.ping.PingAction;
import dev.dunlin.connection.ping.PingMachine;
import dev.dunlin.connection.ping.PingState;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Machine;

/** The machines of this module with what can be asked and ordered of them: to be mounted where a node is operated. */
public final class Operated {

    /** Connections and listeners. */
    public static final Machine<ConnectionView, ConnectionState, ConnectionAction> CONNECTION =
            ConnectionMachine.CONNECTION.bringing(ConnectionOperations.ALL);

    /** Peers. */
    public static final Machine<ConnectionView, PeerState, PeerAction> PEER =
            PeerMachine.PEER.bringing(PeerOperations.ALL);

    /** Streams. */
    public static final Machine<StreamView, StreamState, StreamAction> STREAM =
            StreamMachine.STREAM.bringing(StreamOperations.ALL);

    /** Pings. */
    public static final Machine<ConnectionView, PingState, PingAction> PING =
            PingMachine.PING.bringing(PingOperations.ALL);

    private Operated() {}
}
