package dev.dunlin.connection.protocol;

import dev.dunlin.core.state.Bytes;
import java.util.function.Function;

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

    /** What reads a message out of a body. */
    @FunctionalInterface
    interface Decoder<M extends Message> {

        /**
         * The message that a body is.
         *
         * @throws MalformedMessage if it is none
         */
        M decode(Bytes body) throws MalformedMessage;
    }

    /** A codec of two functions. */
    static <M extends Message> MessageCodec<M> of(
            Class<M> type, Framing framing, Function<? super M, Bytes> encoder, Decoder<M> decoder) {
        return new MessageCodec<>() {
            @Override
            public Class<M> type() {
                return type;
            }

            @Override
            public Framing framing() {
                return framing;
            }

            @Override
            public Bytes encode(M message) {
                return encoder.apply(message);
            }

            @Override
            public M decode(Bytes body) throws MalformedMessage {
                return decoder.decode(body);
            }
        };
    }
}
