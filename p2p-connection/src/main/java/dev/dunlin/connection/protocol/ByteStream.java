package dev.dunlin.connection.protocol;

import dev.dunlin.connection.stream.EndReason;
import java.nio.ByteBuffer;

/** The bytes of one open stream, as {@link MessageStream} needs them. All on one thread. */
public interface ByteStream {

    /** What becomes of bytes that are to be sent. */
    enum Sent {
        /** All were taken. */
        ALL,
        /** Some were not; {@link MessageStream#writable} says when to go on. */
        PART,
        /** None will be taken any more: our side is closed, or the stream is over. */
        CLOSED
    }

    /**
     * Sends bytes, as many as fit.
     *
     * @param bytes its position moves past what was taken; they are not changed before they are sent
     */
    Sent send(ByteBuffer bytes);

    /** Says that bytes which came are done with, so that the peer may send more. */
    void consumed(int bytes);

    /** Ends our side behind what was sent. */
    void closeWrite();

    /**
     * Ends both sides at once, since the peer has broken the protocol.
     *
     * @param why a sentence without its full stop
     */
    void fail(String why);

    /** Who is told what happens on a stream. */
    interface Receiver {

        /** Bytes came; all of them are taken. */
        void arrived(ByteBuffer came);

        /** More can be sent. */
        void writable();

        /** The peer has ended its side, behind all that came. */
        void remoteClosed();

        /** The stream is over. Nothing follows. */
        void ended(EndReason reason);
    }
}
