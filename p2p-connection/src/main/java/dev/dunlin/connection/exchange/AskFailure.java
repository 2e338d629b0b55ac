package dev.dunlin.connection.exchange;

/** Why an ask has no answer. */
public enum AskFailure {
    /** There is no connection to the peer, and none could be made. */
    UNREACHABLE,
    /** The peer does not speak the protocol. */
    UNSUPPORTED,
    /** No answer in time. */
    TIMED_OUT,
    /** The stream or its connection ended before the answer. */
    RESET,
    /** What came is no answer of the protocol. */
    MALFORMED,
    /** The question has no bytes: its codec fails, or it is longer than the protocol's framing allows. Nothing was sent. */
    UNENCODABLE,
    /** This node has no room for it. */
    BUSY,
    /** It is no longer wanted. */
    CANCELLED;

    /** Whether it says nothing of the peer: this node had no room for the ask, no bytes, or called it off. */
    public boolean isOurs() {
        return this == BUSY || this == CANCELLED || this == UNENCODABLE;
    }
}
