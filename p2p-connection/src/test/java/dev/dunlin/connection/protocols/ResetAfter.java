package dev.dunlin.connection.protocols;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.connection.stream.EndReason;
import io.netty.buffer.ByteBuf;

/** Reads a length, then so many bytes, then resets the stream. */
final class ResetAfter implements StreamReader {

    private final Length after = new Length();
    private long received;

    @Override
    public void data(StreamChannel stream, ByteBuf bytes) {
        int count = bytes.readableBytes();
        if (after.complete(bytes)) {
            received += bytes.readableBytes();
            if (received >= after.value()) {
                stream.reset();
                return;
            }
        }
        stream.consumed(count);
    }

    @Override
    public void remoteClosed(StreamChannel stream) {
        // It closed before its time is up, which is no way to be reset.
        stream.closeWrite();
    }

    @Override
    public void ended(StreamChannel stream, EndReason reason) {}
}
