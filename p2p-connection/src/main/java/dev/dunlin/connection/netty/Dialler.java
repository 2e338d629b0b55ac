package dev.dunlin.connection.netty;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.noise.HandshakeStatus;
import dev.dunlin.connection.yamux.YamuxRole;
import dev.dunlin.core.store.ActionId;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Dials: resolves names, connects, and answers each dial once. */
final class Dialler {

    private final NettyTransport transport;
    private final AddressResolver resolver;
    private final Map<Long, Dial> dials = new ConcurrentHashMap<>();
    private final AtomicLong begun = new AtomicLong();

    Dialler(NettyTransport transport, AddressResolver resolver) {
        this.transport = transport;
        this.resolver = resolver;
    }

    /** A dial on its way: answered once. */
    private final class Dial implements UpgradeHandler.Outcome {
        final ActionId id;
        final ConnectionEffect.ConnectInit effect;
        private @Nullable Channel channel;
        private boolean answered;

        Dial(ActionId id, ConnectionEffect.ConnectInit effect) {
            this.id = id;
            this.effect = effect;
        }

        /** Keeps the channel, before it connects; false if the dial is over already. */
        synchronized boolean begun(Channel of) {
            channel = of;
            return !answered;
        }

        private synchronized boolean answer() {
            boolean first = !answered;
            answered = true;
            return first;
        }

        void failed(ConnectionError error) {
            if (answer()) {
                dials.remove(effect.dial());
                transport
                        .port()
                        .answer(
                                id,
                                new ConnectionAction.ConnectionFailed(
                                        effect.dial(), effect.peer(), effect.address(), error));
            }
        }

        @Override
        public void failed(ConnectionError.Kind kind, String why) {
            transport.upgradeFailed();
            failed(ConnectionError.of(kind, why));
        }

        @Override
        public void upgraded(
                ChannelHandlerContext ctx, HandshakeStatus.Established secured, ByteBuf rest, long micros) {
            if (!answer()) {
                rest.release();
                ctx.channel().close();
                return;
            }
            dials.remove(effect.dial());
            MuxHandler mux = transport.install(ctx, secured, YamuxRole.DIALER, micros);
            mux.announced();
            transport
                    .port()
                    .answer(
                            id,
                            new ConnectionAction.Connected(
                                    effect.dial(),
                                    mux.handle(),
                                    secured.remotePeer(),
                                    effect.address(),
                                    secured.handshakeHash()));
            mux.receive(rest);
            mux.soon();
        }

        void cancel() {
            failed(ConnectionError.of(ConnectionError.Kind.CANCELLED, "it is no longer wanted"));
            Channel begun;
            // After that: a channel that begins from now on is told that nobody wants it.
            synchronized (this) {
                begun = channel;
            }
            if (begun != null) {
                begun.close();
            }
        }
    }

    void resolve(ActionId id, ConnectionEffect.ResolveInit effect) {
        transport.onLoop(() -> resolver.resolve(effect.address(), effect.peer())
                .whenComplete((found, failure) -> transport.port().answer(id, resolved(effect, found, failure))));
    }

    private static ConnectionAction resolved(
            ConnectionEffect.ResolveInit effect, List<InetSocketAddress> found, @Nullable Throwable failure) {
        return failure == null
                ? new ConnectionAction.Resolved(
                        effect.dial(),
                        effect.peer(),
                        effect.address(),
                        found.stream()
                                .map(Sockets::multiaddr)
                                .distinct()
                                .limit(ConnectionAction.MAX_ADDRESSES)
                                .toList())
                : new ConnectionAction.ConnectionFailed(
                        effect.dial(), effect.peer(), effect.address(), Sockets.error(failure));
    }

    void connect(ActionId id, ConnectionEffect.ConnectInit effect) {
        Dial dial = new Dial(id, effect);
        dials.put(effect.dial(), dial);
        // The caller is the store's thread: setting up a socket is not its work. What is left to look up here is the
        // interface that a zone names.
        transport.onLoop(() -> resolver.resolve(effect.address(), effect.peer()).whenComplete((found, failure) -> {
            if (failure != null) {
                dial.failed(Sockets.error(failure));
            } else {
                dial(dial, found.getFirst());
            }
        }));
    }

    private void dial(Dial dial, InetSocketAddress address) {
        begun.incrementAndGet();
        new Bootstrap()
                .group(transport.loops())
                .channel(Sockets.client())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        TimeUnit.MICROSECONDS.toMillis(transport.limits().connectMicros()))
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, NettyTransport.readSizes())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, NettyTransport.WATER_MARK)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        transport.counted(channel);
                        // Here and not behind connect: there the dial may be over because it has succeeded.
                        if (!dial.begun(channel)) {
                            channel.close();
                            return;
                        }
                        channel.pipeline()
                                .addLast(
                                        "upgrade",
                                        new UpgradeHandler(transport, Optional.of(dial.effect.peer()), true, dial));
                    }
                })
                .connect(address)
                .addListener(done -> {
                    if (!done.isSuccess() && done.cause() != null) {
                        dial.failed(Sockets.error(done.cause()));
                    }
                });
    }

    void cancel(long number) {
        Dial dial = dials.get(number);
        if (dial != null) {
            dial.cancel();
        }
    }

    /** How many sockets were dialled so far. */
    long begun() {
        return begun.get();
    }

    /** Gives up all dials. */
    void close() {
        dials.values().forEach(Dial::cancel);
        resolver.close();
    }
}
