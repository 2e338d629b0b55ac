package dev.dunlin.connection.yamux;

import java.nio.ByteBuffer;

/** Where a session writes frames, in the order of the wire. It must not call the session. */
public interface YamuxOutput {

    /**
     * A frame begins.
     *
     * @param header its 12 bytes, from position to limit; valid during the call only
     */
    void header(ByteBuffer header);

    /**
     * The next bytes of the frame's body.
     *
     * @param stream the stream they were written to. Pieces of one stream come in the order of its writes, so a caller
     *     that keeps its own buffers releases them by counting
     * @param bytes a view of a buffer given to {@link YamuxStream#write}, not copied
     */
    void body(YamuxStream stream, ByteBuffer bytes);
}
