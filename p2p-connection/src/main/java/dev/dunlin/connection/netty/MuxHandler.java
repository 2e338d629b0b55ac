package dev.dunlin.connection.netty;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.gate.StreamGate;
import dev.dunlin.connection.multistream.MultistreamLimits;
import dev.dunlin.connection.multistream.Negotiator;
import dev.dunlin.connection.noise.NoiseException;
import dev.dunlin.connection.noise.NoiseTransport;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.yamux.YamuxEnd;
import dev.dunlin.connection.yamux.YamuxEvent;
import dev.dunlin.connection.yamux.YamuxRole;
import dev.dunlin.connection.yamux.YamuxSession;
import dev.dunlin.connection.yamux.YamuxStream;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.Handle;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secured and multiplexed connection: decrypts what comes into the yamux session, and encrypts what the session sends while the
 * socket takes it. Thin: every decision is the cores'.
 */
final class MuxHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(MuxHandler.class);

    private static final long AGAIN_MICROS = 500_000;

    /** An upgrade is about so many round trips, and what it takes to compute. */
    private static final int UPGRADE_TRIPS = 2;

    private final NettyTransport transport;
    private final Handle handle;
    private final PeerId peer;
    private final SecureChannel secure;
    private final YamuxSession session;
    private final StreamFacts facts;
    private final StreamOpener opener;
    private final Set<MuxStream> negotiating = new LinkedHashSet<>();
    private final Set<MuxStream> open = new LinkedHashSet<>();
    private final StreamGate.Line line;

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Future<?> waking;
    private long wakesAt = Long.MAX_VALUE;
    private @Nullable ByteBuf held;
    private @Nullable ByteBuf reading;
    private int readingOffset;
    private CloseReason reason = CloseReason.REMOTE;
    private String detail = "";
    private boolean busy;
    private boolean writeScheduled;
    private boolean announcing;
    private boolean goAwayTold;
    private boolean closed;

    MuxHandler(
            NettyTransport transport,
            Handle handle,
            PeerId peer,
            NoiseTransport noise,
            YamuxRole role,
            long upgradeMicros) {
        this.transport = transport;
        this.handle = handle;
        this.peer = peer;
        this.secure = new SecureChannel(noise);
        this.session = YamuxSession.create(
                role, transport.limits().yamux(), transport.account().share(), this::on, NettyTransport.micros());
        this.line = transport.gate().line(peer, NettyTransport.micros());
        this.facts = new StreamFacts(transport, handle, peer, line);
        this.opener = new StreamOpener(session, facts, transport.limits().maxPendingOpens(), this::begin);
        session.assumeRtt(upgradeMicros / UPGRADE_TRIPS);
    }

    Handle handle() {
        return handle;
    }

    PeerId peer() {
        return peer;
    }

    NettyTransport transport() {
        return transport;
    }

    /** Whether the node knows of this connection, so that it must be told of its end. */
    void announced() {
        announcing = true;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        wake();
    }

    // One timer a connection, for what is due first.
    private void wake() {
        long now = NettyTransport.micros();
        long at = session.nextDeadline();
        for (MuxStream stream : negotiating) {
            at = Math.min(at, stream.negotiationDeadline());
        }
        if (owesGoAway()) {
            at = Math.min(at, now + AGAIN_MICROS);
        }
        if (closed || at >= wakesAt) {
            return;
        }
        if (waking != null) {
            waking.cancel(false);
        }
        wakesAt = at;
        // A millisecond more, so that all agree that it is due then.
        waking = context().executor().schedule(this::tick, Math.max(0, at - now) + 1000, TimeUnit.MICROSECONDS);
    }

    private boolean owesGoAway() {
        return announcing && !goAwayTold && session.peerGoAway().isPresent();
    }

    // Where the node takes no new work now, it is told a little later.
    private void tellGoAway() {
        if (!closed && owesGoAway()) {
            long code = session.peerGoAway().getAsLong();
            goAwayTold = transport.port().offer(new ConnectionAction.WentAway(handle, peer, code)) == Port.Offer.TAKEN;
        }
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext known = ctx;
        if (known == null) {
            throw new IllegalStateException("the handler is in no pipeline");
        }
        return known;
    }

    ByteBuf allocate(int bytes) {
        return context().alloc().heapBuffer(bytes);
    }

    void execute(Runnable task) {
        context().executor().execute(task);
    }

    private void tick() {
        wakesAt = Long.MAX_VALUE;
        long now = NettyTransport.micros();
        if (session.nextDeadline() <= now) {
            session.onTime(now);
        }
        for (MuxStream stream : List.copyOf(negotiating)) {
            if (stream.negotiationDeadline() <= now) {
                stream.onTime(now);
            }
        }
        tellGoAway();
        flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf plain;
        try {
            plain = secure.decrypt(context, (ByteBuf) message);
        } catch (NoiseException e) {
            fail(CloseReason.PROTOCOL_ERROR, e.getMessage());
            return;
        }
        receive(plain);
    }

    /** Takes plaintext, which it releases. */
    void receive(ByteBuf plain) {
        if (held != null) {
            held.writeBytes(plain);
            plain.release();
            return;
        }
        feed(plain);
    }

    private void feed(ByteBuf plain) {
        reading = plain;
        readingOffset = plain.readerIndex();
        ByteBuffer view = plain.nioBuffer();
        busy = true;
        try {
            session.receive(view, NettyTransport.micros());
            if (view.hasRemaining()) {
                // Too many answers wait: the rest is kept, and the socket is not read until they are sent.
                ByteBuf rest = allocate(view.remaining());
                rest.writeBytes(view);
                held = rest;
                context().channel().config().setAutoRead(false);
            }
        } finally {
            busy = false;
            reading = null;
            plain.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        flush();
    }

    /** Sends what waits, when the present call is done. */
    void soon() {
        if (!busy && !writeScheduled && !closed) {
            writeScheduled = true;
            execute(() -> {
                writeScheduled = false;
                flush();
            });
        }
    }

    private void flush() {
        if (closed || busy) {
            return;
        }
        try {
            secure.send(context(), session);
        } catch (NoiseException e) {
            fail(CloseReason.PROTOCOL_ERROR, e.getMessage());
            return;
        }
        resumeReading();
        opener.openWaiting();
        wake();
    }

    private void resumeReading() {
        ByteBuf rest = held;
        if (rest != null && session.wantsRead()) {
            held = null;
            feed(rest);
            if (held == null) {
                context().channel().config().setAutoRead(true);
            }
            soon();
        }
    }

    private void on(YamuxEvent event) {
        switch (event) {
            case YamuxEvent.StreamOpened(YamuxStream stream) -> accept(stream);
            case YamuxEvent.Data(YamuxStream stream, ByteBuffer bytes) -> data(stream, bytes);
            case YamuxEvent.RemoteClosed(YamuxStream stream) -> with(stream).ifPresent(MuxStream::remoteFin);
            case YamuxEvent.Writable(YamuxStream stream) -> with(stream).ifPresent(MuxStream::writableAgain);
            case YamuxEvent.StreamClosed(YamuxStream stream) ->
                with(stream).ifPresent(known -> known.finish(EndReason.CLOSED, ""));
            case YamuxEvent.StreamReset(YamuxStream stream, var cause, long code) ->
                with(stream)
                        .ifPresent(known -> known.finish(
                                switch (cause) {
                                    case BY_PEER -> EndReason.REMOTE_RESET;
                                    case CLOSE_TIMEOUT -> EndReason.CLOSE_TIMED_OUT;
                                    case MEMORY -> EndReason.LIMIT;
                                    case SESSION_ENDED -> EndReason.CONNECTION_CLOSED;
                                },
                                code == 0 ? "" : "code " + code));
            case YamuxEvent.SessionEnded(YamuxEnd end) -> ended(end);
            case YamuxEvent.StreamAcked _ -> {}
            case YamuxEvent.PingAnswered _ -> {}
            case YamuxEvent.GoAwayReceived _ -> tellGoAway();
        }
    }

    private static Optional<MuxStream> with(YamuxStream stream) {
        return stream.attachment().map(MuxStream.class::cast);
    }

    private void data(YamuxStream stream, ByteBuffer bytes) {
        ByteBuf plain = reading;
        if (plain == null) {
            throw new IllegalStateException("data without a buffer");
        }
        ByteBuf piece = plain.slice(readingOffset + bytes.position(), bytes.remaining());
        with(stream).ifPresent(known -> known.data(piece));
    }

    private void accept(YamuxStream stream) {
        // Before it is accepted: a reset counts against the peer then.
        if (line.opened(NettyTransport.micros()).isPresent()) {
            stream.reset(0);
            soon();
            return;
        }
        stream.accept();
        MuxStream opened = new MuxStream(
                this,
                stream,
                Negotiator.responder(transport.offered(), transport.limits().multistream(), NettyTransport.micros()),
                null);
        negotiating.add(opened);
    }

    private void ended(YamuxEnd end) {
        switch (end) {
            case CLOSED_BY_US -> {}
            case CONNECTION_LOST ->
                session.peerGoAway()
                        .ifPresent(
                                code -> because(CloseReason.REMOTE, code == 0 ? "" : "it went away with code " + code));
            case PING_TIMEOUT, PING_UNANSWERED -> because(CloseReason.UNRESPONSIVE, end.words());
            default -> because(CloseReason.PROTOCOL_ERROR, end.words());
        }
        // The GoAway that is left goes out before the socket is closed.
        execute(this::closeSocket);
    }

    private void closeSocket() {
        if (closed) {
            return;
        }
        flush();
        if (closed) {
            return;
        }
        boolean inOrder = session.ended().filter(YamuxEnd.CLOSED_BY_US::equals).isPresent();
        boolean waits = reason != CloseReason.SHUTDOWN && reason != CloseReason.BANNED;
        if (inOrder && waits && context().channel() instanceof DuplexChannel duplex) {
            // The other side closes when it has read all. To close with bytes of its own unread would be a reset,
            // which may overtake what we have sent.
            duplex.shutdownOutput();
        } else {
            context().channel().close();
        }
    }

    /** A stream is wanted; on the event loop. */
    void open(PendingOpen wish) {
        if (closed) {
            facts.failed(wish, ConnectionError.Kind.CONNECTION_CLOSED, "the connection is closed");
            return;
        }
        opener.open(wish);
        soon();
    }

    private void begin(YamuxStream stream, PendingOpen wish) {
        MuxStream opened = new MuxStream(this, stream, initiator(wish.effect), wish);
        negotiating.add(opened);
        opened.begin();
        soon();
    }

    private Negotiator initiator(StreamEffect.OpenInit wish) {
        MultistreamLimits bounds = transport.limits().multistream();
        return wish.lazy()
                ? Negotiator.lazyInitiator(wish.protocols().getFirst(), bounds, NettyTransport.micros())
                : Negotiator.initiator(wish.protocols(), bounds, NettyTransport.micros());
    }

    /** The node no longer wants a stream that it asked for. */
    void cancel(long number) {
        if (!opener.cancel(number)) {
            for (MuxStream stream : List.copyOf(negotiating)) {
                stream.cancelIf(number);
            }
        }
    }

    /** What the node is told of streams. */
    StreamFacts facts() {
        return facts;
    }

    /** A stream's protocol is agreed; false if the node does not take the stream. */
    boolean announce(MuxStream stream, @Nullable PendingOpen wish) {
        return facts.opened(stream, wish) && open.add(stream);
    }

    /** A stream's protocol is agreed. */
    void negotiated(MuxStream stream) {
        negotiating.remove(stream);
    }

    /** A stream is over. */
    void finished(MuxStream stream, @Nullable PendingOpen wish, EndReason end, String why) {
        negotiating.remove(stream);
        open.remove(stream);
        facts.over(stream, wish, end, why);
        if (!closed && opener.isWaiting()) {
            soon();
        }
    }

    /** The node takes no new streams; on the event loop. */
    void goAway() {
        if (!closed) {
            session.goAway();
            flush();
        }
    }

    /** The node wants the connection closed; on the event loop. */
    void disconnect(CloseReason why) {
        if (closed) {
            return;
        }
        because(why, "");
        switch (why) {
            case TIMED_OUT -> context().channel().close();
            case SHUTDOWN, ORPHAN, BANNED -> {
                session.close();
                flush();
            }
            default -> {
                // What was written goes out, and the peer says what it has to say; then the session ends by itself.
                List.copyOf(negotiating).forEach(MuxStream::reset);
                List.copyOf(open).forEach(MuxStream::close);
                session.finish();
                flush();
            }
        }
    }

    // The first reason is the one that counts: what follows comes of it.
    private void because(CloseReason why, String more) {
        if (reason == CloseReason.REMOTE && detail.isEmpty()) {
            reason = why;
            detail = more.length() <= ConnectionAction.MAX_TEXT ? more : more.substring(0, ConnectionAction.MAX_TEXT);
        }
    }

    private void fail(CloseReason why, @Nullable String text) {
        because(why, text == null ? "" : text);
        context().channel().close();
    }

    /** Ends the connection, if it is bound to one of these addresses, which this machine no longer has. From any thread. */
    void endIfAt(Set<InetAddress> gone) {
        Channel channel = context().channel();
        if (channel.localAddress() instanceof InetSocketAddress local && gone.contains(local.getAddress())) {
            channel.eventLoop()
                    .execute(() -> fail(
                            CloseReason.IO_ERROR,
                            "this machine no longer has the address "
                                    + local.getAddress().getHostAddress()));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException && session.peerGoAway().isPresent()) {
            // It said so, and closed with bytes of ours unread, which TCP answers by a reset.
            context.channel().close();
        } else if (cause instanceof IOException) {
            fail(CloseReason.IO_ERROR, Sockets.words(cause));
        } else {
            LOG.error("the connection to {} failed, which is a bug", peer, cause);
            fail(CloseReason.IO_ERROR, cause.getClass().getSimpleName());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (closed) {
            return;
        }
        closed = true;
        if (waking != null) {
            waking.cancel(false);
        }
        session.connectionLost();
        opener.close();
        if (held != null) {
            held.release();
            held = null;
        }
        secure.close();
        transport.connectionGone(this);
        if (session.peerGoAway().isEmpty()) {
            // As of a program that was killed, or of a network that broke.
            because(CloseReason.REMOTE, "it did not say that it would");
        }
        if (announcing) {
            transport.port().ended(new ConnectionAction.Closed(handle, peer, reason, detail));
        }
    }
}
