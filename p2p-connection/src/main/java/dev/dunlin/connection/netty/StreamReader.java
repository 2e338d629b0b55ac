package dev.dunlin.connection.netty;

import dev.dunlin.connection.stream.EndReason;
import io.netty.buffer.ByteBuf;

/** Takes what happens on one stream, on its connection's event loop. Must not block. */
public interface StreamReader {

    /**
     * Bytes came. They count against the peer's window until {@link StreamChannel#consumed}.
     *
     * @param bytes valid during the call; who keeps them retains them
     */
    void data(StreamChannel stream, ByteBuf bytes);

    /** The peer has closed its side, and all data has been given. */
    void remoteClosed(StreamChannel stream);

    /** A write that was taken in part can go on. */
    default void writable(StreamChannel stream) {}

    /** The stream is over. Nothing follows. */
    void ended(StreamChannel stream, EndReason reason);
}
