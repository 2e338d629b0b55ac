package dev.dunlin.connection.correlation;

import dev.dunlin.core.debug.Correlation;

/**
 * The messages that nodes record at both ends, known by the hash of the connection's handshake and the stream's number:
 *
 * <table>
 * <caption>What is sent by what, and received by what</caption>
 * <tr><th>message</th><th>sent by</th><th>received by</th></tr>
 * <tr><td>{@code connect}</td><td>ConnectInit, answered by Connected</td><td>Accepted</td></tr>
 * <tr><td>{@code disconnect}</td><td>DisconnectInit</td><td>Closed, of REMOTE</td></tr>
 * <tr><td>{@code open}</td><td>OpenInit, answered by StreamOpened</td><td>StreamAccepted</td></tr>
 * <tr><td>{@code close}</td><td>CloseInit of CLOSE, or identify's Send</td><td>StreamClosed, of CLOSED</td></tr>
 * <tr><td>{@code reset}</td><td>CloseInit of RESET</td><td>StreamClosed, of REMOTE_RESET</td></tr>
 * <tr><td>{@code identify}</td><td>identify's Send</td><td>Received</td></tr>
 * </table>
 *
 * <p>A dial or an opening that failed has no name that the other end knows. The balls of ping, many on one stream, are
 * recorded by who throws them only: the other end's service echoes them, and no machine hears of it. Of all messages here a
 * stream or connection carries at most one of a kind each way, so their ordinal is always 0.
 */
public final class PeerCorrelation implements Correlation {

    @Override
    public Reader reader() {
        return new PeerReader();
    }
}
