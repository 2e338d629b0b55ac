package dev.dunlin.connection.netty;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.gate.PendingInbound;
import dev.dunlin.connection.noise.HandshakeStatus;
import dev.dunlin.connection.yamux.YamuxRole;
import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Transport;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Listens, and lets in who comes: a share of the places in upgrade for each subnet. */
final class Acceptor {

    private static final int BACKLOG = 1024;

    private final NettyTransport transport;
    private final PendingInbound<Inbound> pending;
    private final Map<Handle, Bound> listeners = new ConcurrentHashMap<>();
    private final AtomicLong accepted = new AtomicLong();

    Acceptor(NettyTransport transport, RandomGenerator random) {
        this.transport = transport;
        Limits limits = transport.limits();
        pending = new PendingInbound<>(limits.maxPendingInbound(), limits.maxPendingPerSubnet(), random::nextInt);
    }

    /** A listener, and the addresses that were told of it. */
    private record Bound(Channel channel, Multiaddr requested, List<Multiaddr> addresses) {}

    /** An inbound connection in upgrade. */
    private final class Inbound implements UpgradeHandler.Outcome {
        private final Channel channel;
        private final byte[] from;

        Inbound(Channel channel) {
            this.channel = channel;
            this.from =
                    ((InetSocketAddress) channel.remoteAddress()).getAddress().getAddress();
        }

        @Override
        public void failed(ConnectionError.Kind kind, String why) {
            pending.remove(from, this);
            transport.upgradeFailed();
        }

        @Override
        public void upgraded(
                ChannelHandlerContext ctx, HandshakeStatus.Established secured, ByteBuf rest, long micros) {
            pending.remove(from, this);
            MuxHandler mux = transport.install(ctx, secured, YamuxRole.LISTENER, micros);
            Port.Offer offer = transport
                    .port()
                    .offer(new ConnectionAction.Accepted(
                            mux.handle(),
                            secured.remotePeer(),
                            Sockets.multiaddr(channel.remoteAddress()),
                            secured.handshakeHash()));
            if (offer != Port.Offer.TAKEN) {
                transport.refusedByNode();
                rest.release();
                channel.close();
                return;
            }
            mux.announced();
            mux.receive(rest);
            mux.soon();
        }
    }

    void listen(ActionId id, ConnectionEffect.ListenInit effect) {
        Multiaddr requested = effect.address();
        if (requested.transport() != Transport.TCP || !(requested.host().orElse(null) instanceof Component.Ip)) {
            transport
                    .port()
                    .answer(
                            id,
                            new ConnectionAction.ListenFailed(
                                    effect.number(),
                                    requested,
                                    ConnectionError.of(
                                            ConnectionError.Kind.UNSUPPORTED_ADDRESS,
                                            "this node listens on addresses as /ip4/0.0.0.0/tcp/4001, not on "
                                                    + requested)));
            return;
        }
        transport.onLoop(() -> bind(id, effect));
    }

    private void bind(ActionId id, ConnectionEffect.ListenInit effect) {
        Sockets.server(Resolution.plain(effect.address()))
                .group(transport.loops())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, NettyTransport.readSizes())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, NettyTransport.WATER_MARK)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted(channel);
                    }
                })
                .bind()
                .addListener(done -> listening(id, effect, (ChannelFuture) done));
    }

    private void listening(ActionId id, ConnectionEffect.ListenInit effect, ChannelFuture done) {
        if (!done.isSuccess()) {
            Throwable cause = done.cause() == null ? new IllegalStateException("unknown") : done.cause();
            transport
                    .port()
                    .answer(
                            id,
                            new ConnectionAction.ListenFailed(effect.number(), effect.address(), Sockets.error(cause)));
            return;
        }
        Channel channel = done.channel();
        transport.counted(channel);
        // Behind what Netty does about it: it stops accepting for a second.
        channel.pipeline().addLast("failures", new AcceptFailures(effect.address(), System::nanoTime));
        Handle handle = transport.newHandle(ConnectionService.LISTENER);
        List<Multiaddr> bound = Sockets.bound(channel.localAddress(), Sockets.hosts());
        listeners.put(handle, new Bound(channel, effect.address(), bound));
        transport.port().answer(id, new ConnectionAction.Listening(effect.number(), handle, effect.address(), bound));
        channel.closeFuture().addListener(closed -> {
            listeners.remove(handle);
            transport.port().ended(new ConnectionAction.ListenerClosed(handle, effect.address(), CloseReason.LOCAL));
        });
    }

    private void accepted(Channel channel) {
        accepted.incrementAndGet();
        transport.counted(channel);
        Inbound inbound = new Inbound(channel);
        pending.add(inbound.from, inbound).ifPresent(loser -> loser.channel.close());
        channel.pipeline().addLast("upgrade", new UpgradeHandler(transport, Optional.empty(), false, inbound));
    }

    /** The interfaces of this machine have changed: tells which listeners have other addresses now. */
    void moved(Set<InetAddress> hosts) {
        listeners.forEach((handle, known) -> {
            List<Multiaddr> now = Sockets.bound(known.channel().localAddress(), hosts);
            if (!now.equals(known.addresses())
                    && transport.port().offer(new ConnectionAction.Rebound(handle, known.requested(), now))
                            == Port.Offer.TAKEN) {
                listeners.computeIfPresent(handle, (same, open) -> new Bound(open.channel(), open.requested(), now));
            }
        });
    }

    void stop(Handle handle) {
        Bound listener = listeners.get(handle);
        if (listener != null) {
            listener.channel().close();
        }
    }

    /** How many connections came in so far. */
    long accepted() {
        return accepted.get();
    }

    /** How many are in upgrade. */
    int pending() {
        return pending.size();
    }

    /** How many were closed in upgrade so far, to make room for others. */
    long dropped() {
        return pending.dropped();
    }

    /** Closes all listeners. */
    void close() {
        listeners.values().forEach(open -> open.channel().close());
    }
}
