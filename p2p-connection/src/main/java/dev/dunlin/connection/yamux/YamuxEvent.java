package dev.dunlin.connection.yamux;

import java.nio.ByteBuffer;

/**
 * What a session reports to its {@link YamuxListener}. Every stream that was announced or opened gets exactly one last
 * event, {@link StreamClosed} or {@link StreamReset}, unless the application reset it itself.
 */
public sealed interface YamuxEvent {

    /** Why a stream was reset. */
    enum ResetCause {
        /** The peer sent RST; the code is its. */
        BY_PEER,
        /** {@link YamuxLimits#closeTimeout} passed. */
        CLOSE_TIMEOUT,
        /** The node's account of bytes has no room for what the peer has sent and the application has not consumed. */
        MEMORY,
        /** The session ended. */
        SESSION_ENDED;

        /** Its name in logs, in lower camel case. */
        public String word() {
            return Words.of(this);
        }
    }

    /**
     * The peer opened a stream. It is to be accepted or reset; until then it counts against {@link
     * YamuxLimits#maxUnacceptedStreams}, and its data comes all the same.
     *
     * @param stream the new stream
     */
    record StreamOpened(YamuxStream stream) implements YamuxEvent {}

    /**
     * The peer acknowledged a stream of ours; its place in the ACK backlog is free.
     *
     * @param stream the stream
     */
    record StreamAcked(YamuxStream stream) implements YamuxEvent {}

    /**
     * Bytes came, a part of a frame or all of it. They count against the stream's window until {@link
     * YamuxStream#consumed}. A peer may send one byte a frame: who keeps pieces copies small ones together, or a small
     * window holds many big buffers.
     *
     * @param stream where they belong
     * @param bytes the piece, not copied: a view of the buffer given to {@link YamuxSession#receive}, with the same
     *     indices, so position and limit say where in that buffer the piece stands. Valid as long as that buffer is
     */
    record Data(YamuxStream stream, ByteBuffer bytes) implements YamuxEvent {}

    /**
     * The peer sent FIN: no more data will come. It comes after all data, and also when there was none.
     *
     * @param stream the stream
     */
    record RemoteClosed(YamuxStream stream) implements YamuxEvent {}

    /**
     * A write that was taken in part can go on.
     *
     * @param stream the stream
     */
    record Writable(YamuxStream stream) implements YamuxEvent {}

    /**
     * Both sides sent FIN and all data was consumed: the stream is over.
     *
     * @param stream the stream
     */
    record StreamClosed(YamuxStream stream) implements YamuxEvent {}

    /**
     * The stream is dead both ways; what was not sent is forgotten.
     *
     * @param stream the stream
     * @param cause why
     * @param code the peer's error code, 0 to 2^32-1; 0 if it gave none
     */
    record StreamReset(YamuxStream stream, ResetCause cause, long code) implements YamuxEvent {}

    /**
     * A ping of ours was answered.
     *
     * @param micros the round-trip time of this ping, at least 1
     */
    record PingAnswered(long micros) implements YamuxEvent {}

    /**
     * The peer will take no new streams; those that are open go on, whatever the code, until the connection ends. It comes at most
     * twice: a peer that went away with code 0 may say later that it failed.
     *
     * @param code 0 normal, 1 protocol error, 2 internal error; others are possible
     */
    record GoAwayReceived(long code) implements YamuxEvent {}

    /**
     * The session is over; the resets of its streams follow, of which there are none behind {@link YamuxSession#finish}. The caller drains what is left, which is at most a GoAway,
     * and closes the connection.
     *
     * @param end why
     */
    record SessionEnded(YamuxEnd end) implements YamuxEvent {}
}
