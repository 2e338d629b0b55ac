package dev.dunlin.connection.sim;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.ping.PingState;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;

/** The root of a simulated node with connections, streams and ping. */
public record SimRoot(ConnectionState connection, StreamState stream, PingState ping) implements StreamView {

    /** Before the first boot. */
    public static final SimRoot INITIAL =
            new SimRoot(ConnectionState.INITIAL, StreamState.INITIAL, PingState.INITIAL);

    /** With another state of the connections. */
    public SimRoot withConnection(ConnectionState changed) {
        return new SimRoot(changed, stream, ping);
    }

    /** With another state of the streams. */
    public SimRoot withStream(StreamState changed) {
        return new SimRoot(connection, changed, ping);
    }

    /** With another state of ping. */
    public SimRoot withPing(PingState changed) {
        return new SimRoot(connection, stream, changed);
    }
}
