package dev.dunlin.connection.protocols;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.connection.stream.EndReason;
import io.netty.buffer.ByteBuf;
import java.util.Optional;

/** Reads a length and the half-close, then sends so much of the pattern. Too long a wish, or none, is refused by a reset. */
final class Source implements StreamReader {

    private static final long MAX = 16L << 30;

    private final Length wished = new Length();
    private Optional<Sender> sender = Optional.empty();

    @Override
    public void data(StreamChannel stream, ByteBuf bytes) {
        int count = bytes.readableBytes();
        wished.complete(bytes);
        stream.consumed(count);
    }

    @Override
    public void remoteClosed(StreamChannel stream) {
        if (!wished.complete() || wished.value() < 0 || wished.value() > MAX) {
            stream.reset();
            return;
        }
        Sender begun = new Sender(Payload.pattern(wished.value()));
        sender = Optional.of(begun);
        begun.pump(stream);
    }

    @Override
    public void writable(StreamChannel stream) {
        sender.ifPresent(begun -> begun.pump(stream));
    }

    @Override
    public void ended(StreamChannel stream, EndReason reason) {}
}
