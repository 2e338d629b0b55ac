package dev.dunlin.connection;

/** Why a connection or a listener was closed, or is to be. */
public enum CloseReason {
    /** Somebody here wished it. */
    LOCAL,
    /** The other side closed it in an orderly way. */
    REMOTE,
    /** Nobody used it for longer than the configured time. */
    IDLE,
    /** Both sides had dialled one another, and the other connection stays. */
    DUPLICATE,
    /** An orderly close took too long: the service drops the socket at once. */
    TIMED_OUT,
    /** No state holds it: the fact that brought it was disabled. */
    ORPHAN,
    /** The other side broke a protocol. */
    PROTOCOL_ERROR,
    /** The socket broke. */
    IO_ERROR,
    /** The node stops. */
    SHUTDOWN
}
