package dev.dunlin.connection.protocol;

import dev.dunlin.core.state.Bytes;

/**
 * Messages as bytes. Pure: the same message has the same bytes, and what {@link #encode} gives, {@link #decode} takes.
 *
 * @param <M> a record, or a sealed interface of records
 */
public interface MessageCodec<M extends Message> {

    /** The type of its messages. */
    Class<M> type();

    /** How they stand in a stream. */
    Framing framing();

    /** The body of a message, without its framing. */
    Bytes encode(M message);

    /**
     * The message that a body is.
     *
     * @throws MalformedMessage if it is none
     */
    M decode(Bytes body) throws MalformedMessage;
}
