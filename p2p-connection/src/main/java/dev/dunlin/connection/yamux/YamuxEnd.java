package dev.dunlin.connection.yamux;

/** Why a session ended, and the GoAway code that tells the peer. */
public enum YamuxEnd {
    /** A header's version is not 0. */
    UNKNOWN_VERSION(YamuxSession.PROTOCOL_ERROR, "a frame has an unknown version"),
    /** A header's type is above 3. */
    UNKNOWN_TYPE(YamuxSession.PROTOCOL_ERROR, "a frame has an unknown type"),
    /** A Data or WindowUpdate frame names stream 0, which is the session itself. */
    STREAM_FRAME_ON_SESSION(YamuxSession.PROTOCOL_ERROR, "a frame of a stream names no stream"),
    /** The peer opened a stream with an id of our parity. */
    WRONG_PARITY(YamuxSession.PROTOCOL_ERROR, "a stream was opened with a number that is this node's to give"),
    /** The peer opened a stream with an id that it used before. */
    ID_USED_TWICE(YamuxSession.PROTOCOL_ERROR, "a stream was opened with a number that was used before"),
    /** A Data frame is longer than the window we gave. */
    RECEIVE_WINDOW_EXCEEDED(YamuxSession.PROTOCOL_ERROR, "more was sent than the window allowed"),
    /** Window updates of a stream add up to more than 2^32-1. */
    SEND_WINDOW_OVERFLOW(YamuxSession.PROTOCOL_ERROR, "a window grew beyond its limit"),
    /** More pings than {@link YamuxLimits#pingsPerSecond}. */
    PING_FLOOD(YamuxSession.PROTOCOL_ERROR, "too many pings came"),
    /** More frames that say nothing than {@link YamuxLimits#emptyFramesPerSecond}. */
    EMPTY_FRAME_FLOOD(YamuxSession.PROTOCOL_ERROR, "too many frames without effect came"),
    /** More refused or at once reset streams than {@link YamuxLimits#wastedOpensPerSecond}. */
    WASTED_OPEN_FLOOD(YamuxSession.PROTOCOL_ERROR, "too many streams were opened for being refused"),
    /** Nothing came for {@link YamuxLimits#pingTimeout} after a ping of ours. */
    PING_TIMEOUT(YamuxSession.INTERNAL_ERROR, "nothing came after a ping"),
    /** A ping of ours was not answered for {@link YamuxLimits#answerTimeout}, though other bytes came. */
    PING_UNANSWERED(YamuxSession.INTERNAL_ERROR, "a ping was not answered"),
    /** The application ended the session. */
    CLOSED_BY_US(YamuxSession.NORMAL, "this node ended it"),
    /** The connection below is gone; no GoAway can be sent. */
    CONNECTION_LOST(YamuxSession.NORMAL, "the connection is gone");

    private final int goAwayCode;
    private final String words;

    YamuxEnd(int goAwayCode, String words) {
        this.goAwayCode = goAwayCode;
        this.words = words;
    }

    /** What happened, for people; without a full stop. */
    public String words() {
        return words;
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
