package dev.dunlin.node;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.exchange.ExchangeState;
import dev.dunlin.connection.identify.IdentifyMachine;
import dev.dunlin.connection.identify.IdentifyState;
import dev.dunlin.connection.operations.Operated;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.ping.PingState;
import dev.dunlin.connection.standard.StandardProtocols;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Store;

/**
 * The root of the node's state tree: one field per machine.
 *
 * @param connection connections to peers, and listeners
 * @param peer what is known of peers
 * @param stream streams on them
 * @param exchange questions and answers on those, of all protocols
 * @param identify what peers say of themselves
 * @param ping round-trip times
 */
public record NodeRoot(
        ConnectionState connection,
        PeerState peer,
        StreamState stream,
        ExchangeState exchange,
        IdentifyState identify,
        PingState ping)
        implements StreamView {

    /** A store with all of the node's machines, before its first input. */
    public static Store<NodeRoot> newStore() {
        return Store.of(new NodeRoot(
                        ConnectionState.INITIAL,
                        PeerState.INITIAL,
                        StreamState.INITIAL,
                        ExchangeState.INITIAL,
                        IdentifyState.INITIAL,
                        PingState.INITIAL))
                .mount(Operated.CONNECTION, NodeRoot::connection, NodeRoot::withConnection)
                .mount(Operated.PEER, NodeRoot::peer, NodeRoot::withPeer)
                .mount(Operated.STREAM, NodeRoot::stream, NodeRoot::withStream)
                .mount(StandardProtocols.EXCHANGE, NodeRoot::exchange, NodeRoot::withExchange)
                .mount(IdentifyMachine.IDENTIFY, NodeRoot::identify, NodeRoot::withIdentify)
                .mount(Operated.PING, NodeRoot::ping, NodeRoot::withPing)
                .build();
    }

    private NodeRoot withConnection(ConnectionState changed) {
        return new NodeRoot(changed, peer, stream, exchange, identify, ping);
    }

    private NodeRoot withPeer(PeerState changed) {
        return new NodeRoot(connection, changed, stream, exchange, identify, ping);
    }

    private NodeRoot withStream(StreamState changed) {
        return new NodeRoot(connection, peer, changed, exchange, identify, ping);
    }

    private NodeRoot withExchange(ExchangeState changed) {
        return new NodeRoot(connection, peer, stream, changed, identify, ping);
    }

    private NodeRoot withIdentify(IdentifyState changed) {
        return new NodeRoot(connection, peer, stream, exchange, changed, ping);
    }

    private NodeRoot withPing(PingState changed) {
        return new NodeRoot(connection, peer, stream, exchange, identify, changed);
    }
}
