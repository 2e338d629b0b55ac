package dev.dunlin.connection.protocols;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.yamux.YamuxWrite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Sends a payload as fast as the stream takes it, and half-closes. */
final class Sender {

    private final Payload payload;
    private ByteBuf unsent = Unpooled.EMPTY_BUFFER;
    private long count;
    private volatile long taken;
    private boolean done;

    Sender(Payload payload) {
        this.payload = payload;
    }

    /** Goes on until the stream takes no more or all is sent. */
    void pump(StreamChannel stream) {
        while (!done) {
            if (!unsent.isReadable()) {
                unsent = payload.next();
                if (!unsent.isReadable()) {
                    done = true;
                    stream.closeWrite();
                    return;
                }
            }
            int before = unsent.readableBytes();
            boolean whole = stream.write(unsent) == YamuxWrite.TAKEN;
            count += before - unsent.readableBytes();
            taken = count;
            if (!whole) {
                return;
            }
        }
    }

    /** How many bytes the stream took; from any thread. */
    long taken() {
        return taken;
    }

    Checksum checksum() {
        return payload.checksum();
    }
}
