package dev.dunlin.connection.netty;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.account.ByteAccount;
import dev.dunlin.connection.gate.PendingInbound;
import dev.dunlin.connection.gate.StreamGate;
import dev.dunlin.connection.multistream.ServedProtocols;
import dev.dunlin.connection.noise.HandshakeStatus;
import dev.dunlin.connection.noise.NoiseSettings;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamConfig;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamService;
import dev.dunlin.connection.yamux.YamuxRole;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Transport;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections and streams over TCP, Noise and yamux. Sockets live here, behind handles; the state knows the handles. One
 * transport serves one run of a node.
 */
public final class NettyTransport implements ConnectionService, StreamService, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);

    private static final int TELL_SECONDS = 10;
    private static final int TOLD = 8;
    private static final int BACKLOG = 1024;
    // Some Noise messages: read at once, they cost one decryption each and no putting together.
    private static final int MAX_READ = 256 << 10;
    private static final int LOW_WATER = 256 << 10;
    private static final int HIGH_WATER = 1 << 20;

    private final Port port;
    private final long run;
    private final Limits limits;
    private final ByteAccount account;
    private final NoiseSettings noise;
    private final Map<String, Function<StreamChannel, StreamReader>> served;
    private final Set<String> protocols = new TreeSet<>();
    private volatile ServedProtocols offered;
    private final SecureRandom random = new SecureRandom();
    private final EventLoopGroup loops;
    private final AddressResolver resolver;

    private final Map<Long, Dial> dials = new ConcurrentHashMap<>();
    private final Map<Handle, MuxHandler> connections = new ConcurrentHashMap<>();
    private final Map<Handle, MuxStream> streams = new ConcurrentHashMap<>();
    private final Map<Handle, Listener> listeners = new ConcurrentHashMap<>();
    private final Map<Long, MuxHandler> opens = new ConcurrentHashMap<>();

    private final AtomicLong lastNumber = new AtomicLong();
    private final AtomicInteger sockets = new AtomicInteger();
    private final PendingInbound<Inbound> pending;
    private final StreamGate gate;
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong dialled = new AtomicLong();
    private final AtomicLong refusedByNode = new AtomicLong();
    private final AtomicLong upgradeFailures = new AtomicLong();
    private final AtomicLong streamFailures = new AtomicLong();

    private record Listener(Channel channel, Multiaddr requested) {}

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
                port.answer(
                        id,
                        new ConnectionAction.ConnectionFailed(effect.dial(), effect.peer(), effect.address(), error));
            }
        }

        @Override
        public void failed(ConnectionError.Kind kind, String why) {
            upgradeFailures.incrementAndGet();
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
            MuxHandler mux = install(ctx, secured, YamuxRole.DIALER, micros);
            mux.announced();
            port.answer(
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
            upgradeFailures.incrementAndGet();
        }

        @Override
        public void upgraded(
                ChannelHandlerContext ctx, HandshakeStatus.Established secured, ByteBuf rest, long micros) {
            pending.remove(from, this);
            MuxHandler mux = install(ctx, secured, YamuxRole.LISTENER, micros);
            Port.Offer offer = port.offer(new ConnectionAction.Accepted(
                    mux.handle(),
                    secured.remotePeer(),
                    Sockets.multiaddr(channel.remoteAddress()),
                    secured.handshakeHash()));
            if (offer != Port.Offer.TAKEN) {
                refusedByNode.incrementAndGet();
                rest.release();
                channel.close();
                return;
            }
            mux.announced();
            mux.receive(rest);
            mux.soon();
        }
    }

    /**
     * A transport without sockets yet.
     *
     * @param port where its facts enter the node
     * @param run the number of the node's run, the generation of its handles
     * @param identity the node's key; it stays in here
     * @param earlyMuxer whether to negotiate the muxer inside the handshake
     * @param served protocols that are accepted from the beginning, and who reads their streams
     * @param streams bounds of the streams that peers open; the stream machine's own
     * @param threads how many event loops, at least 1
     */
    public NettyTransport(
            Port port,
            long run,
            PrivateKey identity,
            boolean earlyMuxer,
            Limits limits,
            StreamConfig streams,
            Map<String, Function<StreamChannel, StreamReader>> served,
            int threads) {
        this.port = port;
        this.run = run;
        this.limits = limits;
        this.gate = new StreamGate(streams);
        this.pending = new PendingInbound<>(limits.maxPendingInbound(), limits.maxPendingPerSubnet(), random::nextInt);
        this.noise = new NoiseSettings(
                identity, Bytes.EMPTY, earlyMuxer ? List.of(UpgradeHandler.YAMUX) : List.of(), limits.noise());
        this.served = Map.copyOf(served);
        protocols.addAll(served.keySet());
        this.account = new ByteAccount(limits.maxHeldBytes(), limits.maxHeldBytesPerConnection());
        this.offered = ServedProtocols.of(protocols, limits.multistream());
        this.loops = Sockets.group(threads, "dunlin-net");
        // A multi-threaded group's next is an event loop, which its type does not say.
        loops.next().scheduleWithFixedDelay(this::tellRefused, TELL_SECONDS, TELL_SECONDS, TimeUnit.SECONDS);
        this.resolver =
                AddressResolver.create((EventLoop) loops.next(), Sockets.udp(), Sockets.client(), limits.resolver());
    }

    // What was refused is told in sums: a flood costs as few inputs as a single stream.
    private void tellRefused() {
        List<StreamGate.Sum> sums = gate.takeSums(TOLD);
        for (StreamGate.Sum sum : sums) {
            LOG.info("{} streams of {} were refused: {}", sum.count(), sum.peer(), sum.reason());
            port.offer(new StreamAction.StreamsRefused(sum.peer(), sum.reason().name(), sum.count()));
        }
    }

    StreamGate gate() {
        return gate;
    }

    /** Microseconds of a clock that only runs forward. */
    static long micros() {
        return System.nanoTime() / 1000;
    }

    Limits limits() {
        return limits;
    }

    ByteAccount account() {
        return account;
    }

    NoiseSettings noise() {
        return noise;
    }

    SecureRandom random() {
        return random;
    }

    Port port() {
        return port;
    }

    ServedProtocols offered() {
        return offered;
    }

    /** The protocols that are accepted now. */
    public Set<String> protocols() {
        return new TreeSet<>(offered.ids());
    }

    /**
     * Accepts streams of more protocols from now on; they are read when a machine's effect says so.
     *
     * @throws IllegalArgumentException if one of them can never be negotiated
     */
    public synchronized void serve(Collection<String> ids) {
        Set<String> more = new TreeSet<>(protocols);
        more.addAll(ids);
        offered = ServedProtocols.of(more, limits.multistream());
        protocols.addAll(ids);
    }

    /** Accepts none of these any more; streams that are open stay so. */
    public synchronized void unserve(Collection<String> ids) {
        ids.forEach(protocols::remove);
        offered = ServedProtocols.of(protocols, limits.multistream());
    }

    /** The bytes of an open stream, until it is over. */
    public Optional<StreamChannel> stream(Handle handle) {
        return Optional.ofNullable(streams.get(handle));
    }

    private MuxHandler install(
            ChannelHandlerContext ctx, HandshakeStatus.Established secured, YamuxRole role, long upgradeMicros) {
        Handle handle = new Handle(CONNECTION, run, lastNumber.incrementAndGet());
        MuxHandler mux = new MuxHandler(this, handle, secured.remotePeer(), secured.transport(), role, upgradeMicros);
        // In the pipeline first: who finds it among the connections uses it at once, from any thread.
        ctx.pipeline().replace(ctx.handler(), "mux", mux);
        connections.put(handle, mux);
        return mux;
    }

    private void counted(Channel channel) {
        sockets.incrementAndGet();
        channel.closeFuture().addListener(closed -> sockets.decrementAndGet());
    }

    @Override
    public void resolve(ActionId id, ConnectionEffect.ResolveInit effect) {
        loops.execute(() -> resolver.resolve(effect.address(), effect.peer())
                .whenComplete((found, failure) -> port.answer(id, resolved(effect, found, failure))));
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

    @Override
    public void connect(ActionId id, ConnectionEffect.ConnectInit effect) {
        Dial dial = new Dial(id, effect);
        dials.put(effect.dial(), dial);
        // The caller is the store's thread: setting up a socket is not its work. What is left to look up here is the
        // interface that a zone names.
        loops.execute(() -> resolver.resolve(effect.address(), effect.peer()).whenComplete((found, failure) -> {
            if (failure != null) {
                dial.failed(Sockets.error(failure));
            } else {
                dial(dial, found.getFirst());
            }
        }));
    }

    private void dial(Dial dial, InetSocketAddress address) {
        dialled.incrementAndGet();
        new Bootstrap()
                .group(loops)
                .channel(Sockets.client())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        TimeUnit.MICROSECONDS.toMillis(limits.connectMicros()))
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(1024, 16 << 10, MAX_READ))
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW_WATER, HIGH_WATER))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        counted(channel);
                        // Here and not behind connect: there the dial may be over because it has succeeded.
                        if (!dial.begun(channel)) {
                            channel.close();
                            return;
                        }
                        channel.pipeline()
                                .addLast(
                                        "upgrade",
                                        new UpgradeHandler(
                                                NettyTransport.this, Optional.of(dial.effect.peer()), true, dial));
                    }
                })
                .connect(address)
                .addListener(done -> {
                    if (!done.isSuccess() && done.cause() != null) {
                        dial.failed(Sockets.error(done.cause()));
                    }
                });
    }

    @Override
    public void cancel(ActionId id, ConnectionEffect.CancelDial effect) {
        Dial dial = dials.get(effect.dial());
        if (dial != null) {
            dial.cancel();
        }
    }

    @Override
    public void goAway(ActionId id, ConnectionEffect.GoAwayInit effect) {
        MuxHandler mux = connections.get(effect.connection());
        if (mux != null) {
            mux.execute(mux::goAway);
        }
    }

    @Override
    public void disconnect(ActionId id, ConnectionEffect.DisconnectInit effect) {
        drop(effect.connection(), effect.reason());
    }

    private void drop(Handle handle, CloseReason reason) {
        MuxHandler mux = connections.get(handle);
        if (mux != null) {
            mux.execute(() -> mux.disconnect(reason));
        }
    }

    @Override
    public void listen(ActionId id, ConnectionEffect.ListenInit effect) {
        Multiaddr requested = effect.address();
        if (requested.transport() != Transport.TCP || !(requested.host().orElse(null) instanceof Component.Ip)) {
            port.answer(
                    id,
                    new ConnectionAction.ListenFailed(
                            effect.number(),
                            requested,
                            ConnectionError.of(
                                    ConnectionError.Kind.UNSUPPORTED_ADDRESS,
                                    "this node listens on addresses as /ip4/0.0.0.0/tcp/4001, not on " + requested)));
            return;
        }
        loops.execute(() -> bind(id, effect));
    }

    private void bind(ActionId id, ConnectionEffect.ListenInit effect) {
        new ServerBootstrap()
                .group(loops)
                .channel(Sockets.server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(1024, 16 << 10, MAX_READ))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW_WATER, HIGH_WATER))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted(channel);
                    }
                })
                .bind(Resolution.plain(effect.address()))
                .addListener(done -> listening(id, effect, (ChannelFuture) done));
    }

    private void listening(ActionId id, ConnectionEffect.ListenInit effect, ChannelFuture done) {
        if (!done.isSuccess()) {
            Throwable cause = done.cause() == null ? new IllegalStateException("unknown") : done.cause();
            port.answer(id, new ConnectionAction.ListenFailed(effect.number(), effect.address(), Sockets.error(cause)));
            return;
        }
        Channel channel = done.channel();
        counted(channel);
        Handle handle = new Handle(LISTENER, run, lastNumber.incrementAndGet());
        listeners.put(handle, new Listener(channel, effect.address()));
        List<Multiaddr> bound = Sockets.bound(channel.localAddress());
        port.answer(
                id,
                new ConnectionAction.Listening(
                        effect.number(),
                        handle,
                        effect.address(),
                        bound.subList(0, Math.min(bound.size(), ConnectionAction.MAX_ADDRESSES))));
        channel.closeFuture().addListener(closed -> {
            listeners.remove(handle);
            port.ended(new ConnectionAction.ListenerClosed(handle, effect.address(), CloseReason.LOCAL));
        });
    }

    private void accepted(Channel channel) {
        accepted.incrementAndGet();
        counted(channel);
        Inbound inbound = new Inbound(channel);
        pending.add(inbound.from, inbound).ifPresent(loser -> loser.channel.close());
        channel.pipeline().addLast("upgrade", new UpgradeHandler(this, Optional.empty(), false, inbound));
    }

    @Override
    public void stopListening(ActionId id, ConnectionEffect.StopListenInit effect) {
        Listener listener = listeners.get(effect.listener());
        if (listener != null) {
            listener.channel().close();
        }
    }

    @Override
    public void open(ActionId id, StreamEffect.OpenInit effect) {
        MuxHandler mux = connections.get(effect.connection());
        if (mux == null) {
            port.answer(
                    id,
                    new StreamAction.OpenFailed(
                            effect.number(),
                            effect.ticket(),
                            effect.peer(),
                            ConnectionError.of(ConnectionError.Kind.CONNECTION_CLOSED, "the connection is closed")));
            return;
        }
        opens.put(effect.number(), mux);
        mux.execute(() -> mux.open(new MuxHandler.PendingOpen(id, effect)));
    }

    @Override
    public void cancel(ActionId id, StreamEffect.CancelOpen effect) {
        MuxHandler mux = opens.get(effect.number());
        if (mux != null) {
            mux.execute(() -> mux.cancel(effect.number()));
        }
    }

    @Override
    public void look(ActionId id, StreamEffect.LookInit effect) {
        MuxStream stream = streams.get(effect.stream());
        if (stream == null) {
            port.answer(id, new StreamAction.StreamSeen(effect.stream(), 0));
        } else {
            stream.execute(() -> port.answer(id, new StreamAction.StreamSeen(effect.stream(), stream.quiet(micros()))));
        }
    }

    @Override
    public void close(ActionId id, StreamEffect.CloseInit effect) {
        MuxStream stream = streams.get(effect.stream());
        if (stream != null) {
            stream.execute(() -> {
                if (effect.mode() == CloseMode.RESET) {
                    stream.reset();
                } else {
                    stream.close();
                }
            });
        }
    }

    /** Closes what no state took: the fact that brought the handle was disabled. */
    public void closeOrphan(Handle handle) {
        switch (handle.kind()) {
            case CONNECTION -> drop(handle, CloseReason.ORPHAN);
            case STREAM -> {
                MuxStream stream = streams.get(handle);
                if (stream != null) {
                    stream.execute(stream::reset);
                }
            }
            default -> {
                Listener listener = listeners.get(handle);
                if (listener != null) {
                    listener.channel().close();
                }
            }
        }
    }

    Handle newStreamHandle() {
        return new Handle(STREAM, run, lastNumber.incrementAndGet());
    }

    void streamOpened(MuxStream stream) {
        streams.put(stream.handle(), stream);
    }

    void streamGone(MuxStream stream) {
        streams.remove(stream.handle());
    }

    void openAnswered(MuxHandler.PendingOpen wish) {
        opens.remove(wish.effect.number());
    }

    /** Gives a new stream to whoever serves its protocol; a machine may do so later, by an effect. */
    void serve(MuxStream stream, boolean inbound) {
        Function<StreamChannel, StreamReader> serving = inbound ? served.get(stream.protocol()) : null;
        if (serving != null) {
            stream.attach(serving.apply(stream));
        }
    }

    void connectionGone(MuxHandler mux) {
        connections.remove(mux.handle());
    }

    void refusedByNode() {
        refusedByNode.incrementAndGet();
    }

    void streamFailed() {
        streamFailures.incrementAndGet();
    }

    /** Figures. */
    public TransportStats stats() {
        return new TransportStats(
                sockets.get(),
                connections.size(),
                streams.size(),
                pending.size(),
                accepted.get(),
                dialled.get(),
                pending.dropped(),
                refusedByNode.get(),
                upgradeFailures.get(),
                streamFailures.get());
    }

    /** Closes every socket and ends the event loops. */
    @Override
    public void close() {
        listeners.values().forEach(listener -> listener.channel().close());
        connections.keySet().forEach(handle -> drop(handle, CloseReason.SHUTDOWN));
        dials.values().forEach(Dial::cancel);
        resolver.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
