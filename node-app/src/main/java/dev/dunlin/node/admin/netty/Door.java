package dev.dunlin.node.admin.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.spi.transport.Transport;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the connections of a server from their accept on, before anything was read of them, and closes those that are too many, on which
 * nobody with the token asks in time, or whose requests are not whole in time.
 */
public final class Door {

    private static final AttributeKey<Guest> GUEST = AttributeKey.valueOf(Door.class, "guest");
    private static final String DECODER = "httpDecoder";
    private static final long LINGER_MILLIS = 1000;

    private final Bounds bounds;
    private final Map<String, Integer> bySource = new HashMap<>();
    private int open;
    private final AtomicLong full = new AtomicLong();
    private final AtomicLong share = new AtomicLong();
    private final AtomicLong silent = new AtomicLong();
    private final AtomicLong slow = new AtomicLong();
    private final AtomicLong held = new AtomicLong();

    /**
     * What connections may.
     *
     * @param most how many there are at once
     * @param share how many of them come from one address, or from one /64 of IPv6
     * @param silence within what somebody with the token must have asked on a connection, its handshake included
     * @param patience within what a request must be whole, from its first byte on
     * @param ahead how many requests of one connection are read before the first of them is begun
     */
    public record Bounds(int most, int share, Duration silence, Duration patience, int ahead) {}

    /**
     * Figures.
     *
     * @param open connections
     * @param full connections that were closed at once, since there were as many as there may be
     * @param share the same, of one source
     * @param silent connections on which nobody with the token asked in time
     * @param slow connections whose request was not whole in time
     * @param held how often a connection was read no further, since its requests waited
     */
    public record Stats(int open, long full, long share, long silent, long slow, long held) {}

    /** One connection that was let in. */
    private record Guest(ScheduledFuture<?> deadline) {}

    /** A door. */
    public Door(Bounds bounds) {
        this.bounds = bounds;
    }

    /** A Vert.x whose servers are behind this door. */
    public Vertx vertx(VertxOptions options) {
        return VertxBootstrap.create()
                .options(options)
                .transport(new Guarded())
                .init()
                .vertx();
    }

    /** Has the requests of a connection be read strictly; called before anything of it was decoded. */
    public void watch(HttpConnection connection, Http1ServerConfig config) {
        channel(connection)
                .pipeline()
                .replace(DECODER, DECODER, new StrictDecoder(this, config, bounds.ahead(), bounds.patience()));
    }

    /** Somebody with the token asks on a connection: it may stay. */
    public void trusts(HttpConnection connection) {
        Guest guest = channel(connection).attr(GUEST).get();
        if (guest != null) {
            guest.deadline().cancel(false);
        }
    }

    /** A request of a connection is begun. */
    public void asked(HttpConnection connection) {
        StrictDecoder decoder = channel(connection).pipeline().get(StrictDecoder.class);
        if (decoder != null) {
            decoder.begun();
        }
    }

    /** Closes a connection a little later, so that what was sent last is read and not cut off by what was not read. */
    public static void dismiss(HttpConnection connection) {
        Channel channel = channel(connection);
        channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static Channel channel(HttpConnection connection) {
        return ((ConnectionBase) connection).channel();
    }

    /**
     * Why the head of a request was refused.
     *
     * @param isTooLong whether it is longer than it may be
     * @param why what is wrong with it; empty where it is no HTTP at all
     */
    public record Trouble(boolean isTooLong, Optional<String> why) {}

    /** Why a request cannot be understood that is invalid. */
    public static Trouble trouble(HttpServerRequest request) {
        return switch (request.decoderResult().cause()) {
            case Head.BadHeadException bad -> new Trouble(false, Optional.ofNullable(bad.getMessage()));
            case TooLongHttpLineException line -> new Trouble(true, Optional.empty());
            case TooLongHttpHeaderException headers -> new Trouble(true, Optional.empty());
            case null, default -> new Trouble(false, Optional.empty());
        };
    }

    /** Figures, now. */
    public Stats stats() {
        int now;
        synchronized (bySource) {
            now = open;
        }
        return new Stats(now, full.get(), share.get(), silent.get(), slow.get(), held.get());
    }

    void held() {
        held.incrementAndGet();
    }

    void slow() {
        slow.incrementAndGet();
    }

    /** The place of one more from a source, if there is one. */
    boolean enter(String source) {
        synchronized (bySource) {
            int there = bySource.getOrDefault(source, 0);
            if (open >= bounds.most()) {
                full.incrementAndGet();
                return false;
            }
            if (there >= bounds.share()) {
                share.incrementAndGet();
                return false;
            }
            open++;
            bySource.put(source, there + 1);
            return true;
        }
    }

    /** One from a source has gone. */
    void leave(String source) {
        synchronized (bySource) {
            open--;
            bySource.computeIfPresent(source, (key, there) -> there == 1 ? null : there - 1);
        }
    }

    /** Who shares a place with whom: an address, and of IPv6 the network of 64 bits, of which one machine may use all. */
    static String source(InetAddress address) {
        return address instanceof Inet6Address wide
                ? HexFormat.of().formatHex(Arrays.copyOf(wide.getAddress(), 8))
                : address.getHostAddress();
    }

    private static String source(SocketAddress remote) {
        return remote instanceof InetSocketAddress at && at.getAddress() != null ? source(at.getAddress()) : "";
    }

    /** Sees each socket that a server has accepted before the server does. */
    private final class Gate extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object accepted) {
            if (accepted instanceof Channel channel) {
                String source = source(channel.remoteAddress());
                if (!enter(source)) {
                    channel.unsafe().closeForcibly();
                    return;
                }
                ScheduledFuture<?> deadline = ctx.executor()
                        .schedule(() -> silent(channel), bounds.silence().toMillis(), TimeUnit.MILLISECONDS);
                channel.attr(GUEST).set(new Guest(deadline));
                channel.closeFuture().addListener(gone -> {
                    deadline.cancel(false);
                    leave(source);
                });
            }
            ctx.fireChannelRead(accepted);
        }
    }

    private void silent(Channel channel) {
        silent.incrementAndGet();
        channel.close();
    }

    /** The usual transport, whose servers have a gate. */
    private final class Guarded implements Transport {

        private final Transport usual = NioTransport.INSTANCE;

        @Override
        public IoHandlerFactory ioHandlerFactory() {
            return usual.ioHandlerFactory();
        }

        @Override
        public DatagramChannel datagramChannel(InternetProtocolFamily family) {
            return usual.datagramChannel(family);
        }

        @Override
        public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
            return usual.datagramChannelFactory();
        }

        @Override
        public ChannelFactory<? extends Channel> channelFactory(boolean isLocal) {
            return usual.channelFactory(isLocal);
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean isLocal) {
            ChannelFactory<? extends ServerChannel> servers = usual.serverChannelFactory(isLocal);
            return () -> {
                ServerChannel server = servers.newChannel();
                server.pipeline().addFirst(new Gate());
                return server;
            };
        }
    }
}
