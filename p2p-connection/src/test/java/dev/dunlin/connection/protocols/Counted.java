package dev.dunlin.connection.protocols;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.connection.stream.EndReason;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/** Counts what comes for another reader, and tells the end. */
final class Counted implements StreamReader {

    private final StreamReader reader;
    private final Consumer<Served> over;
    private final Checksum received = new Checksum();

    Counted(StreamReader reader, Consumer<Served> over) {
        this.reader = reader;
        this.over = over;
    }

    @Override
    public void data(StreamChannel stream, ByteBuf bytes) {
        received.add(bytes);
        reader.data(stream, bytes);
    }

    @Override
    public void remoteClosed(StreamChannel stream) {
        reader.remoteClosed(stream);
    }

    @Override
    public void writable(StreamChannel stream) {
        reader.writable(stream);
    }

    @Override
    public void ended(StreamChannel stream, EndReason reason) {
        reader.ended(stream, reason);
        over.accept(new Served(stream.peer(), stream.protocol(), received.count(), received.hex(), reason));
    }
}
