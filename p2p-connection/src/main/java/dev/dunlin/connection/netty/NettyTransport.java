package dev.dunlin.connection.netty;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.account.ByteAccount;
import dev.dunlin.connection.gate.StreamGate;
import dev.dunlin.connection.multistream.ServedProtocols;
import dev.dunlin.connection.noise.AeadChoice;
import dev.dunlin.connection.noise.HandshakeStatus;
import dev.dunlin.connection.noise.NoiseSettings;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamConfig;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamService;
import dev.dunlin.connection.yamux.YamuxRole;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
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

    /** When a socket takes no more, and when it does again, in bytes. */
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 << 10, 1 << 20);

    // Some Noise messages: read at once, they cost one decryption each and no putting together.
    private static final int MAX_READ = 256 << 10;

    private static final int LOOK_SECONDS = 2;

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
    private final Dialler dialler;
    private final Acceptor acceptor;

    private final Map<Handle, MuxHandler> connections = new ConcurrentHashMap<>();
    private final Map<Handle, MuxStream> streams = new ConcurrentHashMap<>();
    private final Map<Long, MuxHandler> opens = new ConcurrentHashMap<>();

    private final AtomicLong lastNumber = new AtomicLong();
    private final AtomicInteger sockets = new AtomicInteger();
    private final StreamGate gate;
    private final AtomicLong refusedByNode = new AtomicLong();
    private final AtomicLong upgradeFailures = new AtomicLong();
    private final AtomicLong streamFailures = new AtomicLong();

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
     * @param nameServers those that are asked for names; none for those of this machine
     */
    public NettyTransport(
            Port port,
            long run,
            PrivateKey identity,
            boolean earlyMuxer,
            Limits limits,
            StreamConfig streams,
            Map<String, Function<StreamChannel, StreamReader>> served,
            int threads,
            List<InetSocketAddress> nameServers) {
        this.port = port;
        this.run = run;
        this.limits = limits;
        this.gate = new StreamGate(streams);
        this.noise = new NoiseSettings(
                        identity, Bytes.EMPTY, earlyMuxer ? List.of(UpgradeHandler.YAMUX) : List.of(), limits.noise())
                .with(AeadChoice.timedBy(System::nanoTime));
        this.served = Map.copyOf(served);
        protocols.addAll(served.keySet());
        this.account = new ByteAccount(limits.maxHeldBytes(), limits.maxHeldBytesPerConnection());
        this.offered = ServedProtocols.of(protocols, limits.multistream());
        this.loops = Sockets.group(threads, "dunlin-net");
        // A multi-threaded group's next is an event loop, which its type does not say.
        loops.next().scheduleWithFixedDelay(this::tellRefused, TELL_SECONDS, TELL_SECONDS, TimeUnit.SECONDS);
        this.acceptor = new Acceptor(this, random);
        Interfaces interfaces = new Interfaces(Sockets::hosts, port, acceptor::moved, this::lost);
        // On a thread of its own: the system may take its time to say.
        loops.next()
                .scheduleWithFixedDelay(
                        () -> Thread.ofVirtual().name("interfaces").start(interfaces::look),
                        LOOK_SECONDS,
                        LOOK_SECONDS,
                        TimeUnit.SECONDS);
        this.dialler = new Dialler(
                this,
                AddressResolver.create(
                        (EventLoop) loops.next(), Sockets.udp(), Sockets.client(), limits.resolver(), nameServers));
    }

    // Connections from an address that this machine no longer has: their peers' answers will never arrive.
    private void lost(Set<InetAddress> addresses) {
        connections.values().forEach(connection -> connection.endIfAt(addresses));
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

    /** Runs something on an event loop. Where they have ended nothing is run: the node ends, too, and is told nothing more. */
    void onLoop(Runnable task) {
        try {
            loops.execute(task);
        } catch (RejectedExecutionException closed) {
            LOG.debug("asked for something after the end", closed);
        }
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

    EventLoopGroup loops() {
        return loops;
    }

    /** How much is read at once: what a connection has shown to send. */
    static RecvByteBufAllocator readSizes() {
        return new AdaptiveRecvByteBufAllocator(1024, 16 << 10, MAX_READ);
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

    /** Puts a connection behind its upgrade. */
    MuxHandler install(
            ChannelHandlerContext ctx, HandshakeStatus.Established secured, YamuxRole role, long upgradeMicros) {
        Handle handle = newHandle(CONNECTION);
        MuxHandler mux = new MuxHandler(this, handle, secured.remotePeer(), secured.transport(), role, upgradeMicros);
        // In the pipeline first: who finds it among the connections uses it at once, from any thread.
        ctx.pipeline().replace(ctx.handler(), "mux", mux);
        connections.put(handle, mux);
        return mux;
    }

    /** Counts a socket for as long as it is open. */
    void counted(Channel channel) {
        sockets.incrementAndGet();
        channel.closeFuture().addListener(closed -> sockets.decrementAndGet());
    }

    @Override
    public void resolve(ActionId id, ConnectionEffect.ResolveInit effect) {
        dialler.resolve(id, effect);
    }

    @Override
    public void connect(ActionId id, ConnectionEffect.ConnectInit effect) {
        dialler.connect(id, effect);
    }

    @Override
    public void cancel(ActionId id, ConnectionEffect.CancelDial effect) {
        dialler.cancel(effect.dial());
    }

    @Override
    public void listen(ActionId id, ConnectionEffect.ListenInit effect) {
        acceptor.listen(id, effect);
    }

    @Override
    public void stopListening(ActionId id, ConnectionEffect.StopListenInit effect) {
        acceptor.stop(effect.listener());
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
        mux.execute(() -> mux.open(new PendingOpen(id, effect)));
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
            default -> acceptor.stop(handle);
        }
    }

    /** A new handle of a kind. */
    Handle newHandle(String kind) {
        return new Handle(kind, run, lastNumber.incrementAndGet());
    }

    void streamOpened(MuxStream stream) {
        streams.put(stream.handle(), stream);
    }

    void streamGone(MuxStream stream) {
        streams.remove(stream.handle());
    }

    void openAnswered(PendingOpen wish) {
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

    void upgradeFailed() {
        upgradeFailures.incrementAndGet();
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
                acceptor.pending(),
                acceptor.accepted(),
                dialler.begun(),
                acceptor.dropped(),
                refusedByNode.get(),
                upgradeFailures.get(),
                streamFailures.get());
    }

    /** Closes every socket and ends the event loops. */
    @Override
    public void close() {
        acceptor.close();
        connections.keySet().forEach(handle -> drop(handle, CloseReason.SHUTDOWN));
        dialler.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
