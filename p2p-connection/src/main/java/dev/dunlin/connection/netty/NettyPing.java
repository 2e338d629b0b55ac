package dev.dunlin.connection.netty;

import dev.dunlin.connection.ping.PingAction;
import dev.dunlin.connection.ping.PingEcho;
import dev.dunlin.connection.ping.PingService;
import dev.dunlin.connection.ping.PingThrow;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Balls of 32 bytes over the transport's streams. */
public final class NettyPing implements PingService {

    private final NettyTransport transport;
    private final Port port;
    private final SecureRandom random = new SecureRandom();

    // As many as there are outbound ping streams: one a peer.
    private final Map<Handle, Thrower> throwers = new ConcurrentHashMap<>();

    /** Over a transport; facts go to the port. */
    public NettyPing(NettyTransport transport, Port port) {
        this.transport = transport;
        this.port = port;
    }

    @Override
    public void throwBall(ActionId id, Handle stream, PeerId peer, int number) {
        Optional<StreamChannel> channel = transport.stream(stream);
        if (channel.isEmpty()) {
            port.answer(id, new PingAction.Missed(stream, peer, number, "the stream is closed"));
            return;
        }
        channel.get().execute(() -> {
            Thrower thrower = throwers.get(stream);
            if (thrower == null) {
                thrower = new Thrower(channel.get());
                throwers.put(stream, thrower);
                channel.get().attach(thrower);
            }
            thrower.begin(id, peer, number);
        });
    }

    @Override
    public void echo(Handle stream) {
        transport.stream(stream).ifPresent(channel -> channel.execute(() -> channel.attach(new Echoer())));
    }

    /** Our side of one outbound ping stream. */
    private final class Thrower implements StreamReader {
        private final StreamChannel channel;
        private final PingThrow ball = new PingThrow();
        private @Nullable ActionId waiting;
        private @Nullable PeerId peer;
        private int number;
        private boolean over;

        Thrower(StreamChannel channel) {
            this.channel = channel;
        }

        void begin(ActionId id, PeerId to, int ballNumber) {
            waiting = id;
            peer = to;
            number = ballNumber;
            if (over || transport.stream(channel.handle()).isEmpty()) {
                missed("the stream is closed");
                return;
            }
            if (ball.isOut()) {
                missed("the last ball is still out");
                return;
            }
            byte[] bytes = new byte[PingEcho.BALL];
            random.nextBytes(bytes);
            ball.begin(bytes, NettyTransport.micros());
            ByteBuf out = Unpooled.wrappedBuffer(bytes);
            boolean whole = channel.write(out);
            out.release();
            if (!whole) {
                missed("the peer gives no window");
                channel.reset();
            }
        }

        private void missed(String why) {
            ActionId id = waiting;
            PeerId to = peer;
            if (id != null && to != null) {
                waiting = null;
                port.answer(id, new PingAction.Missed(channel.handle(), to, number, why));
            }
        }

        @Override
        public void data(StreamChannel stream, ByteBuf bytes) {
            int count = bytes.readableBytes();
            PingThrow.Outcome outcome = ball.feed(bytes.nioBuffer(), NettyTransport.micros());
            stream.consumed(count);
            switch (outcome) {
                case PingThrow.Outcome.Waiting() -> {}
                case PingThrow.Outcome.Caught(long rtt) -> {
                    ActionId id = waiting;
                    PeerId to = peer;
                    if (id != null && to != null) {
                        waiting = null;
                        port.answer(id, new PingAction.Caught(channel.handle(), to, number, rtt));
                    }
                }
                case PingThrow.Outcome.Wrong() -> {
                    missed("the peer sent other bytes than it was thrown");
                    stream.reset();
                }
            }
        }

        @Override
        public void remoteClosed(StreamChannel stream) {
            stream.closeWrite();
        }

        @Override
        public void ended(StreamChannel stream, EndReason reason) {
            over = true;
            throwers.remove(stream.handle());
            missed("the stream ended (" + reason + ")");
        }
    }

    /** Sends every ball back. */
    private static final class Echoer implements StreamReader {
        private final PingEcho echo = new PingEcho();

        // Never joined into one buffer: to send from that would copy all of it, again for each ball that comes.
        private final Deque<ByteBuf> unsent = new ArrayDeque<>();
        private boolean remoteClosed;
        private int held;

        @Override
        public void data(StreamChannel stream, ByteBuf bytes) {
            // A peer that throws without catching fills its window, and is given no more of it until it catches.
            held += bytes.readableBytes();
            byte[] whole = echo.feed(bytes.nioBuffer());
            if (whole.length > 0) {
                unsent.add(Unpooled.wrappedBuffer(whole));
            }
            if (unsent.size() <= 1) {
                send(stream);
            }
        }

        private void send(StreamChannel stream) {
            while (!unsent.isEmpty()) {
                if (!stream.write(unsent.element())) {
                    return;
                }
                unsent.remove();
            }
            stream.consumed(held);
            held = 0;
            if (remoteClosed) {
                stream.closeWrite();
            }
        }

        @Override
        public void writable(StreamChannel stream) {
            if (!unsent.isEmpty()) {
                send(stream);
            }
        }

        @Override
        public void remoteClosed(StreamChannel stream) {
            remoteClosed = true;
            if (unsent.isEmpty()) {
                stream.closeWrite();
            }
        }

        @Override
        public void ended(StreamChannel stream, EndReason reason) {
            unsent.clear();
        }
    }
}
