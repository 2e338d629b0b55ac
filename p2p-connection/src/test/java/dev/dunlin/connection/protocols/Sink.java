package dev.dunlin.connection.protocols;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.connection.stream.EndReason;
import io.netty.buffer.ByteBuf;

/** Reads to the half-close and answers the SHA-256; a stalled one gives no window back until it is released. */
final class Sink implements StreamReader {

    private final Checksum received = new Checksum();
    private boolean stalled;
    private int unconsumed;

    Sink(boolean stalled) {
        this.stalled = stalled;
    }

    /** Reads on. */
    void release(StreamChannel stream) {
        stalled = false;
        stream.consumed(unconsumed);
        unconsumed = 0;
    }

    @Override
    public void data(StreamChannel stream, ByteBuf bytes) {
        received.add(bytes);
        if (stalled) {
            unconsumed += bytes.readableBytes();
        } else {
            stream.consumed(bytes.readableBytes());
        }
    }

    @Override
    public void remoteClosed(StreamChannel stream) {
        // 32 bytes fit into any window: nothing else was sent before.
        new Sender(Payload.of(received.bytes())).pump(stream);
    }

    @Override
    public void ended(StreamChannel stream, EndReason reason) {}
}
