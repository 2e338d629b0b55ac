package dev.dunlin.node;

import dev.dunlin.connection.ConnectionSlice;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.identify.IdentifyMachine;
import dev.dunlin.connection.identify.IdentifyState;
import dev.dunlin.connection.ping.PingMachine;
import dev.dunlin.connection.ping.PingState;
import dev.dunlin.connection.stream.StreamSlice;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Store;

/**
 * The root of the node's state tree: one field per machine.
 *
 * @param connection connections to peers, and listeners
 * @param stream streams on them
 * @param identify what peers say of themselves
 * @param ping round-trip times
 */
public record NodeRoot(ConnectionState connection, StreamState stream, IdentifyState identify, PingState ping)
        implements StreamView {

    /** A store with all of the node's machines, before its first input. */
    public static Store<NodeRoot> newStore() {
        ConnectionSlice connections = new ConnectionSlice();
        StreamSlice streams = new StreamSlice();
        return Store.of(new NodeRoot(connections.initial(), streams.initial(), IdentifyState.INITIAL, PingState.INITIAL))
                .mount(connections, NodeRoot::connection, NodeRoot::withConnection)
                .mount(streams, NodeRoot::stream, NodeRoot::withStream)
                .mount(IdentifyMachine.IDENTIFY, NodeRoot::identify, NodeRoot::withIdentify)
                .mount(PingMachine.PING, NodeRoot::ping, NodeRoot::withPing)
                .build();
    }

    private NodeRoot withConnection(ConnectionState changed) {
        return new NodeRoot(changed, stream, identify, ping);
    }

    private NodeRoot withStream(StreamState changed) {
        return new NodeRoot(connection, changed, identify, ping);
    }

    private NodeRoot withIdentify(IdentifyState changed) {
        return new NodeRoot(connection, stream, changed, ping);
    }

    private NodeRoot withPing(PingState changed) {
        return new NodeRoot(connection, stream, identify, changed);
    }
}
