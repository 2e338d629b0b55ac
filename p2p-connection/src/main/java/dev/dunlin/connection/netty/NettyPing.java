package dev.dunlin.connection.netty;

import dev.dunlin.connection.ping.PingAction;
import dev.dunlin.connection.ping.PingExchange;
import dev.dunlin.connection.ping.PingService;
import dev.dunlin.connection.ping.PongEcho;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.yamux.YamuxWrite;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Pings of 32 bytes over the transport's streams. */
public final class NettyPing implements PingService {

    private final NettyTransport transport;
    private final Port port;
    private final SecureRandom random = new SecureRandom();

    // As many as there are outbound ping streams: one a peer.
    private final Map<Handle, Pinger> pingers = new ConcurrentHashMap<>();

    /** Over a transport; facts go to the port. */
    public NettyPing(NettyTransport transport, Port port) {
        this.transport = transport;
        this.port = port;
    }

    @Override
    public void sendPing(ActionId id, Handle stream, PeerId peer) {
        Optional<StreamChannel> channel = transport.stream(stream);
        if (channel.isEmpty()) {
            port.answer(id, new PingAction.PongLost(stream, peer, "the stream is closed"));
            return;
        }
        channel.get().execute(() -> {
            Pinger pinger = pingers.get(stream);
            if (pinger == null) {
                pinger = new Pinger(channel.get(), peer);
                pingers.put(stream, pinger);
                channel.get().attach(pinger);
            }
            pinger.send(id);
        });
    }

    @Override
    public void echo(Handle stream) {
        transport.stream(stream).ifPresent(channel -> channel.execute(() -> channel.attach(new Echoer())));
    }

    /** Our side of one outbound ping stream. */
    private final class Pinger implements StreamReader {
        private final StreamChannel channel;
        private final PeerId peer;
        private @Nullable PingExchange exchange;
        private @Nullable ActionId waiting;
        private boolean over;

        Pinger(StreamChannel channel, PeerId peer) {
            this.channel = channel;
            this.peer = peer;
        }

        void send(ActionId id) {
            if (over || transport.stream(channel.handle()).isEmpty()) {
                port.answer(id, lost("the stream is closed"));
                return;
            }
            if (waiting != null) {
                port.answer(id, lost("the last pong is still awaited"));
                return;
            }
            byte[] bytes = new byte[PingExchange.BYTES];
            random.nextBytes(bytes);
            waiting = id;
            exchange = new PingExchange(bytes, NettyTransport.micros());
            ByteBuf out = Unpooled.wrappedBuffer(bytes);
            YamuxWrite written = channel.write(out);
            out.release();
            if (written != YamuxWrite.TAKEN) {
                answer(lost(written == YamuxWrite.FULL ? "the peer gives no window" : "our side is closed"));
                channel.reset();
            }
        }

        private PingAction lost(String why) {
            return new PingAction.PongLost(channel.handle(), peer, why);
        }

        private void answer(PingAction how) {
            ActionId id = waiting;
            if (id != null) {
                waiting = null;
                port.answer(id, how);
            }
        }

        @Override
        public void data(StreamChannel stream, ByteBuf bytes) {
            long now = NettyTransport.micros();
            PingExchange last = exchange;
            boolean isRight = last != null && last.feed(bytes.nioBuffer());
            stream.consumed(bytes.readableBytes());
            if (last == null || !isRight) {
                answer(lost("the peer sent back other bytes"));
                stream.reset();
            } else if (last.isDone()) {
                answer(new PingAction.PongReceived(channel.handle(), peer, last.rtt(now)));
            }
        }

        @Override
        public void remoteClosed(StreamChannel stream) {
            stream.closeWrite();
        }

        @Override
        public void ended(StreamChannel stream, EndReason reason) {
            over = true;
            pingers.remove(stream.handle());
            answer(lost("the stream ended (" + reason + ")"));
        }
    }

    /** Answers every ping. */
    private static final class Echoer implements StreamReader {
        private final PongEcho echo = new PongEcho();
        private ByteBuf unsent = Unpooled.EMPTY_BUFFER;

        // What came while a write waits: one flat piece, however many frames it came in.
        private final ByteArrayOutputStream behind = new ByteArrayOutputStream();
        private boolean remoteClosed;
        private int held;

        @Override
        public void data(StreamChannel stream, ByteBuf bytes) {
            // A peer that pings without reading fills its window, and is given no more of it until it reads.
            held += bytes.readableBytes();
            boolean waits = unsent.isReadable();
            behind.writeBytes(echo.feed(bytes.nioBuffer()));
            if (!waits) {
                send(stream);
            }
        }

        private void send(StreamChannel stream) {
            while (unsent.isReadable() || behind.size() > 0) {
                if (!unsent.isReadable()) {
                    unsent = Unpooled.wrappedBuffer(behind.toByteArray());
                    behind.reset();
                }
                YamuxWrite written = stream.write(unsent);
                if (written == YamuxWrite.FULL) {
                    return;
                }
                if (written == YamuxWrite.CLOSED) {
                    unsent = Unpooled.EMPTY_BUFFER;
                    behind.reset();
                }
            }
            stream.consumed(held);
            held = 0;
            if (remoteClosed) {
                stream.closeWrite();
            }
        }

        @Override
        public void writable(StreamChannel stream) {
            if (unsent.isReadable()) {
                send(stream);
            }
        }

        @Override
        public void remoteClosed(StreamChannel stream) {
            remoteClosed = true;
            if (!unsent.isReadable()) {
                stream.closeWrite();
            }
        }

        @Override
        public void ended(StreamChannel stream, EndReason reason) {
            unsent = Unpooled.EMPTY_BUFFER;
            behind.reset();
        }
    }
}
