package dev.dunlin.connection.channel;

import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;

/** The root of a node with connections, streams and channels. */
record ChannelRoot(ConnectionState connection, StreamState stream, ChannelState channel) implements StreamView {

    static final ChannelRoot INITIAL =
            new ChannelRoot(ConnectionState.INITIAL, StreamState.INITIAL, ChannelState.INITIAL);

    ChannelRoot withConnection(ConnectionState changed) {
        return new ChannelRoot(changed, stream, channel);
    }

    ChannelRoot withStream(StreamState changed) {
        return new ChannelRoot(connection, changed, channel);
    }

    ChannelRoot withChannel(ChannelState changed) {
        return new ChannelRoot(connection, stream, changed);
    }

    static Store<ChannelRoot> store(Machine<? super ChannelRoot, ChannelState, ChannelAction> machine) {
        return Store.of(INITIAL)
                .mount(ConnectionMachine.CONNECTION, ChannelRoot::connection, ChannelRoot::withConnection)
                .mount(StreamMachine.STREAM, ChannelRoot::stream, ChannelRoot::withStream)
                .mount(machine, ChannelRoot::channel, ChannelRoot::withChannel)
                .build();
    }
}
