package dev.dunlin.connection.yamux;

/** Why a session ended, and the GoAway code that tells the peer. */
public enum YamuxEnd {
    /** A header's version is not 0. */
    UNKNOWN_VERSION(YamuxSession.PROTOCOL_ERROR),
    /** A header's type is above 3. */
    UNKNOWN_TYPE(YamuxSession.PROTOCOL_ERROR),
    /** A Data or WindowUpdate frame names stream 0, which is the session itself. */
    STREAM_FRAME_ON_SESSION(YamuxSession.PROTOCOL_ERROR),
    /** The peer opened a stream with an id of our parity. */
    WRONG_PARITY(YamuxSession.PROTOCOL_ERROR),
    /** The peer opened a stream with an id that it used before. */
    ID_USED_TWICE(YamuxSession.PROTOCOL_ERROR),
    /** A Data frame is longer than the window we gave. */
    RECEIVE_WINDOW_EXCEEDED(YamuxSession.PROTOCOL_ERROR),
    /** Window updates of a stream add up to more than 2^32-1. */
    SEND_WINDOW_OVERFLOW(YamuxSession.PROTOCOL_ERROR),
    /** More pings than {@link YamuxLimits#pingsPerSecond}. */
    PING_FLOOD(YamuxSession.PROTOCOL_ERROR),
    /** More frames that say nothing than {@link YamuxLimits#emptyFramesPerSecond}. */
    EMPTY_FRAME_FLOOD(YamuxSession.PROTOCOL_ERROR),
    /** More refused or at once reset streams than {@link YamuxLimits#wastedOpensPerSecond}. */
    WASTED_OPEN_FLOOD(YamuxSession.PROTOCOL_ERROR),
    /** Nothing came for {@link YamuxLimits#pingTimeout} after a ping of ours. */
    PING_TIMEOUT(YamuxSession.INTERNAL_ERROR),
    /** A ping of ours was not answered for {@link YamuxLimits#answerTimeout}, though other bytes came. */
    PING_UNANSWERED(YamuxSession.INTERNAL_ERROR),
    /** The application ended the session. */
    CLOSED_BY_US(YamuxSession.NORMAL),
    /** The connection below is gone; no GoAway can be sent. */
    CONNECTION_LOST(YamuxSession.NORMAL);

    private final int goAwayCode;

    YamuxEnd(int goAwayCode) {
        this.goAwayCode = goAwayCode;
    }

    /** Its name in logs, in lower camel case. */
    public String word() {
        return Words.of(this);
    }
    /** 0 normal, 1 protocol error, 2 internal error (hashicorp/yamux spec, "Session termination"). */
    public int goAwayCode() {
        return goAwayCode;
    }
}
