package dev.dunlin.connection.netty;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.multistream.Negotiator;
import dev.dunlin.connection.noise.NoiseException;
import dev.dunlin.connection.noise.NoiseTransport;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.yamux.YamuxEnd;
import dev.dunlin.connection.yamux.YamuxEvent;
import dev.dunlin.connection.yamux.YamuxOpen;
import dev.dunlin.connection.yamux.YamuxOutput;
import dev.dunlin.connection.yamux.YamuxRole;
import dev.dunlin.connection.yamux.YamuxSession;
import dev.dunlin.connection.yamux.YamuxStream;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
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

    /** How much plaintext is encrypted at a time; one more data frame may go over it. */
    private static final int BATCH = 3 * NoiseTransport.MAX_PLAINTEXT;

    private static final long TICK_MILLIS = 500;

    /** An upgrade is about so many round trips, and what it takes to compute. */
    private static final int UPGRADE_TRIPS = 2;

    private final NettyTransport transport;
    private final Handle handle;
    private final PeerId peer;
    private final NoiseTransport noise;
    private final YamuxSession session;
    private final Deque<PendingOpen> waiting = new ArrayDeque<>();
    private final Set<MuxStream> negotiating = new LinkedHashSet<>();
    private final Output output = new Output();

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Future<?> ticking;
    private @Nullable ByteBuf held;
    private @Nullable ByteBuf reading;
    private int readingOffset;
    private CloseReason reason = CloseReason.REMOTE;
    private boolean busy;
    private boolean writeScheduled;
    private boolean announcing;
    private boolean closed;

    /** A stream that the node has asked for. */
    static final class PendingOpen {
        final ActionId id;
        final StreamEffect.OpenInit effect;
        boolean answered;

        PendingOpen(ActionId id, StreamEffect.OpenInit effect) {
            this.id = id;
            this.effect = effect;
        }
    }

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
        this.noise = noise;
        this.session = YamuxSession.create(
                role, transport.limits().yamux(), transport.account().share(), this::on, NettyTransport.micros());
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
        ticking = context.executor().scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
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
        long now = NettyTransport.micros();
        if (session.nextDeadline() <= now) {
            session.onTime(now);
        }
        for (MuxStream stream : List.copyOf(negotiating)) {
            if (stream.negotiationDeadline() <= now) {
                stream.onTime(now);
            }
        }
        flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf cipher = (ByteBuf) message;
        ByteBuf plain = null;
        try {
            ByteBuffer in = cipher.nioBuffer();
            int size = noise.plaintextSize(in);
            plain = context.alloc().heapBuffer(size);
            ByteBuffer out = plain.nioBuffer(0, size);
            noise.decrypt(in, out);
            plain.writerIndex(out.position());
        } catch (NoiseException e) {
            if (plain != null) {
                plain.release();
            }
            fail(CloseReason.PROTOCOL_ERROR, e.getMessage());
            return;
        } finally {
            cipher.release();
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
            while (session.wantsWrite() && context().channel().isWritable()) {
                encryptBatch();
            }
        } catch (NoiseException e) {
            fail(CloseReason.PROTOCOL_ERROR, e.getMessage());
            return;
        }
        resumeReading();
        openWaiting();
    }

    private void encryptBatch() throws NoiseException {
        ByteBuf plain = allocate(BATCH + NoiseTransport.MAX_PLAINTEXT);
        try {
            output.into = plain;
            session.drain(output, BATCH, NettyTransport.micros());
            output.into = null;
            if (!plain.isReadable()) {
                return;
            }
            int size = NoiseTransport.ciphertextSize(plain.readableBytes());
            ByteBuf cipher = allocate(size);
            ByteBuffer out = cipher.nioBuffer(0, size);
            noise.encrypt(plain.nioBuffer(), out);
            cipher.writerIndex(size);
            // At once: the peer decrypts it while the next is encrypted.
            context().writeAndFlush(cipher, context().voidPromise());
        } finally {
            plain.release();
        }
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

    private static final class Output implements YamuxOutput {
        @Nullable
        ByteBuf into;

        @Override
        public void header(ByteBuffer header) {
            to().writeBytes(header);
        }

        @Override
        public void body(YamuxStream stream, ByteBuffer bytes) {
            int length = bytes.remaining();
            to().writeBytes(bytes);
            stream.attachment().ifPresent(attached -> ((MuxStream) attached).bytesSent(length));
        }

        private ByteBuf to() {
            ByteBuf target = into;
            if (target == null) {
                throw new IllegalStateException("nothing is being drained");
            }
            return target;
        }
    }

    private void on(YamuxEvent event) {
        switch (event) {
            case YamuxEvent.StreamOpened(YamuxStream stream) -> accept(stream);
            case YamuxEvent.Data(YamuxStream stream, ByteBuffer bytes) -> data(stream, bytes);
            case YamuxEvent.RemoteClosed(YamuxStream stream) -> with(stream).ifPresent(MuxStream::remoteFin);
            case YamuxEvent.Writable(YamuxStream stream) -> with(stream).ifPresent(MuxStream::writableAgain);
            case YamuxEvent.StreamClosed(YamuxStream stream) ->
                with(stream).ifPresent(known -> known.finish(EndReason.CLOSED));
            case YamuxEvent.StreamReset(YamuxStream stream, var cause, long _) ->
                with(stream)
                        .ifPresent(known -> known.finish(
                                switch (cause) {
                                    case BY_PEER -> EndReason.REMOTE_RESET;
                                    case CLOSE_TIMEOUT, MEMORY -> EndReason.LOCAL_RESET;
                                    case SESSION_ENDED -> EndReason.CONNECTION_CLOSED;
                                }));
            case YamuxEvent.SessionEnded(YamuxEnd end) -> ended(end);
            case YamuxEvent.StreamAcked _ -> {}
            case YamuxEvent.PingAnswered _ -> {}
            case YamuxEvent.GoAwayReceived _ -> {}
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
        stream.accept();
        MuxStream opened = new MuxStream(
                this,
                stream,
                Negotiator.responder(transport.offered(), transport.limits().multistream(), NettyTransport.micros()),
                null);
        negotiating.add(opened);
    }

    private void ended(YamuxEnd end) {
        if (end != YamuxEnd.CLOSED_BY_US && end != YamuxEnd.CONNECTION_LOST && reason == CloseReason.REMOTE) {
            LOG.debug("the connection to {} breaks the multiplexer's rules: {}", peer, end);
            reason = CloseReason.PROTOCOL_ERROR;
        }
        // The GoAway that is left goes out before the socket is closed.
        execute(this::closeSocket);
    }

    private void closeSocket() {
        if (closed) {
            return;
        }
        flush();
        if (!closed) {
            context().channel().close();
        }
    }

    /** A stream is wanted; on the event loop. */
    void open(PendingOpen wish) {
        if (closed) {
            answerFailed(wish, ConnectionError.Kind.CONNECTION_CLOSED, "the connection is closed");
            return;
        }
        if (waiting.size() >= transport.limits().maxPendingOpens()) {
            answerFailed(wish, ConnectionError.Kind.LIMIT, "too many streams wait to be opened on this connection");
            return;
        }
        waiting.add(wish);
        openWaiting();
        soon();
    }

    private void openWaiting() {
        while (!waiting.isEmpty()) {
            PendingOpen wish = waiting.element();
            if (wish.answered) {
                waiting.remove();
                continue;
            }
            switch (session.open(NettyTransport.micros())) {
                case YamuxOpen.Opened(YamuxStream stream) -> {
                    waiting.remove();
                    MuxStream opened = new MuxStream(
                            this,
                            stream,
                            Negotiator.initiator(
                                    wish.effect.protocols(), transport.limits().multistream(), NettyTransport.micros()),
                            wish);
                    negotiating.add(opened);
                    soon();
                }
                case YamuxOpen.Refused(var why) -> {
                    switch (why) {
                        case ACK_BACKLOG_FULL, STREAMS_FULL -> {
                            return;
                        }
                        case PEER_WENT_AWAY, SESSION_ENDED, IDS_USED_UP -> {
                            waiting.remove();
                            answerFailed(
                                    wish,
                                    ConnectionError.Kind.CONNECTION_CLOSED,
                                    "the connection takes no new streams (" + why + ")");
                        }
                    }
                }
            }
        }
    }

    /** The node no longer wants a stream that it asked for. */
    void cancel(long number) {
        for (PendingOpen wish : waiting) {
            if (wish.effect.number() == number) {
                answerFailed(wish, ConnectionError.Kind.CANCELLED, "it is no longer wanted");
                return;
            }
        }
        for (MuxStream stream : List.copyOf(negotiating)) {
            stream.cancelIf(number);
        }
    }

    private void answerFailed(PendingOpen wish, ConnectionError.Kind kind, String why) {
        if (!wish.answered) {
            wish.answered = true;
            transport.openAnswered(wish);
            transport
                    .port()
                    .answer(
                            wish.id,
                            new StreamAction.OpenFailed(
                                    wish.effect.number(), wish.effect.ticket(), peer, ConnectionError.of(kind, why)));
        }
    }

    /** A stream's protocol is agreed; false if the node does not take the stream. */
    boolean announce(MuxStream stream, @Nullable PendingOpen wish) {
        negotiating.remove(stream);
        transport.streamOpened(stream);
        if (wish != null) {
            if (wish.answered) {
                transport.streamGone(stream);
                return false;
            }
            wish.answered = true;
            transport.openAnswered(wish);
            transport
                    .port()
                    .answer(
                            wish.id,
                            new StreamAction.StreamOpened(
                                    wish.effect.number(),
                                    wish.effect.ticket(),
                                    stream.handle(),
                                    handle,
                                    peer,
                                    stream.protocol(),
                                    stream.wireId()));
        } else {
            Port.Offer offer = transport
                    .port()
                    .offer(new StreamAction.StreamAccepted(
                            stream.handle(), handle, peer, stream.protocol(), stream.wireId()));
            if (offer != Port.Offer.TAKEN) {
                transport.streamGone(stream);
                transport.refusedByNode();
                return false;
            }
        }
        transport.serve(stream, wish == null);
        return true;
    }

    void negotiationFailed(@Nullable PendingOpen wish, String why) {
        if (wish == null) {
            transport.streamFailed();
        } else {
            answerFailed(wish, ConnectionError.Kind.NO_COMMON_PROTOCOL, why);
        }
    }

    /** A stream is over. */
    void finished(MuxStream stream, @Nullable PendingOpen wish, EndReason end) {
        negotiating.remove(stream);
        if (stream.announced()) {
            transport.streamGone(stream);
            transport
                    .port()
                    .ended(new StreamAction.StreamClosed(stream.handle(), handle, peer, stream.protocol(), end));
        } else if (wish != null) {
            answerFailed(
                    wish,
                    end == EndReason.CONNECTION_CLOSED
                            ? ConnectionError.Kind.CONNECTION_CLOSED
                            : ConnectionError.Kind.NO_COMMON_PROTOCOL,
                    "the stream ended before a protocol was agreed (" + end + ")");
        }
        if (!closed && !waiting.isEmpty()) {
            soon();
        }
    }

    /** The node wants the connection closed; on the event loop. */
    void disconnect(CloseReason why) {
        if (closed) {
            return;
        }
        reason = why;
        if (why == CloseReason.TIMED_OUT || why == CloseReason.ORPHAN) {
            context().channel().close();
        } else {
            session.close();
            flush();
        }
    }

    private void fail(CloseReason why, @Nullable String text) {
        LOG.debug("the connection to {} is closed: {}", peer, text);
        if (reason == CloseReason.REMOTE) {
            reason = why;
        }
        context().channel().close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            fail(CloseReason.IO_ERROR, cause.getMessage());
        } else {
            LOG.error("the connection to {} failed, which is a bug", peer, cause);
            fail(CloseReason.IO_ERROR, cause.toString());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (closed) {
            return;
        }
        closed = true;
        if (ticking != null) {
            ticking.cancel(false);
        }
        session.connectionLost();
        waiting.forEach(wish ->
                answerFailed(wish, ConnectionError.Kind.CONNECTION_CLOSED, "the connection was closed meanwhile"));
        waiting.clear();
        if (held != null) {
            held.release();
            held = null;
        }
        noise.close();
        transport.connectionGone(this);
        if (announcing) {
            transport.port().ended(new ConnectionAction.Closed(handle, peer, reason));
        }
    }
}
