package dev.dunlin.connection.stream;

/** How a stream is closed. */
public enum CloseMode {
    /** In an orderly way: what was written is delivered, and what the other side still writes is read away. */
    CLOSE,
    /** At once: both sides drop what is on its way. */
    RESET
}
