package dev.dunlin.connection.netty;

import dev.dunlin.connection.protocol.ByteStream;
import dev.dunlin.connection.protocol.MessageStream;
import dev.dunlin.connection.protocol.MessageStreams;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.store.Handle;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The transport's streams as messages, each on its connection's event loop. */
public final class NettyMessages implements MessageStreams {

    private static final Logger LOG = LoggerFactory.getLogger(NettyMessages.class);

    private final NettyTransport transport;

    // As many as there are open streams that somebody reads or writes.
    private final Map<Handle, Line> lines = new ConcurrentHashMap<>();

    /** Of a transport. */
    public NettyMessages(NettyTransport transport) {
        this.transport = transport;
    }

    @Override
    public void serve(List<String> ids) {
        transport.serve(ids);
    }

    @Override
    public void unserve(List<String> ids) {
        transport.unserve(ids);
    }

    @Override
    public long micros() {
        return NettyTransport.micros();
    }

    @Override
    public void mistaken(String what) {
        LOG.error(what);
    }

    @Override
    public void on(Handle stream, Consumer<Optional<MessageStream>> does) {
        Optional<StreamChannel> open = transport.stream(stream);
        if (open.isEmpty()) {
            does.accept(Optional.empty());
            return;
        }
        StreamChannel channel = open.get();
        channel.execute(() -> {
            Line line = lines.get(stream);
            if (line == null) {
                line = new Line(channel);
                lines.put(stream, line);
                // It is over when its end is told at once.
                channel.attach(line);
            }
            does.accept(Optional.of(line.messages));
        });
    }

    /** One stream. */
    private final class Line implements StreamReader, ByteStream {
        private final StreamChannel channel;
        private final MessageStream messages = new MessageStream(this);

        Line(StreamChannel channel) {
            this.channel = channel;
        }

        @Override
        public Sent send(ByteBuffer bytes) {
            ByteBuf view = Unpooled.wrappedBuffer(bytes);
            try {
                return switch (channel.write(view)) {
                    case TAKEN -> Sent.ALL;
                    case FULL -> Sent.PART;
                    case CLOSED -> Sent.CLOSED;
                };
            } finally {
                bytes.position(bytes.limit() - view.readableBytes());
                view.release();
            }
        }

        @Override
        public void consumed(int bytes) {
            channel.consumed(bytes);
        }

        @Override
        public void closeWrite() {
            channel.closeWrite();
        }

        @Override
        public void fail(String why) {
            channel.fail(why);
        }

        @Override
        public void data(StreamChannel stream, ByteBuf bytes) {
            messages.arrived(bytes.nioBuffer());
            bytes.skipBytes(bytes.readableBytes());
        }

        @Override
        public void writable(StreamChannel stream) {
            messages.writable();
        }

        @Override
        public void remoteClosed(StreamChannel stream) {
            messages.remoteClosed();
        }

        @Override
        public void ended(StreamChannel stream, EndReason reason) {
            lines.remove(channel.handle(), this);
            messages.ended(reason);
        }
    }
}
