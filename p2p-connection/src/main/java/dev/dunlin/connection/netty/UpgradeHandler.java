package dev.dunlin.connection.netty;

import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.multistream.Negotiation;
import dev.dunlin.connection.multistream.Negotiator;
import dev.dunlin.connection.multistream.ServedProtocols;
import dev.dunlin.connection.noise.HandshakeStatus;
import dev.dunlin.connection.noise.NoiseException;
import dev.dunlin.connection.noise.NoiseFailure;
import dev.dunlin.connection.noise.NoiseHandshake;
import dev.dunlin.connection.noise.NoiseTransport;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.words.Spans;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns a raw TCP connection into a secured and multiplexed one: multistream-select for {@code /noise}, the handshake, and
 * the muxer, inside the handshake or by multistream-select after it (libp2p/specs connections/README.md, "Upgrading Connections").
 */
final class UpgradeHandler extends ChannelInboundHandlerAdapter {

    static final String NOISE = "/noise";
    static final String YAMUX = "/yamux/1.0.0";

    private final NettyTransport transport;
    private final boolean dialer;
    private final Optional<PeerId> expected;
    private final Outcome outcome;
    private Negotiator security;
    private @Nullable NoiseHandshake handshake;
    private HandshakeStatus.@Nullable Established secured;
    private @Nullable Negotiator muxer;
    private final List<Future<?>> deadlines = new ArrayList<>();
    private boolean over;
    private boolean isFirst = true;
    private long begunAt;

    /** Is told the end of the upgrade, once, on the event loop. */
    interface Outcome {
        /**
         * The connection is secured.
         *
         * @param rest what is left of its first plaintext, which is the muxer's and is to be released
         * @param micros how long the upgrade took
         */
        void upgraded(ChannelHandlerContext ctx, HandshakeStatus.Established secured, ByteBuf rest, long micros);

        /** The connection is of no use and is closed. */
        void failed(ConnectionError.Kind kind, String why);
    }

    UpgradeHandler(NettyTransport transport, Optional<PeerId> expected, boolean dialer, Outcome outcome) {
        this.transport = transport;
        this.dialer = dialer;
        this.expected = expected;
        this.outcome = outcome;
        this.security = negotiator(NOISE);
    }

