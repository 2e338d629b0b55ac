package dev.dunlin.connection.netty;

import dev.dunlin.connection.yamux.YamuxWrite;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Handle;
import io.netty.buffer.ByteBuf;

/**
 * The bytes of one open stream. All methods but {@link #execute} are called on the connection's event loop; other calls than
 * {@link #attach} on a stream that is over do nothing.
 */
public interface StreamChannel {

    /** The stream's handle. */
    Handle handle();

    /** Who is at the other end. */
    PeerId peer();

    /** The protocol that was agreed. */
    String protocol();

    /** Runs something on the connection's event loop; from any thread. */
    void execute(Runnable task);

    /**
     * Says who takes what comes; what has come already is given at once, and so is the end of a stream that is over.
     *
     * @throws IllegalStateException if there is one already
     */
    void attach(StreamReader reader);

    /**
     * Sends bytes, as many as fit. What was taken is retained until it is sent; the caller releases its own reference.
     *
     * @param bytes its reader index moves past what was taken
     * @return whether all were taken, or {@link StreamReader#writable} will say when to go on, or no byte will ever be taken
     *     any more because our side is closed or the stream is over
     */
    YamuxWrite write(ByteBuf bytes);

    /** Says that delivered bytes are done with, so that the peer may send more. */
    void consumed(int bytes);

    /** Ends our side behind what was written. */
    void closeWrite();

    /** Ends both sides in order: our side is closed, what still comes is dropped. */
    void close();

    /** Ends both sides at once. */
    void reset();

    /**
     * The same, since the peer has broken the protocol: {@link dev.dunlin.connection.stream.EndReason#PROTOCOL_ERROR}.
     *
     * @param why a sentence without its full stop
     */
    void fail(String why);
}
