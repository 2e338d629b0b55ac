package dev.dunlin.connection.exchange;

import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.peer.PeerMachine;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;

/** The root of a node with connections, peers, streams and exchanges. */
record ExchangeRoot(ConnectionState connection, PeerState peer, StreamState stream, ExchangeState exchange)
        implements StreamView {

    static final ExchangeRoot INITIAL =
            new ExchangeRoot(ConnectionState.INITIAL, PeerState.INITIAL, StreamState.INITIAL, ExchangeState.INITIAL);

    ExchangeRoot withConnection(ConnectionState changed) {
        return new ExchangeRoot(changed, peer, stream, exchange);
    }

    ExchangeRoot withPeer(PeerState changed) {
        return new ExchangeRoot(connection, changed, stream, exchange);
    }

    ExchangeRoot withStream(StreamState changed) {
        return new ExchangeRoot(connection, peer, changed, exchange);
    }

    ExchangeRoot withExchange(ExchangeState changed) {
        return new ExchangeRoot(connection, peer, stream, changed);
    }

    static Store<ExchangeRoot> store(Machine<? super ExchangeRoot, ExchangeState, ExchangeAction> machine) {
        return Store.of(INITIAL)
                .mount(ConnectionMachine.CONNECTION, ExchangeRoot::connection, ExchangeRoot::withConnection)
                .mount(PeerMachine.PEER, ExchangeRoot::peer, ExchangeRoot::withPeer)
                .mount(StreamMachine.STREAM, ExchangeRoot::stream, ExchangeRoot::withStream)
                .mount(machine, ExchangeRoot::exchange, ExchangeRoot::withExchange)
                .build();
    }
}
