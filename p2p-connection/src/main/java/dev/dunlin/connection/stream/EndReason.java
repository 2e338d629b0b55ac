package dev.dunlin.connection.stream;

/** How a stream ended. */
public enum EndReason {
    /** Both sides have closed it. */
    CLOSED,
    /** This side reset it: somebody here wished it. */
    LOCAL_RESET,
    /** The other side reset it. */
    REMOTE_RESET,
    /** The other side does not speak the protocol, for which it was taken before it had answered. */
    UNSUPPORTED,
    /** This side reset it, as the other side did not close it in time after this one had. */
    CLOSE_TIMED_OUT,
    /** This side reset it, as no memory was left for what the other side sends. */
    LIMIT,
    /** Its connection is closed. */
    CONNECTION_CLOSED,
    /** The other side broke a protocol; the detail says which rule. */
    PROTOCOL_ERROR
}
