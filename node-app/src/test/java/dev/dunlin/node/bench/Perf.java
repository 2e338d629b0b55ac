package dev.dunlin.node.bench;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.yamux.YamuxWrite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Both sides of {@code /perf/1.0.0} (libp2p/specs perf/perf.md): the server reads to the end, then sends what was asked for. */
public final class Perf implements StreamReader {

    /** Its name on the wire. */
    public static final String PROTOCOL = "/perf/1.0.0";

    private static final ByteBuf ZEROS = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(new byte[1 << 18]));

    private final boolean server;
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private long asked;
    private int header;
    private long toSend;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private boolean sending;

    private Perf(boolean server, long toSend, long asked) {
        this.server = server;
        this.toSend = toSend;
        this.asked = asked;
    }

    /** What answers one stream. */
    public static Perf server() {
        return new Perf(true, 0, 0);
    }

    /** Sends so many bytes, then wants so many; {@link #done} when they have come. */
    public static Perf client(StreamChannel stream, long upload, long download) {
        Perf perf = new Perf(false, upload, download);
        stream.execute(() -> {
            stream.attach(perf);
            ByteBuf ask = Unpooled.copyLong(download);
            stream.write(ask);
            ask.release();
            perf.sending = true;
            perf.pump(stream);
        });
        return perf;
    }

    /** All bytes that came, when all have come; a failure if the stream ends before. */
    public CompletableFuture<Long> done() {
        return done;
    }

    /** How many bytes the stream has taken so far. */
    public long sent() {
        return sent.get();
    }

    /** How many bytes have come so far. */
    public long received() {
        return received.get();
    }

    private void pump(StreamChannel stream) {
        while (toSend > 0) {
            ByteBuf piece = ZEROS.slice(0, (int) Math.min(toSend, ZEROS.readableBytes()));
            int before = piece.readableBytes();
            boolean whole = stream.write(piece) == YamuxWrite.TAKEN;
            int taken = before - piece.readableBytes();
            toSend -= taken;
            sent.addAndGet(taken);
            if (!whole) {
                return;
            }
        }
        sending = false;
        stream.closeWrite();
    }

    @Override
    public void data(StreamChannel stream, ByteBuf bytes) {
        int count = bytes.readableBytes();
        while (server && header < Long.BYTES && bytes.isReadable()) {
            asked = asked << 8 | bytes.readUnsignedByte();
            header++;
        }
        received.addAndGet(bytes.readableBytes());
        stream.consumed(count);
    }

    @Override
    public void writable(StreamChannel stream) {
        if (sending) {
            pump(stream);
        }
    }

    @Override
    public void remoteClosed(StreamChannel stream) {
        if (server) {
            toSend = asked;
            sending = true;
            pump(stream);
        } else if (received.get() == asked) {
            done.complete(asked);
        }
    }

    @Override
    public void ended(StreamChannel stream, EndReason reason) {
        done.completeExceptionally(new IllegalStateException("the stream ended (" + reason + ") after " + received));
    }
}
