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
 * <tr><td>{@code close}</td><td>CloseInit of CLOSE, or a stream's last AskInit or ReplyInit</td><td>StreamClosed, of CLOSED</td></tr>
 * <tr><td>{@code reset}</td><td>CloseInit of RESET</td><td>StreamClosed, of REMOTE_RESET</td></tr>
 * <tr><td>{@code identify}</td><td>AskInit or ReplyInit of Identified</td><td>AskCame or AnswerCame of it</td></tr>
 * </table>
 *
 * <p>A dial or an opening that failed has no name that the other end knows. Questions and answers of other protocols, many on one
 * stream, are no messages here. Of all that are a stream or connection carries at most one of a kind each way, so their ordinal is
 * always 0.
 */
public final class PeerCorrelation implements Correlation {

    @Override
    public Reader reader() {
        return new PeerReader();
    }
}
