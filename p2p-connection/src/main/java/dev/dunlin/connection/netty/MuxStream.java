package dev.dunlin.connection.netty;

import dev.dunlin.connection.multistream.MultistreamFailure;
import dev.dunlin.connection.multistream.Negotiation;
import dev.dunlin.connection.multistream.Negotiator;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.yamux.YamuxStream;
import dev.dunlin.connection.yamux.YamuxWrite;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Handle;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** One stream of a {@link MuxHandler}: negotiates its protocol, then carries its bytes. On the event loop. */
final class MuxStream implements StreamChannel {

    private final MuxHandler connection;
    private final YamuxStream stream;
    private final Negotiator negotiator;
    private final Deque<ByteBuf> unread = new ArrayDeque<>();
    private final Deque<Sent> sent = new ArrayDeque<>();
    private final @Nullable PendingOpen open;

    private @Nullable StreamReader reader;
    private @Nullable Handle handle;
    private String protocol = "";
    private boolean negotiated;
    private boolean spoken;
    private boolean refused;
    private boolean remoteClosed;
    private boolean over;
    private boolean counted;
    private EndReason endedBy = EndReason.CLOSED;

    /** A buffer whose bytes the multiplexer holds, and how many of them are not yet sent. */
    private static final class Sent {
        final ByteBuf buffer;
        int left;

        Sent(ByteBuf buffer, int left) {
            this.buffer = buffer;
            this.left = left;
        }
    }

    MuxStream(MuxHandler connection, YamuxStream stream, Negotiator negotiator, @Nullable PendingOpen open) {
        this.connection = connection;
        this.stream = stream;
        this.negotiator = negotiator;
        this.open = open;
        stream.attach(this);
        sendNegotiation();
    }

    private void sendNegotiation() {
        byte[] output = negotiator.takeOutput();
        if (output.length > 0) {
            ByteBuf bytes = Unpooled.wrappedBuffer(output);
            // A negotiation's messages are far smaller than the least window and write buffer.
            boolean whole = write(bytes) == YamuxWrite.TAKEN;
            spoken = true;
            bytes.release();
            if (!whole && !over) {
                unnegotiated("the peer gives no window to negotiate in");
            }
        }
    }

    /** What can be done before the peer has answered. */
    void begin() {
        if (!over && negotiator.state() instanceof Negotiation.Assumed(String assumed)) {
            agreed(assumed);
        }
    }

    boolean negotiating() {
        return !negotiated;
    }

    long negotiationDeadline() {
        return negotiator.deadlineMicros();
    }

    void onTime(long now) {
        if (negotiating() && !over) {
            negotiator.onTime(now);
            settle();
        }
    }

    /** Takes a piece of the connection's plaintext; retains what it keeps. */
    void data(ByteBuf piece) {
        if (over || refused) {
            return;
        }
        if (negotiating()) {
            ByteBuffer bytes = piece.nioBuffer();
            int before = bytes.remaining();
            negotiator.receive(bytes);
            sendNegotiation();
            int used = before - bytes.remaining();
            stream.consumed(used);
            piece.skipBytes(used);
            settle();
            if (over || negotiating() || !piece.isReadable()) {
                return;
            }
        }
        StreamReader to = reader;
        if (to == null) {
            keep(piece);
        } else {
            to.data(this, piece);
        }
    }

    // A peer may send one byte a frame: small pieces are copied together, so that a window of bytes holds few buffers.
    private void keep(ByteBuf piece) {
        ByteBuf last = unread.peekLast();
        if (last != null && last.refCnt() == 1 && last.maxFastWritableBytes() >= piece.readableBytes()) {
            last.writeBytes(piece);
        } else if (piece.readableBytes() < 1024) {
            ByteBuf copy = connection.allocate(Math.max(2048, piece.readableBytes()));
            unread.add(copy.writeBytes(piece));
        } else {
            unread.add(connection.allocate(piece.readableBytes()).writeBytes(piece));
        }
    }

    private void settle() {
        switch (negotiator.state()) {
            case Negotiation.Pending() -> {}
            case Negotiation.Assumed(String _) -> {}
            case Negotiation.Proposed(String proposed) -> proposed(proposed);
            case Negotiation.Agreed(String agreed) -> {
                isNegotiated();
                if (!announced()) {
                    agreed(agreed);
                }
            }
            case Negotiation.Failed(var failure) -> failed(failure);
        }
    }

    // Everything that may refuse it is asked before it is agreed: the peer takes an agreed stream for one that is
    // served.
    private void proposed(String proposed) {
        protocol = proposed;
        counted = connection.facts().lets(this);
        if (!counted || !announced(null)) {
            negotiator.refuse();
            reset();
            return;
        }
        negotiator.accept();
        sendNegotiation();
        if (!over) {
            isNegotiated();
            connection.transport().serve(this, true);
        }
    }

    private void isNegotiated() {
        negotiated = true;
        connection.negotiated(this);
    }

    private void agreed(String agreed) {
        protocol = agreed;
        if (announced(open)) {
            connection.transport().serve(this, false);
        } else {
            reset();
        }
    }

