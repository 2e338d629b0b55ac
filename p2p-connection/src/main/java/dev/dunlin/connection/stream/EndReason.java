package dev.dunlin.connection.stream;

/** How a stream ended. */
public enum EndReason {
    /** Both sides have closed it. */
    CLOSED,
    /** This side reset it. */
    LOCAL_RESET,
    /** The other side reset it. */
    REMOTE_RESET,
    /** Its connection is closed. */
    CONNECTION_CLOSED,
    /** The other side broke a protocol. */
    PROTOCOL_ERROR
}
