package dev.dunlin.connection.yamux;

/** The answer to {@link YamuxSession#open}. */
public sealed interface YamuxOpen {

    /** Why no stream was opened. */
    enum Reason {
        /** {@link YamuxLimits#ackBacklog} streams wait for the peer's ACK: try again after {@code StreamAcked}. */
        ACK_BACKLOG_FULL,
        /** {@link YamuxLimits#maxOutboundStreams} are open: try again when one has ended. */
        STREAMS_FULL,
        /** The peer takes no new streams. */
        PEER_WENT_AWAY,
        /** We said GoAway, or the session ended. */
        SESSION_ENDED,
        /** All 2^31 ids are used: a new connection is needed. */
        IDS_USED_UP
    }

    /**
     * The stream; it may be written at once.
     *
     * @param stream the new stream
     */
    record Opened(YamuxStream stream) implements YamuxOpen {}

    /**
     * No stream.
     *
     * @param reason why
     */
    record Refused(Reason reason) implements YamuxOpen {}
}
