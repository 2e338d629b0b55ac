package dev.dunlin.connection;

/** Why a connection or a listener was closed, or is to be. */
public enum CloseReason {
    /** Somebody here wished it. */
    LOCAL("this node closed it on request"),
    /** The other side closed it in an orderly way. */
    REMOTE("the other side closed it"),
    /** The other side said that it takes no new streams, and the last one has ended. */
    WENT_AWAY("the other side closed it"),
    /** Nobody used it for longer than the configured time. */
    IDLE("nobody used it"),
    /** Another connection to the peer serves new streams, and nobody uses this one any more. */
    SPARE("another connection to the peer took its place"),
    /** An orderly close took too long: the service drops the socket at once. */
    TIMED_OUT("closing it in order took too long"),
    /** No state holds it: the fact that brought it was disabled. */
    ORPHAN("this node did not take it"),
    /** The other side broke a protocol; the detail says which rule. */
    PROTOCOL_ERROR("the other side broke the protocol"),
    /** The other side was silent for too long. */
    UNRESPONSIVE("the other side was silent for too long"),
    /** This node had no memory left for it. */
    LIMIT("this node had no memory left for it"),
    /** The socket broke. */
    IO_ERROR("the connection broke"),
    /** Somebody here has banned the peer. */
    BANNED("this node has banned it"),
    /** The node stops. */
    SHUTDOWN("this node stopped");

    private final String words;

    CloseReason(String words) {
        this.words = words;
    }

    /** It in words, without a full stop. */
    public String words() {
        return words;
    }

    /** It in words, with what more is known. */
    public String words(String detail) {
        return detail.isEmpty() ? words : words + ": " + detail;
    }
}
