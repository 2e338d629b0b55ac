package dev.dunlin.node.admin.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.impl.http1.VertxHttpRequestDecoder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of one connection: marks those whose heads could be understood in two ways, reads only so many ahead of those that
 * are answered, and closes the connection if one is not whole in time. All on the connection's event loop.
 */
final class StrictDecoder extends VertxHttpRequestDecoder {

    private static final String FOLDED =
            "a header goes on in a line that begins with a space or a tab: write each header in one line";
    private static final String TWO_LENGTHS =
            "the headers Content-Length and Transfer-Encoding are both given: give one of them";

    private final Door door;
    private final int ahead;
    private final Duration patience;

    // Requests that were read and not begun to be answered.
    private int waiting;
    private boolean holding;
    // Whether a head is read: what is at hand is no body.
    private boolean inHead = true;
    // Whether the first line of the head was read.
    private boolean hasLine;
    private boolean isLost;
    private Optional<String> trouble = Optional.empty();
    private @Nullable ScheduledFuture<?> deadline;
    private @Nullable ChannelHandlerContext context;

    /**
     * A decoder.
     *
     * @param ahead how many requests are read before the first of them is begun
     * @param patience within what a request must be whole
     */
    StrictDecoder(Door door, Http1ServerConfig config, int ahead, Duration patience) {
        super(config);
        this.door = door;
        this.ahead = ahead;
        this.patience = patience;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (isLost) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (inHead && waiting >= ahead) {
            if (!holding) {
                holding = true;
                door.held();
            }
            return;
        }
        if (inHead && isFolded(in)) {
            trouble = Optional.of(FOLDED);
        }
        if (deadline == null && in.isReadable()) {
            await(ctx);
        }
        int from = in.readerIndex();
        int known = out.size();
        super.decode(ctx, in, out);
        hasLine |= in.readerIndex() > from;
        for (int i = known; i < out.size(); i++) {
            take(out.get(i));
        }
    }

    private void take(Object read) {
        if (read instanceof HttpRequest request) {
            inHead = false;
            waiting++;
            trouble.or(() -> Head.trouble(request))
                    .ifPresent(why -> request.setDecoderResult(DecoderResult.failure(new Head.BadHeadException(why))));
            // Where it ends nobody knows: whatever is behind it is no request.
            isLost = request.decoderResult().isFailure();
        }
        if (read instanceof LastHttpContent) {
            inHead = true;
            hasLine = false;
            trouble = Optional.empty();
            if (deadline != null) {
                deadline.cancel(false);
                deadline = null;
            }
        }
    }

    // Whether a line behind the first begins with a space or a tab, of those up to the empty one.
    private boolean isFolded(ByteBuf in) {
        boolean first = !hasLine;
        int at = in.readerIndex();
        while (at < in.writerIndex()) {
            byte begin = in.getByte(at);
            if (!first && (begin == ' ' || begin == '\t')) {
                return true;
            }
            int end = in.indexOf(at, in.writerIndex(), (byte) '\n');
            boolean isEmpty = end == at || (end == at + 1 && begin == '\r');
            if (end < 0 || (isEmpty && !first)) {
                return false;
            }
            first &= isEmpty;
            at = end + 1;
        }
        return false;
    }

    private void await(ChannelHandlerContext ctx) {
        deadline = ctx.executor().schedule(() -> late(ctx), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void late(ChannelHandlerContext ctx) {
        if (ctx.channel().config().isAutoRead()) {
            door.slow();
            ctx.close();
        } else {
            // It is not read now, so it is not slow.
            await(ctx);
        }
    }

    /** One request that was read is begun. */
    void begun() {
        waiting--;
        ChannelHandlerContext ctx = context;
        if (holding && ctx != null && waiting < ahead) {
            ctx.executor().execute(() -> more(ctx));
        }
    }

    private void more(ChannelHandlerContext ctx) {
        if (!holding || ctx.isRemoved()) {
            return;
        }
        holding = false;
        try {
            channelRead(ctx, Unpooled.EMPTY_BUFFER);
            channelReadComplete(ctx);
        } catch (Exception bad) {
            ctx.fireExceptionCaught(bad);
        }
    }

    // It would read on by itself where nothing was decoded, into memory without end.
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (holding) {
            ctx.fireChannelReadComplete();
        } else {
            super.channelReadComplete(ctx);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        if (deadline != null) {
            deadline.cancel(false);
        }
        super.channelInactive(ctx);
    }

    // It would be read by the one and the other forgotten.
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        trouble = Optional.of(TWO_LENGTHS);
        super.handleTransferEncodingChunkedWithContentLength(message);
    }
}
