package dev.dunlin.connection;

/** Why a connection or a listener was closed, or is to be. */
public enum CloseReason {
    /** Somebody here wished it. */
    LOCAL,
    /** The other side closed it in an orderly way. */
    REMOTE,
    /** The other side said that it takes no new streams, and the last one has ended. */
    WENT_AWAY,
    /** Nobody used it for longer than the configured time. */
    IDLE,
    /** Another connection to the peer serves new streams, and nobody uses this one any more. */
    SPARE,
    /** An orderly close took too long: the service drops the socket at once. */
    TIMED_OUT,
    /** No state holds it: the fact that brought it was disabled. */
    ORPHAN,
    /** The other side broke a protocol; the detail says which rule. */
    PROTOCOL_ERROR,
    /** The other side was silent for too long. */
    UNRESPONSIVE,
    /** This node had no memory left for it. */
    LIMIT,
    /** The socket broke. */
    IO_ERROR,
    /** The node stops. */
    SHUTDOWN
}