    private Negotiator negotiator(String protocol) {
        return dialer
                ? Negotiator.initiator(List.of(protocol), transport.limits().multistream(), NettyTransport.micros())
                : Negotiator.responder(
                        ServedProtocols.of(List.of(protocol), transport.limits().multistream()),
                        transport.limits().multistream(),
                        NettyTransport.micros());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            begin(ctx);
        }
    }

    private void begin(ChannelHandlerContext ctx) {
        begunAt = NettyTransport.micros();
        if (!deadlines.isEmpty()) {
            return;
        }
        after(
                ctx,
                transport.limits().upgradeMicros(),
                () -> fail(
                        ctx,
                        ConnectionError.Kind.TIMED_OUT,
                        "the connection was not secured within "
                                + Spans.of(transport.limits().upgradeMicros())));
        security = negotiator(NOISE);
        watch(ctx, security);
        write(ctx, security.takeOutput());
        if (dialer) {
            // Pipelined: the handshake's first message goes out behind the proposal, in one packet.
            handshake = newHandshake(ctx);
            write(ctx, handshake.takeOutput());
        }
        ctx.flush();
    }

    private void after(ChannelHandlerContext ctx, long micros, Runnable task) {
        deadlines.add(ctx.executor().schedule(task, micros, TimeUnit.MICROSECONDS));
    }

    // The cores say when they have had enough; a millisecond more, so that they agree that it is then.
    private void at(ChannelHandlerContext ctx, long deadline, Runnable task) {
        after(ctx, Math.max(0, deadline - NettyTransport.micros()) + 1000, task);
    }

    private void watch(ChannelHandlerContext ctx, Negotiator negotiator) {
        at(ctx, negotiator.deadlineMicros(), () -> {
            if (negotiator.onTime(NettyTransport.micros()) instanceof Negotiation.Failed(var failure)) {
                fail(ctx, ConnectionError.Kind.TIMED_OUT, failure.message());
            }
        });
    }

    private NoiseHandshake newHandshake(ChannelHandlerContext ctx) {
        NoiseHandshake made = dialer
                ? NoiseHandshake.initiator(transport.noise(), expected, transport.random(), NettyTransport.micros())
                : NoiseHandshake.responder(transport.noise(), expected, transport.random(), NettyTransport.micros());
        at(ctx, made.deadlineMicros(), () -> {
            if (made.onTime(NettyTransport.micros()) instanceof HandshakeStatus.Failed(var failure)) {
                fail(ctx, ConnectionError.Kind.TIMED_OUT, failure.message());
            }
        });
        return made;
    }

    private static void write(ChannelHandlerContext ctx, byte[] bytes) {
        if (bytes.length > 0) {
            ctx.write(Unpooled.wrappedBuffer(bytes), ctx.voidPromise());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (!over && !isForeign(ctx, bytes)) {
                take(ctx, bytes.nioBuffer());
            }
        } catch (NoiseException e) {
            fail(ctx, ConnectionError.Kind.HANDSHAKE_FAILED, e.failure().message());
        } finally {
            bytes.release();
            ctx.flush();
        }
    }

    // Seen in the first bytes alone: to the negotiation they are the length of a message that never comes.
    private boolean isForeign(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (!isFirst) {
            return false;
        }
        isFirst = false;
        Optional<String> server = ForeignProtocol.of(bytes);
        server.ifPresent(what -> fail(
                ctx,
                ConnectionError.Kind.NO_COMMON_PROTOCOL,
                "there is " + what + " at this address, and no libp2p node"));
        return server.isPresent();
    }

    private void take(ChannelHandlerContext ctx, ByteBuffer in) throws NoiseException {
        if (!agreed(ctx, security, in)) {
            return;
        }
        if (!secured(ctx, in)) {
            return;
        }
        HandshakeStatus.Established done = established();
        ByteBuf plain = ctx.alloc().heapBuffer(Math.max(64, done.transport().plaintextSize(in)));
        try {
            ByteBuffer out = plain.nioBuffer(0, plain.capacity());
            done.transport().decrypt(in, out);
            plain.writerIndex(out.position());
            if (!multiplexed(ctx, done, plain)) {
                return;
            }
            finish(ctx, done, plain.retain());
        } finally {
            plain.release();
        }
    }

    private static Negotiation received(Negotiator negotiator, ByteBuffer in) {
        Negotiation state = negotiator.receive(in);
        return state instanceof Negotiation.Proposed ? negotiator.accept() : state;
    }

    private boolean agreed(ChannelHandlerContext ctx, Negotiator negotiator, ByteBuffer in) {
        Negotiation state = received(negotiator, in);
        write(ctx, negotiator.takeOutput());
        return switch (state) {
            case Negotiation.Pending() -> false;
            case Negotiation.Proposed(String _) -> false;
            case Negotiation.Assumed(String _) -> false;
            case Negotiation.Agreed(String _) -> true;
            case Negotiation.Failed(var failure) -> {
                fail(ctx, ConnectionError.Kind.NO_COMMON_PROTOCOL, failure.message());
                yield false;
            }
        };
    }

    private boolean secured(ChannelHandlerContext ctx, ByteBuffer in) {
        if (secured != null) {
            return true;
        }
        NoiseHandshake running = handshake;
        if (running == null) {
            running = newHandshake(ctx);
            handshake = running;
        }
        HandshakeStatus status = running.receive(in);
        write(ctx, running.takeOutput());
        return switch (status) {
            case HandshakeStatus.InProgress() -> false;
            case HandshakeStatus.Failed(NoiseFailure failure) -> {
                fail(
                        ctx,
                        failure instanceof NoiseFailure.UnexpectedPeer
                                ? ConnectionError.Kind.WRONG_PEER
                                : ConnectionError.Kind.HANDSHAKE_FAILED,
                        failure.message());
                yield false;
            }
            case HandshakeStatus.Established established -> {
                secured = established;
                if (established.muxer().isEmpty()) {
                    muxer = negotiator(YAMUX);
                    watch(ctx, muxer);
                    writeSecured(ctx, established.transport(), muxer.takeOutput());
                }
                yield true;
            }
        };
    }

    private HandshakeStatus.Established established() {
        HandshakeStatus.Established done = secured;
        if (done == null) {
            throw new IllegalStateException("the handshake is not done");
        }
        return done;
    }

    private boolean multiplexed(ChannelHandlerContext ctx, HandshakeStatus.Established done, ByteBuf plain) {
        Negotiator negotiator = muxer;
        if (negotiator == null) {
            return true;
        }
        ByteBuffer view = plain.nioBuffer();
        int before = view.remaining();
        Negotiation state = received(negotiator, view);
        plain.skipBytes(before - view.remaining());
        writeSecured(ctx, done.transport(), negotiator.takeOutput());
        return switch (state) {
            case Negotiation.Pending() -> false;
            case Negotiation.Proposed(String _) -> false;
            case Negotiation.Assumed(String _) -> false;
            case Negotiation.Agreed(String _) -> true;
            case Negotiation.Failed(var failure) -> {
                fail(ctx, ConnectionError.Kind.NO_COMMON_PROTOCOL, failure.message());
                yield false;
            }
        };
    }

    private void writeSecured(ChannelHandlerContext ctx, NoiseTransport noise, byte[] plain) {
        if (plain.length == 0) {
            return;
        }
        byte[] cipher = new byte[NoiseTransport.ciphertextSize(plain.length)];
        try {
            noise.encrypt(ByteBuffer.wrap(plain), ByteBuffer.wrap(cipher));
            write(ctx, cipher);
        } catch (NoiseException e) {
            fail(ctx, ConnectionError.Kind.HANDSHAKE_FAILED, e.failure().message());
        }
    }

    private void finish(ChannelHandlerContext ctx, HandshakeStatus.Established done, ByteBuf rest) {
        if (over) {
            rest.release();
            return;
        }
        over = true;
        cancelDeadlines();
        outcome.upgraded(ctx, done, rest, NettyTransport.micros() - begunAt);
    }

    private void cancelDeadlines() {
        deadlines.forEach(deadline -> deadline.cancel(false));
    }

    private void fail(ChannelHandlerContext ctx, ConnectionError.Kind kind, String why) {
        if (over) {
            return;
        }
        over = true;
        cancelDeadlines();
        if (handshake != null) {
            handshake.close();
        }
        if (secured != null) {
            secured.transport().close();
        }
        ctx.flush();
        ctx.channel().close();
        boolean isMute = kind == ConnectionError.Kind.TIMED_OUT && isFirst;
        outcome.failed(
                kind,
                isMute
                        ? "connections are accepted there, and nothing is said for "
                                + Spans.of(NettyTransport.micros() - begunAt)
                        : why);
    }

    /** Gives up; on the event loop. */
    void cancel(ChannelHandlerContext ctx) {
        fail(ctx, ConnectionError.Kind.CANCELLED, "it is no longer wanted");
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(ctx, ConnectionError.Kind.CONNECTION_CLOSED, "the other side closed the connection before it was secured");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ctx, ConnectionError.Kind.IO, Sockets.words(cause) + ", before the connection was secured");
    }
}
