package dev.dunlin.connection.protocol;

import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.state.Bytes;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages over one stream: one is read when somebody asks for it, and one written at a time. What arrives before it is asked for is
 * kept and not {@linkplain ByteStream#consumed consumed}, so that it counts against the peer's window: who asks for no more makes the
 * peer wait. Not thread-safe.
 */
public final class MessageStream implements ByteStream.Receiver {

    private static final byte[] NONE = new byte[0];

    private final ByteStream bytes;

    // What came and nobody asked for: one flat piece, however many frames it came in.
    private byte[] kept = NONE;
    private int from;
    private int to;

    private @Nullable Reading reading;
    private @Nullable Writing writing;
    private boolean remoteClosed;
    private boolean resting;
    private @Nullable EndReason over;

    /** Over a stream, from its begin. */
    public MessageStream(ByteStream bytes) {
        this.bytes = bytes;
    }

    /** What became of a message that was asked for. */
    public sealed interface Read {

        /** It is there. */
        record Came(Message message) implements Read {}

        /** There is none: the peer has ended its side between two messages. */
        record Finished() implements Read {}

        /**
         * What came is none, or was cut off by the end of the peer's side. The stream can be read no more.
         *
         * @param why a sentence without its full stop
         */
        record Malformed(String why) implements Read {}

        /**
         * The stream ended before it was there.
         *
         * @param reason how it ended
         * @param why a sentence without its full stop
         */
        record Lost(EndReason reason, String why) implements Read {}
    }

    /** What became of a message that was to be written. */
    public sealed interface Write {

        /** All of it is taken. */
        record Taken() implements Write {}

        /**
         * It has no bytes: its codec fails, or it is too long for its framing. Nothing of it was sent, and the stream stands as before.
         *
         * @param why a sentence without its full stop
         */
        record Unencodable(String why) implements Write {}

        /**
         * The stream ended before all of it was taken.
         *
         * @param why a sentence without its full stop
         */
        record Lost(String why) implements Write {}
    }

    // Most streams wait for a message of which nothing has come: its frame is begun with its first byte.
    private static final class Reading {
        private final MessageCodec<?> codec;
        private final Consumer<Read> then;
        private @Nullable FrameReader begun;

        Reading(MessageCodec<?> codec, Consumer<Read> then) {
            this.codec = codec;
            this.then = then;
        }

        FrameReader frames() {
            FrameReader known = begun;
            if (known == null) {
                known = new FrameReader(codec.framing());
                begun = known;
            }
            return known;
        }
    }

    private record Writing(ByteBuffer bytes, boolean last, Consumer<Write> then) {}

    /**
     * Asks for the next message.
     *
     * @param then is told once
     * @throws IllegalStateException if one is asked for already
     */
    public void read(MessageCodec<?> codec, Consumer<Read> then) {
        if (reading != null) {
            throw new IllegalStateException("a message of this stream is awaited already");
        }
        resting = false;
        reading = new Reading(codec, then);
        if (over != null) {
            told(lost(over));
            return;
        }
        ByteBuffer view = ByteBuffer.wrap(kept, from, to - from);
        Optional<Read> result = taken(view);
        int used = view.position() - from;
        from = view.position();
        if (from == to) {
            forget();
        }
        if (result.isEmpty() && remoteClosed) {
            result = Optional.of(lastOf(reading));
        }
        result.ifPresent(this::told);
        // Last, since a stream whose both sides are ended is over when its last byte is consumed.
        consumed(used);
    }

    private void consumed(int used) {
        if (used > 0) {
            bytes.consumed(used);
        }
    }

    /**
     * Writes a message.
     *
     * @param last whether our side ends behind it
     * @param then is told once
     * @throws IllegalStateException if one is being written
     */
    public void write(MessageCodec<?> codec, Message message, boolean last, Consumer<Write> then) {
        if (writing != null) {
            throw new IllegalStateException("a message of this stream is being written");
        }
        resting = false;
        if (over != null) {
            then.accept(new Write.Lost(why(over)));
            return;
        }
        byte[] body;
        try {
            body = encoded(codec, message);
        } catch (RuntimeException e) {
            // A codec's fault is the fault of one message.
            then.accept(new Write.Unencodable("its codec fails: " + e));
            return;
        }
        if (!codec.framing().fits(body.length)) {
            then.accept(
                    new Write.Unencodable("it has " + body.length + " bytes, and its framing is " + codec.framing()));
            return;
        }
        writing = new Writing(ByteBuffer.wrap(codec.framing().framed(body)), last, then);
        writable();
    }

    // The codec of a protocol takes the messages of that protocol: guards have looked.
    @SuppressWarnings("unchecked")
    private static <M extends Message> byte[] encoded(MessageCodec<M> codec, Message message) {
        return codec.encode((M) message).toArray();
    }

    @Override
    public void writable() {
        Writing now = writing;
        if (now == null) {
            return;
        }
        ByteStream.Sent sent = now.bytes().hasRemaining() ? bytes.send(now.bytes()) : ByteStream.Sent.ALL;
        if (sent == ByteStream.Sent.PART) {
            return;
        }
        writing = null;
        boolean isSent = sent == ByteStream.Sent.ALL;
        // First, since a stream whose both sides are ended is over.
        now.then().accept(isSent ? new Write.Taken() : new Write.Lost("our side is closed"));
        if (isSent && now.last()) {
            bytes.closeWrite();
        }
    }

    @Override
    public void arrived(ByteBuffer came) {
        if (resting) {
            unasked();
            return;
        }
        if (from == to && reading != null) {
            int before = came.remaining();
            Optional<Read> result = taken(came);
            int used = before - came.remaining();
            if (came.hasRemaining()) {
                keep(came, came.remaining());
            }
            result.ifPresent(this::told);
            consumed(used);
        } else if (came.hasRemaining()) {
            keep(came, came.remaining());
        }
    }

    // Takes of what came as much as the awaited message has.
    private Optional<Read> taken(ByteBuffer came) {
        Reading now = reading;
        if (now == null || !(came.hasRemaining() || now.codec.framing() instanceof Framing.Nothing)) {
            return Optional.empty();
        }
        try {
            Optional<Bytes> body = now.frames().next(came);
            return body.isPresent() ? Optional.of(decoded(now.codec, body.get())) : Optional.empty();
        } catch (MalformedMessage malformed) {
            return Optional.of(new Read.Malformed(String.valueOf(malformed.getMessage())));
        }
    }

    private static Read decoded(MessageCodec<?> codec, Bytes body) throws MalformedMessage {
        try {
            Message message = codec.decode(body);
            return codec.type().isInstance(message)
                    ? new Read.Came(message)
                    : new Read.Malformed("its codec gives no message of its type");
        } catch (RuntimeException e) {
            return new Read.Malformed("its codec fails: " + e);
        }
    }

    private void keep(ByteBuffer came, int more) {
        if (kept.length - to < more) {
            byte[] wider =
                    to - from + more <= kept.length ? kept : new byte[Math.max(2 * (to - from), to - from + more)];
            System.arraycopy(kept, from, wider, 0, to - from);
            kept = wider;
            to -= from;
            from = 0;
        }
        came.get(kept, to, more);
        to += more;
    }

    private void told(Read read) {
        Reading now = reading;
        reading = null;
        if (now != null) {
            now.then.accept(read);
        }
    }

    @Override
    public void remoteClosed() {
        remoteClosed = true;
        if (resting) {
            bytes.closeWrite();
        } else {
            endOfInput();
        }
    }

    /**
     * Keeps the stream for later, while nothing is read or written, and nothing may come: until then, our side ends when the peer
     * ends its own. Otherwise a peer that closes the connection in order would wait for a stream of which nobody here thinks. A
     * peer that sends meanwhile has broken the protocol: what it sends would be taken for the answer to the next question.
     */
    public void rest() {
        resting = true;
        if (from < to) {
            unasked();
        } else if (remoteClosed) {
            bytes.closeWrite();
        }
    }

    private void unasked() {
        forget();
        bytes.fail("the peer has sent more than it was asked for");
    }

    private void endOfInput() {
        Reading now = reading;
        if (now != null && from == to) {
            told(lastOf(now));
        }
    }

    // What the end of the peer's side makes of what came.
    private static Read lastOf(Reading now) {
        try {
            Optional<Bytes> body = now.frames().end();
            return body.isPresent() ? decoded(now.codec, body.get()) : new Read.Finished();
        } catch (MalformedMessage malformed) {
            return new Read.Malformed(String.valueOf(malformed.getMessage()));
        }
    }

    /** Ends our side behind what was written. */
    public void finish() {
        bytes.closeWrite();
    }

    private static Read lost(EndReason reason) {
        return new Read.Lost(reason, why(reason));
    }

    private static String why(EndReason reason) {
        return "the stream ended (" + reason + ")";
    }

    private void forget() {
        kept = NONE;
        from = 0;
        to = 0;
    }

    @Override
    public void ended(EndReason reason) {
        over = reason;
        forget();
        Writing unwritten = writing;
        writing = null;
        if (unwritten != null) {
            unwritten.then().accept(new Write.Lost(why(reason)));
        }
        told(lost(reason));
    }

    /** How many bytes are allocated for what nobody asked for, for the test of the bound. */
    int capacity() {
        return kept.length;
    }
}
