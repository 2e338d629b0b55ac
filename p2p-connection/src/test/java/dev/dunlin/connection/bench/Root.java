package dev.dunlin.connection.bench;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.identify.IdentifyState;
import dev.dunlin.connection.ping.PingState;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;

/** The root of a node with identify and ping. */
public record Root(ConnectionState connection, StreamState stream, IdentifyState identify, PingState ping)
        implements StreamView {

    static final Root INITIAL =
            new Root(ConnectionState.INITIAL, StreamState.INITIAL, IdentifyState.INITIAL, PingState.INITIAL);

    Root withConnection(ConnectionState changed) {
        return new Root(changed, stream, identify, ping);
    }

    Root withStream(StreamState changed) {
        return new Root(connection, changed, identify, ping);
    }

    Root withIdentify(IdentifyState changed) {
        return new Root(connection, stream, changed, ping);
    }

    Root withPing(PingState changed) {
        return new Root(connection, stream, identify, changed);
    }
}
