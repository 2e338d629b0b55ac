package dev.dunlin.connection.sim;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.exchange.ExchangeState;
import dev.dunlin.connection.identify.IdentifyState;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.ping.PingState;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;

/** The root of a simulated node with connections, peers, streams, exchanges, identify and ping. */
public record SimRoot(
        ConnectionState connection,
        PeerState peer,
        StreamState stream,
        ExchangeState exchange,
        IdentifyState identify,
        PingState ping)
        implements StreamView {

    /** Before the first boot. */
    public static final SimRoot INITIAL = new SimRoot(
            ConnectionState.INITIAL,
            PeerState.INITIAL,
            StreamState.INITIAL,
            ExchangeState.INITIAL,
            IdentifyState.INITIAL,
            PingState.INITIAL);

    /** With another state of the connections. */
    public SimRoot withConnection(ConnectionState changed) {
        return new SimRoot(changed, peer, stream, exchange, identify, ping);
    }

    /** With other knowledge of peers. */
    public SimRoot withPeer(PeerState changed) {
        return new SimRoot(connection, changed, stream, exchange, identify, ping);
    }

    /** With another state of the streams. */
    public SimRoot withStream(StreamState changed) {
        return new SimRoot(connection, peer, changed, exchange, identify, ping);
    }

    /** With another state of the exchanges. */
    public SimRoot withExchange(ExchangeState changed) {
        return new SimRoot(connection, peer, stream, changed, identify, ping);
    }

    /** With another state of identify. */
    public SimRoot withIdentify(IdentifyState changed) {
        return new SimRoot(connection, peer, stream, exchange, changed, ping);
    }

    /** With another state of ping. */
    public SimRoot withPing(PingState changed) {
        return new SimRoot(connection, peer, stream, exchange, identify, changed);
    }
}
