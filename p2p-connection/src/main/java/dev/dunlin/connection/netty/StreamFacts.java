package dev.dunlin.connection.netty;

import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.gate.StreamGate;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.Handle;
import org.jspecify.annotations.Nullable;

/** Tells the node what becomes of the streams of one connection; of each that it has asked for exactly once. */
final class StreamFacts {

    private final NettyTransport transport;
    private final Handle connection;
    private final PeerId peer;
    private final StreamGate.Line line;

    StreamFacts(NettyTransport transport, Handle connection, PeerId peer, StreamGate.Line line) {
        this.transport = transport;
        this.connection = connection;
        this.peer = peer;
        this.line = line;
    }

    /** A stream that was asked for is none. */
    void failed(PendingOpen wish, ConnectionError.Kind kind, String why) {
        if (!wish.answered) {
            wish.answered = true;
            transport.openAnswered(wish);
            transport
                    .port()
                    .answer(
                            wish.id,
                            new StreamAction.OpenFailed(
                                    wish.effect.number(), wish.effect.ticket(), peer, ConnectionError.of(kind, why)));
        }
    }

    /** A stream's protocol is agreed; false if the node does not take the stream. */
    boolean opened(MuxStream stream, @Nullable PendingOpen wish) {
        transport.streamOpened(stream);
        if (wish != null) {
            if (wish.answered) {
                transport.streamGone(stream);
                return false;
            }
            wish.answered = true;
            transport.openAnswered(wish);
            transport
                    .port()
                    .answer(
                            wish.id,
                            new StreamAction.StreamOpened(
                                    wish.effect.number(),
                                    wish.effect.ticket(),
                                    stream.handle(),
                                    connection,
                                    peer,
                                    stream.protocol(),
                                    stream.wireId()));
        } else {
            Port.Offer offer = transport
                    .port()
                    .offer(new StreamAction.StreamAccepted(
                            stream.handle(), connection, peer, stream.protocol(), stream.wireId()));
            if (offer != Port.Offer.TAKEN) {
                transport.streamGone(stream);
                transport.refusedByNode();
                line.refused(StreamGate.Refusal.NODE_BUSY);
                return false;
            }
        }
        return true;
    }

    /** Whether an inbound stream may have the protocol that the peer has proposed; if not, that is counted. */
    boolean lets(MuxStream stream) {
        return line.proposed(stream.protocol()).isEmpty();
    }

    /** No protocol was agreed. */
    void negotiationFailed(@Nullable PendingOpen wish, String why) {
        if (wish == null) {
            transport.streamFailed();
        } else {
            failed(wish, ConnectionError.Kind.NO_COMMON_PROTOCOL, why);
        }
    }

    /** A stream is over, of which the node knows or not. */
    void over(MuxStream stream, @Nullable PendingOpen wish, EndReason end, String why) {
        if (wish == null) {
            line.ended();
        }
        if (stream.counted()) {
            line.left(stream.protocol());
        }
        if (stream.announced()) {
            // First: who does not find the stream any more says so behind its end.
            transport
                    .port()
                    .ended(new StreamAction.StreamClosed(
                            stream.handle(), connection, peer, stream.protocol(), end, why));
            transport.streamGone(stream);
        } else if (wish != null) {
            failed(
                    wish,
                    end == EndReason.CONNECTION_CLOSED
                            ? ConnectionError.Kind.CONNECTION_CLOSED
                            : ConnectionError.Kind.NO_COMMON_PROTOCOL,
                    "the stream ended before a protocol was agreed (" + end + ")");
        }
    }
}
