package dev.dunlin.connection.yamux;

/** The answer to {@link YamuxStream#write}; how much was taken shows in the buffer's position. */
public enum YamuxWrite {
    /** All bytes were taken. */
    TAKEN,
    /** The write buffer is full: a {@code Writable} event says when the rest can be offered again. */
    FULL,
    /** The stream was closed for writing, or is over; nothing was taken. */
    CLOSED
}
