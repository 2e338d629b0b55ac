package dev.dunlin.connection.protocols;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.connection.stream.EndReason;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Greets and half-closes at once, then reads to the end. */
final class HalfClose implements StreamReader {

    private static final byte[] GREETING = "hello".getBytes(StandardCharsets.UTF_8);

    private HalfClose() {}

    static HalfClose begun(StreamChannel stream) {
        new Sender(Payload.of(GREETING)).pump(stream);
        return new HalfClose();
    }

    @Override
    public void data(StreamChannel stream, ByteBuf bytes) {
        stream.consumed(bytes.readableBytes());
    }

    @Override
    public void remoteClosed(StreamChannel stream) {}

    @Override
    public void ended(StreamChannel stream, EndReason reason) {}
}
