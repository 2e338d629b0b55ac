package dev.dunlin.connection.protocols;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.connection.stream.EndReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;

/** Uses one of the protocols on a stream that we opened: sends a payload, half-closes, and sums up what comes. */
public final class Transfer implements StreamReader {

    /** How much of what came is kept, in bytes: enough for a checksum or a greeting. */
    private static final int HEAD = 32;

    private final Sender sender;
    private final boolean answers;
    private final long resetAt;
    private final Checksum received = new Checksum();
    private final ByteBuf head = Unpooled.buffer(HEAD, HEAD);
    private final CompletableFuture<Done> done = new CompletableFuture<>();
    private boolean remoteClosed;
    private volatile long got;

    /**
     * How a transfer went.
     *
     * @param sent how many bytes the stream took
     * @param sentSha256 of what was made to be sent, in hex
     * @param received how many bytes came
     * @param receivedSha256 of them, in hex
     * @param head their first 32 at most, in hex
     * @param remoteClosed whether the other side ended its side in order
     * @param reason how the stream ended
     */
    public record Done(
            long sent,
            String sentSha256,
            long received,
            String receivedSha256,
            String head,
            boolean remoteClosed,
            EndReason reason) {}

    private Transfer(Payload payload, boolean answers, long resetAt) {
        this.sender = new Sender(payload);
        this.answers = answers;
        this.resetAt = resetAt;
    }

    /** Sends at once. */
    public static Transfer sending(Payload payload) {
        return new Transfer(payload, false, Long.MAX_VALUE);
    }

    /** Sends when the other side has ended its side. */
    public static Transfer answering(Payload payload) {
        return new Transfer(payload, true, Long.MAX_VALUE);
    }

    /** Sends at once, and resets the stream when so many bytes have come. */
    public static Transfer resettingAt(long received, Payload payload) {
        return new Transfer(payload, false, received);
    }

    /** Begins, from any thread; the stream must have no reader. The future completes when the stream is over, whatever the reason. */
    public CompletableFuture<Done> on(StreamChannel stream) {
        stream.execute(() -> {
            stream.attach(this);
            if (!answers) {
                sender.pump(stream);
            }
        });
        return done;
    }

    /** How many bytes the stream has taken; from any thread. */
    public long sent() {
        return sender.taken();
    }

    /** How many bytes have come; from any thread. */
    public long received() {
        return got;
    }

    @Override
    public void data(StreamChannel stream, ByteBuf bytes) {
        received.add(bytes);
        got = received.count();
        int count = bytes.readableBytes();
        head.writeBytes(bytes, Math.min(count, head.writableBytes()));
        stream.consumed(count);
        if (received.count() >= resetAt) {
            stream.reset();
        }
    }

    @Override
    public void remoteClosed(StreamChannel stream) {
        remoteClosed = true;
        if (answers) {
            sender.pump(stream);
        }
    }

    @Override
    public void writable(StreamChannel stream) {
        if (!answers || remoteClosed) {
            sender.pump(stream);
        }
    }

    @Override
    public void ended(StreamChannel stream, EndReason reason) {
        done.complete(new Done(
                sender.taken(),
                sender.checksum().hex(),
                received.count(),
                received.hex(),
                HexFormat.of().formatHex(head.array(), 0, head.readableBytes()),
                remoteClosed,
                reason));
    }
}
