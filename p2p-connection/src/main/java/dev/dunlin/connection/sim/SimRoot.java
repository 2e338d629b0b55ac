package dev.dunlin.connection.sim;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.identify.IdentifyState;
import dev.dunlin.connection.ping.PingState;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;

/** The root of a simulated node with connections, streams, identify and ping. */
public record SimRoot(ConnectionState connection, StreamState stream, IdentifyState identify, PingState ping)
        implements StreamView {

    /** Before the first boot. */
    public static final SimRoot INITIAL =
            new SimRoot(ConnectionState.INITIAL, StreamState.INITIAL, IdentifyState.INITIAL, PingState.INITIAL);

    /** With another state of the connections. */
    public SimRoot withConnection(ConnectionState changed) {
        return new SimRoot(changed, stream, identify, ping);
    }

    /** With another state of the streams. */
    public SimRoot withStream(StreamState changed) {
        return new SimRoot(connection, changed, identify, ping);
    }

    /** With another state of identify. */
    public SimRoot withIdentify(IdentifyState changed) {
        return new SimRoot(connection, stream, changed, ping);
    }

    /** With another state of ping. */
    public SimRoot withPing(PingState changed) {
        return new SimRoot(connection, stream, identify, changed);
    }
}