    private boolean announced(@Nullable PendingOpen wish) {
        handle = connection.transport().newHandle(NettyTransport.STREAM);
        if (!connection.announce(this, wish)) {
            // No state will ever know the handle.
            handle = null;
        }
        return handle != null;
    }

    private void failed(MultistreamFailure failure) {
        if (!announced()) {
            // Whoever opens lazily sends its first message behind its proposal: a reset would overtake the refusal.
            boolean goesOn = failure instanceof MultistreamFailure.TimedOut
                    || failure instanceof MultistreamFailure.TooManyRefusals;
            if (spoken && open == null && !goesOn) {
                connection.facts().negotiationFailed(null, failure.message());
                refused = true;
                isNegotiated();
                stream.close();
            } else {
                unnegotiated(failure.message());
            }
            return;
        }
        // It was taken for agreed.
        stream.reset(0);
        finish(
                failure instanceof MultistreamFailure.NoCommonProtocol
                        ? EndReason.UNSUPPORTED
                        : EndReason.PROTOCOL_ERROR,
                failure.message());
    }

    private void unnegotiated(String why) {
        connection.facts().negotiationFailed(open, why);
        stream.reset(0);
        finish(EndReason.PROTOCOL_ERROR, "");
    }

    /** Gives up if it is the opening of this number. */
    void cancelIf(long number) {
        if (open != null && open.effect.number() == number) {
            stream.reset(0);
            finish(EndReason.LOCAL_RESET, "");
        }
    }

    /** The peer closed its side. */
    void remoteFin() {
        if (refused) {
            return;
        }
        if (negotiating()) {
            negotiator.endOfInput();
            settle();
            return;
        }
        remoteClosed = true;
        if (reader != null && unread.isEmpty()) {
            reader.remoteClosed(this);
        }
    }

    void writableAgain() {
        if (reader != null) {
            reader.writable(this);
        }
    }

    /** The multiplexer has sent bytes of ours. */
    void bytesSent(int count) {
        int left = count;
        while (left > 0) {
            Sent first = sent.element();
            int part = Math.min(left, first.left);
            first.left -= part;
            left -= part;
            if (first.left == 0) {
                sent.remove().buffer.release();
            }
        }
    }

    /** The stream is over: tells everybody, once. */
    void finish(EndReason reason, String detail) {
        if (over) {
            return;
        }
        over = true;
        endedBy = reason;
        sent.forEach(piece -> piece.buffer.release());
        sent.clear();
        unread.forEach(ByteBuf::release);
        unread.clear();
        StreamReader to = reader;
        reader = null;
        if (to != null) {
            to.ended(this, reason);
        }
        connection.finished(this, open, reason, detail);
    }

    boolean announced() {
        return handle != null;
    }

    /** Whether it has a place among the inbound streams of its protocol. */
    boolean counted() {
        return counted;
    }

    /** The stream's number on its connection. */
    long wireId() {
        return stream.id();
    }

    /** For how many microseconds nothing has moved. */
    long quiet(long now) {
        return Math.max(0, now - stream.activeAt());
    }

    @Override
    public Handle handle() {
        Handle known = handle;
        if (known == null) {
            throw new IllegalStateException("the stream's protocol is not agreed yet");
        }
        return known;
    }

    @Override
    public PeerId peer() {
        return connection.peer();
    }

    @Override
    public String protocol() {
        return protocol;
    }

    @Override
    public void execute(Runnable task) {
        connection.execute(task);
    }

    @Override
    public void attach(StreamReader to) {
        if (reader != null) {
            throw new IllegalStateException("the stream " + handle + " has a reader already");
        }
        if (over) {
            to.ended(this, endedBy);
            return;
        }
        reader = to;
        while (!unread.isEmpty() && reader == to) {
            ByteBuf piece = unread.remove();
            try {
                to.data(this, piece);
            } finally {
                piece.release();
            }
        }
        if (remoteClosed && reader == to) {
            to.remoteClosed(this);
        }
        connection.soon();
    }

    @Override
    public YamuxWrite write(ByteBuf bytes) {
        if (over) {
            return YamuxWrite.CLOSED;
        }
        ByteBuffer view = bytes.nioBuffer();
        int before = view.remaining();
        YamuxWrite answer = stream.write(view);
        int taken = before - view.remaining();
        if (taken > 0) {
            sent.add(new Sent(bytes.retainedSlice(bytes.readerIndex(), taken), taken));
            bytes.skipBytes(taken);
            connection.soon();
        }
        return answer;
    }

    @Override
    public void consumed(int count) {
        if (!over) {
            stream.consumed(count);
            connection.soon();
        }
    }

    @Override
    public void closeWrite() {
        stream.closeWrite();
        connection.soon();
    }

    @Override
    public void close() {
        unread.forEach(ByteBuf::release);
        unread.clear();
        stream.close();
        connection.soon();
    }

    @Override
    public void reset() {
        reset(EndReason.LOCAL_RESET, "");
    }

    @Override
    public void fail(String why) {
        reset(EndReason.PROTOCOL_ERROR, why);
    }

    private void reset(EndReason reason, String detail) {
        if (!over) {
            stream.reset(0);
            finish(reason, detail);
            connection.soon();
        }
    }

    @Override
    public String toString() {
        return protocol + " " + handle;
    }
}
