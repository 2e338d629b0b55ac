package dev.dunlin.connection.yamux;

import dev.dunlin.connection.yamux.StreamList.Link;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;

/** One stream of a {@link YamuxSession}, on the session's thread. Calls on a stream that is over do nothing. */
public final class YamuxStream {

    /** Where a stream stands. */
    public enum State {
        /** Both sides may send. */
        OPEN,
        /** We ended our side, or are about to when what was written is sent. */
        LOCAL_CLOSED,
        /** The peer sent FIN. */
        REMOTE_CLOSED,
        /** Both sides are closed. */
        CLOSED,
        /** Reset by either side, or lost with the life. */
        RESET
    }

    private final StreamLife life;
    private final int id;
    private final boolean outbound;
    private Optional<Object> attachment = Optional.empty();

    // The rest belongs to the session's parts in this package.
    final ReceiveWindow in;
    final ArrayDeque<ByteBuffer> writes = new ArrayDeque<>();
    final Link closing = new Link(this);
    final Link signal = new Link(this);
    final Link ready = new Link(this);
    final Link starving = new Link(this);
    long activeAt;
    long bytesIn;
    long bytesOut;
    long closingAt;
    long unreadReserved;
    long writtenReserved;
    long queued;
    long sendWindow = Wire.INITIAL_WINDOW;
    boolean starved;
    boolean synSent;
    boolean acked;
    boolean accepted;
    boolean ackSent;
    boolean finWanted;
    boolean finSent;
    boolean finReceived;
    boolean discarding;
    boolean over;
    boolean reset;

    YamuxStream(StreamLife life, int id, boolean outbound, long now) {
        this.life = life;
        this.id = id;
        this.outbound = outbound;
        this.in = new ReceiveWindow(now);
        this.activeAt = now;
    }

    /** The stream's number on the wire, 1 to 2^32-1. */
    public long id() {
        return Integer.toUnsignedLong(id);
    }

    int wireId() {
        return id;
    }

    /** Whether we opened it. */
    public boolean outbound() {
        return outbound;
    }

    /** Where it stands. */
    public State state() {
        if (reset) {
            return State.RESET;
        }
        if (finReceived) {
            return finWanted ? State.CLOSED : State.REMOTE_CLOSED;
        }
        return finWanted ? State.LOCAL_CLOSED : State.OPEN;
    }

    /** Keeps an object of the caller's with the stream, in place of a map from streams. */
    public void attach(Object object) {
        attachment = Optional.of(object);
    }

    /** What was last attached. */
    public Optional<Object> attachment() {
        return attachment;
    }

    /** Accepts a stream that the peer opened, which sends the ACK; writing or closing does so too. */
    public void accept() {
        life.accept(this);
    }

    /** Whether the other side knows that the stream was accepted: the peer's ACK came, or ours was sent. */
    public boolean acknowledged() {
        return outbound ? acked : ackSent;
    }

    /**
     * Takes bytes to send, as many as fit; the buffer's position moves past them. They are not copied: their content
     * must stay as it is until they went to {@link YamuxOutput#body} or the stream is over.
     */
    public YamuxWrite write(ByteBuffer bytes) {
        return life.write(this, bytes);
    }

    /** How many bytes {@link #write} would take now. */
    public long writable() {
        return life.writable(this);
    }

    /** How many bytes, beyond those that were written already, the peer's window lets out now; 0 to 2^32-1. */
    public long sendCredit() {
        return over || finWanted ? 0 : Math.max(0, sendWindow - queued);
    }

    /** Bytes that were written and not yet drained. */
    public long queued() {
        return queued;
    }

    /** Bytes that were delivered and not yet consumed. */
    public long unread() {
        return in.unread();
    }

    /** Body bytes that came from the peer so far, those that were dropped after {@link #close} included. */
    public long bytesIn() {
        return bytesIn;
    }

    /** Body bytes that were drained so far. */
    public long bytesOut() {
        return bytesOut;
    }

    /**
     * When a body byte last came or was drained, in microseconds of the session's clock; before the first, when the
     * stream was opened. No stream is reset for being quiet: whoever wants that asks here.
     */
    public long activeAt() {
        return activeAt;
    }

    /** Size of the receive window in bytes: what may be unread at most. */
    public long receiveWindow() {
        return in.size();
    }

    /**
     * Says that the application is done with bytes that were delivered. Nothing else lets the peer send more.
     *
     * @throws IllegalArgumentException if the number is negative or above {@link #unread}, unless the stream is over
     */
    public void consumed(int bytes) {
        life.consumed(this, bytes);
    }

    /** Ends our side: FIN follows what was written. The peer may go on sending. */
    public void closeWrite() {
        life.closeWrite(this);
    }

    /**
     * Ends our side as {@link #closeWrite} does, and reads no more: what comes and what is unread is dropped, and credited to
     * the peer so that it can end in order. It has {@link YamuxLimits#closeTimeout} for that.
     */
    public void close() {
        life.close(this);
    }

    /**
     * Ends both sides at once; what was written and not sent is forgotten. There is no event for it.
     *
     * @param code an error code for the peer, 0 to 2^32-1, as go-yamux sends it in the length of WindowUpdate+RST
     * @throws IllegalArgumentException if the code is out of its range
     */
    public void reset(long code) {
        if (code < 0 || code > Wire.MAX_WINDOW) {
            throw new IllegalArgumentException("a reset code is 0 to 2^32-1, not " + code);
        }
        life.reset(this, code);
    }

    /** Whether a frame of this stream may go out now. */
    boolean sendable() {
        return !over && (queued > 0 ? sendWindow > 0 : finWanted && !finSent);
    }

    @Override
    public String toString() {
        return "yamux stream " + id() + " " + state();
    }
}
