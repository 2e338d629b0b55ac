package dev.dunlin.connection.protocols;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.yamux.YamuxWrite;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;

/** Sends back what comes. What the peer does not take keeps its window closed, so at most a window of bytes waits. */
final class Echo implements StreamReader {

    private final Deque<ByteBuf> unsent = new ArrayDeque<>();
    private boolean remoteClosed;

    @Override
    public void data(StreamChannel stream, ByteBuf bytes) {
        unsent.add(bytes.retainedSlice());
        send(stream);
    }

    private void send(StreamChannel stream) {
        for (ByteBuf first = unsent.peek(); first != null; first = unsent.peek()) {
            int before = first.readableBytes();
            boolean whole = stream.write(first) == YamuxWrite.TAKEN;
            stream.consumed(before - first.readableBytes());
            if (!whole) {
                return;
            }
            unsent.remove().release();
        }
        if (remoteClosed) {
            stream.closeWrite();
        }
    }

    @Override
    public void writable(StreamChannel stream) {
        send(stream);
    }

    @Override
    public void remoteClosed(StreamChannel stream) {
        remoteClosed = true;
        send(stream);
    }

    @Override
    public void ended(StreamChannel stream, EndReason reason) {
        unsent.forEach(ByteBuf::release);
        unsent.clear();
    }
}
