package dev.dunlin.connection.yamux;

/** What a session refuses or throws away without ending; each reason has a counter in {@link YamuxCounters}. */
public enum YamuxDrop {
    /** Inbound streams refused with RST: {@link YamuxLimits#maxInboundStreams} are open. */
    INBOUND_STREAMS_FULL,
    /** Inbound streams refused with RST: {@link YamuxLimits#maxUnacceptedStreams} wait for the application. */
    UNACCEPTED_STREAMS_FULL,
    /** Inbound streams refused with RST: we said GoAway. */
    OPEN_AFTER_GO_AWAY,
    /** Inbound streams that were reset in the very frame that opened them. */
    OPEN_WITH_RESET,
    /** Inbound streams that the application reset at once, in place of accepting them. */
    OPEN_REFUSED,
    /** Inbound streams that the peer reset before the application accepted them. */
    RESET_BEFORE_ACCEPT,
    /** Outbound streams refused: {@link YamuxLimits#maxOutboundStreams} are open. */
    OUTBOUND_STREAMS_FULL,
    /** Outbound streams refused: {@link YamuxLimits#ackBacklog} are not acknowledged. */
    ACK_BACKLOG_FULL,
    /** Outbound streams refused: the session ended, the peer or we said GoAway, or the ids are used up. */
    OPEN_IMPOSSIBLE,
    /** Frames for a stream that is closed or never was. */
    UNKNOWN_STREAM,
    /** Data frames after the peer's own FIN. */
    DATA_AFTER_FIN,
    /** Data frames for a stream that the application closed. */
    DATA_AFTER_CLOSE,
    /** ACK flags on streams that need none. */
    UNSOLICITED_ACK,
    /** Ping answers to no ping of ours. */
    UNSOLICITED_PONG,
    /** Pings left unanswered: {@link YamuxLimits#maxPendingPongs} answers wait to be sent. */
    PONGS_FULL,
    /** Frames that say nothing at all. */
    EMPTY_FRAME,
    /** Streams reset after {@link YamuxLimits#closeTimeout}. */
    CLOSE_TIMEOUT,
    /** Window growth not granted, or in part: the node's account of bytes has no room. */
    WINDOW_GROWTH_REFUSED,
    /** Streams reset because their data was delivered, not consumed at once, and the account has no room to keep it. */
    NO_MEMORY,
    /** Writes taken in part or not at all: a write buffer or the account of bytes is full. */
    WRITE_BUFFER_FULL,
    /** Times that reading stopped because {@link YamuxLimits#maxControlFrames} wait to be sent. */
    READING_STOPPED;

    /** Its name in logs, in lower camel case. */
    public String word() {
        return Words.of(this);
    }
}
