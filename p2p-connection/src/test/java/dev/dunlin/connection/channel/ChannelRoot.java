package dev.dunlin.connection.channel;

import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.peer.PeerMachine;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;

/** The root of a node with connections, peers, streams and channels. */
record ChannelRoot(ConnectionState connection, PeerState peer, StreamState stream, ChannelState channel)
        implements StreamView {

    static final ChannelRoot INITIAL =
            new ChannelRoot(ConnectionState.INITIAL, PeerState.INITIAL, StreamState.INITIAL, ChannelState.INITIAL);

    ChannelRoot withConnection(ConnectionState changed) {
        return new ChannelRoot(changed, peer, stream, channel);
    }

    ChannelRoot withPeer(PeerState changed) {
        return new ChannelRoot(connection, changed, stream, channel);
    }

    ChannelRoot withStream(StreamState changed) {
        return new ChannelRoot(connection, peer, changed, channel);
    }

    ChannelRoot withChannel(ChannelState changed) {
        return new ChannelRoot(connection, peer, stream, changed);
    }

    static Store<ChannelRoot> store(Machine<? super ChannelRoot, ChannelState, ChannelAction> machine) {
        return Store.of(INITIAL)
                .mount(ConnectionMachine.CONNECTION, ChannelRoot::connection, ChannelRoot::withConnection)
                .mount(PeerMachine.PEER, ChannelRoot::peer, ChannelRoot::withPeer)
                .mount(StreamMachine.STREAM, ChannelRoot::stream, ChannelRoot::withStream)
                .mount(machine, ChannelRoot::channel, ChannelRoot::withChannel)
                .build();
    }
}
