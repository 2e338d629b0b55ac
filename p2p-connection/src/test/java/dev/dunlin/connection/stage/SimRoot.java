package dev.dunlin.connection.stage;

import dev.dunlin.connection.ConnectionSlice;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.stream.StreamSlice;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Store;

/** The root of a node that has connections and streams and nothing else. */
public record SimRoot(ConnectionState connection, StreamState stream) implements StreamView {

    /** Before the first boot. */
    public static final SimRoot INITIAL = new SimRoot(ConnectionState.INITIAL, StreamState.INITIAL);

    /** This with other connections. */
    public SimRoot withConnection(ConnectionState changed) {
        return new SimRoot(changed, stream);
    }

    /** This with other streams. */
    public SimRoot withStream(StreamState changed) {
        return new SimRoot(connection, changed);
    }

    /** A store of such a root; a transition that is not declared is an error. */
    public static Store<SimRoot> store() {
        return Store.of(INITIAL)
                .mount(Watching.over(new ConnectionSlice()), SimRoot::connection, SimRoot::withConnection)
                .mount(Watching.over(new StreamSlice()), SimRoot::stream, SimRoot::withStream)
                .build();
    }
}
