package dev.dunlin.connection.yamux;

import dev.dunlin.connection.yamux.YamuxEvent.ResetCause;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One yamux connection (<code>/yamux/1.0.0</code>; hashicorp/yamux spec.md, libp2p/specs yamux/README.md), pure: the
 * caller brings bytes and the time, and takes frames away.
 *
 * <ul>
 *   <li>{@link #receive} takes bytes in any split and reports events to the listener. It stops early while too many
 *       answers wait to be sent: then {@link #wantsRead} is false, and the caller keeps the rest and reads no more from
 *       the socket until draining makes it true. Streams that cannot write never stop it.
 *   <li>{@link #drain} writes frames while the socket takes them; {@link #wantsWrite} says whether there are any. It is
 *       to be asked after every call, and after events.
 *   <li>{@link #onTime} is due at {@link #nextDeadline}.
 * </ul>
 *
 * Times are microseconds of any clock that does not run backwards; an earlier time than before counts as the latest
 * seen. Not thread-safe.
 */
public final class YamuxSession {

    /** GoAway code: all is well. */
    public static final int NORMAL = 0;
    /** GoAway code: the peer broke the protocol. */
    public static final int PROTOCOL_ERROR = 1;
    /** GoAway code: we failed. */
    public static final int INTERNAL_ERROR = 2;

    private final YamuxLimits limits;
    private final YamuxListener listener;
    private final FrameReader reader = new FrameReader();
    private final Inbound inbound;
    private final Outbound outbound;
    private final Keepalive keepalive;
    private final Tally tally = new Tally();

    private final StreamTable streams;

    private Optional<YamuxEnd> end = Optional.empty();
    private boolean wentAway;
    private boolean peerWentAway;
    private boolean busy;
    private long nextId;
    private long now;

    private YamuxSession(YamuxRole role, YamuxLimits limits, YamuxListener listener, long now) {
        this.limits = limits;
        this.listener = listener;
        this.now = now;
        this.nextId = role.firstId();
        this.streams = new StreamTable(limits);
        this.outbound = new Outbound(this, limits);
        this.inbound = new Inbound(this, limits, role, now);
        this.keepalive = new Keepalive(this, limits, now);
    }

    /** A session at the beginning of a connection; its first deadline, that of the first ping, is at once. */
    public static YamuxSession create(YamuxRole role, YamuxLimits limits, YamuxListener listener, long now) {
        return new YamuxSession(role, limits, listener, now);
    }

    /**
     * Takes bytes from the peer; the buffer's position moves past what was used. What is left is to be offered again
     * when {@link #wantsRead}. After the end everything is thrown away.
     *
     * @throws IllegalStateException if called from the listener
     */
    public void receive(ByteBuffer bytes, long time) {
        enter(time);
        try {
            int offered = bytes.remaining();
            reader.read(bytes, inbound);
            if (bytes.remaining() < offered) {
                keepalive.received(now);
            }
            if (end.isPresent()) {
                bytes.position(bytes.limit());
            } else if (bytes.hasRemaining()) {
                count(YamuxDrop.READING_STOPPED);
            }
        } finally {
            busy = false;
        }
    }

    /** Whether the caller should read from the connection. */
    public boolean wantsRead() {
        return inbound.ready();
    }

    /**
     * Writes waiting frames, answers before data, streams in turn; ends after the frame that reaches the bound,
     * or after the FIN behind it. A FIN has a WindowUpdate frame of its own (libp2p/specs yamux/README.md allows both).
     *
     * @param maxBytes about how many bytes the connection takes now
     * @return how many bytes went out, headers included
     * @throws IllegalStateException if called from the listener
     */
    public long drain(YamuxOutput out, long maxBytes, long time) {
        enter(time);
        try {
            return outbound.drain(out, maxBytes, now);
        } finally {
            busy = false;
        }
    }

    /** Whether {@link #drain} has something to write. */
    public boolean wantsWrite() {
        return outbound.pending();
    }

    /** When {@link #onTime} is to be called, in microseconds; {@link Long#MAX_VALUE} for never. */
    public long nextDeadline() {
        if (end.isPresent()) {
            return Long.MAX_VALUE;
        }
        return Math.min(keepalive.deadline(), Math.min(streams.silentUntil(), streams.closingUntil()));
    }

    /**
     * Does what is due: pings, and resets of streams that ran out of time.
     *
     * @throws IllegalStateException if called from the listener
     */
    public void onTime(long time) {
        enter(time);
        try {
            if (end.isPresent()) {
                return;
            }
            keepalive.onTime(now);
            while (streams.silentUntil() <= now) {
                expire(streams.longestSilent(), YamuxDrop.IDLE_TIMEOUT, ResetCause.IDLE);
            }
            while (streams.closingUntil() <= now) {
                expire(streams.longestClosing(), YamuxDrop.CLOSE_TIMEOUT, ResetCause.CLOSE_TIMEOUT);
            }
        } finally {
            busy = false;
        }
    }

    private void expire(@Nullable YamuxStream stream, YamuxDrop counter, ResetCause cause) {
        if (stream != null) {
            count(counter);
            tellReset(stream, 0);
            lost(stream, cause, 0);
        }
    }

    /** Opens a stream, or says why not. It may be written to at once. */
    public YamuxOpen open(long time) {
        advance(time);
        if (end.isPresent() || wentAway) {
            return refuse(YamuxOpen.Reason.SESSION_ENDED, YamuxDrop.OPEN_IMPOSSIBLE);
        }
        if (peerWentAway) {
            return refuse(YamuxOpen.Reason.PEER_WENT_AWAY, YamuxDrop.OPEN_IMPOSSIBLE);
        }
        if (nextId > Wire.MAX_ID) {
            return refuse(YamuxOpen.Reason.IDS_USED_UP, YamuxDrop.OPEN_IMPOSSIBLE);
        }
        if (streams.outbound() >= limits.maxOutboundStreams()) {
            return refuse(YamuxOpen.Reason.STREAMS_FULL, YamuxDrop.OUTBOUND_STREAMS_FULL);
        }
        if (streams.unacked() >= limits.ackBacklog()) {
            return refuse(YamuxOpen.Reason.ACK_BACKLOG_FULL, YamuxDrop.ACK_BACKLOG_FULL);
        }
        YamuxStream stream = add((int) nextId, true);
        nextId += 2;
        grow(stream, limits.initialWindow());
        outbound.signal(stream);
        return new YamuxOpen.Opened(stream);
    }

    private YamuxOpen refuse(YamuxOpen.Reason reason, YamuxDrop counter) {
        count(counter);
        return new YamuxOpen.Refused(reason);
    }

    /**
     * Says what the round-trip time may be, in microseconds, until a ping has measured it: windows do not grow before it is
     * known.
     */
    public void assumeRtt(long micros) {
        keepalive.assume(micros);
    }

    /** Pings the peer now, unless a ping is on its way. */
    public void ping(long time) {
        advance(time);
        if (end.isEmpty()) {
            keepalive.ping(now);
        }
    }

    /** Says GoAway: neither side opens streams any more, those that are open go on. */
    public void goAway() {
        if (end.isEmpty() && !wentAway) {
            wentAway = true;
            outbound.control(Wire.GO_AWAY, 0, 0, NORMAL);
        }
    }

    /** Ends the session in order: streams are lost, and a GoAway is left to drain before the connection is closed. */
    public void close() {
        end(YamuxEnd.CLOSED_BY_US);
    }

    /** The connection below is gone: streams are lost, nothing will be sent. */
    public void connectionLost() {
        end(YamuxEnd.CONNECTION_LOST);
    }

    /** Why the session ended, if it did. */
    public Optional<YamuxEnd> ended() {
        return end;
    }

    /** The smoothed round-trip time in microseconds, once a ping was answered or it was assumed. */
    public OptionalLong roundTrip() {
        return keepalive.rtt() == 0 ? OptionalLong.empty() : OptionalLong.of(keepalive.rtt());
    }

    /** Streams that the peer opened and that hold a place: those not over. */
    public int inboundStreams() {
        return streams.inbound();
    }

    /** Streams that we opened and that hold a place. */
    public int outboundStreams() {
        return streams.outbound();
    }

    /** Bytes that were written to all streams and not yet drained. */
    public long queued() {
        return outbound.queued();
    }

    /** Bytes by which receive windows stand above 256 KiB each, in all. */
    public long windowGrowth() {
        return streams.grown();
    }

    /** What was done and refused so far. */
    public YamuxCounters counters() {
        return tally.snapshot();
    }

    // For streams.

    void accept(YamuxStream stream) {
        if (stream.over || stream.outbound() || stream.accepted) {
            return;
        }
        streams.accepted(stream);
        grow(stream, limits.initialWindow());
        outbound.signal(stream);
    }

    YamuxWrite write(YamuxStream stream, ByteBuffer bytes) {
        if (stream.over || stream.finWanted) {
            return YamuxWrite.CLOSED;
        }
        accept(stream);
        return outbound.write(stream, bytes);
    }

    long writable(YamuxStream stream) {
        return stream.over || stream.finWanted ? 0 : outbound.room(stream);
    }

    void consumed(YamuxStream stream, int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("consumed bytes are " + bytes + ", which is below 0");
        }
        if (stream.over || stream.discarding || bytes == 0) {
            return;
        }
        if (bytes > stream.in.unread()) {
            throw new IllegalArgumentException(
                    "consumed bytes are " + bytes + ", but only " + stream.in.unread() + " are delivered and unread");
        }
        stream.in.consumed(bytes);
        streams.touch(stream, now);
        if (!stream.finReceived && stream.in.updateDue()) {
            outbound.signal(stream);
        }
        settle(stream);
    }

    void closeWrite(YamuxStream stream) {
        if (stream.over || stream.finWanted) {
            return;
        }
        accept(stream);
        stream.finWanted = true;
        stream.starved = false;
        stream.starving.unlink();
        outbound.readyIfSendable(stream);
    }

    void close(YamuxStream stream) {
        if (stream.over) {
            return;
        }
        stream.discarding = true;
        stream.in.forgetUnread();
        closeWrite(stream);
        settle(stream);
    }

    void reset(YamuxStream stream, long code) {
        if (!stream.over) {
            tellReset(stream, (int) code);
            stream.reset = true;
            retire(stream);
            outbound.wakeStarving();
        }
    }

    // For the session's parts.

    boolean running() {
        return end.isEmpty();
    }

    boolean wentAway() {
        return wentAway;
    }

    int unacceptedStreams() {
        return streams.unaccepted();
    }

    long now() {
        return now;
    }

    long rtt() {
        return keepalive.rtt();
    }

    Outbound outbound() {
        return outbound;
    }

    Keepalive keepalive() {
        return keepalive;
    }

    void emit(YamuxEvent event) {
        listener.on(event);
    }

    void count(YamuxDrop reason) {
        tally.count(reason);
    }

    void frameReceived() {
        tally.framesIn++;
    }

    void frameSent() {
        tally.framesOut++;
    }

    void bodyBegins(long length) {
        tally.bytesIn += length;
    }

    void pingSent(long time) {
        keepalive.sent(time);
    }

    /** Notes the peer's GoAway; true if there was one before. */
    boolean peerWentAway() {
        boolean before = peerWentAway;
        peerWentAway = true;
        return before;
    }

    @Nullable
    YamuxStream stream(int id) {
        return streams.find(id);
    }

    YamuxStream openedByPeer(int id) {
        return add(id, false);
    }

    private YamuxStream add(int id, boolean ours) {
        YamuxStream stream = new YamuxStream(this, id, ours, now);
        streams.add(stream);
        return stream;
    }

    void ackReceived(YamuxStream stream) {
        streams.acked(stream);
        emit(new YamuxEvent.StreamAcked(stream));
    }

    void delivered(YamuxStream stream, ByteBuffer piece) {
        stream.in.delivered(piece.remaining());
        streams.touch(stream, now);
        if (stream.closing.linked()) {
            streams.awaitFin(stream, now);
        }
        emit(new YamuxEvent.Data(stream, piece));
    }

    void finReceived(YamuxStream stream) {
        if (stream.over) {
            return;
        }
        stream.finReceived = true;
        stream.closing.unlink();
        emit(new YamuxEvent.RemoteClosed(stream));
        settle(stream);
    }

    void dataSent(YamuxStream stream, int length, boolean fin, long time) {
        tally.bytesOut += length;
        if (length > 0) {
            streams.touch(stream, now);
        }
        if (!fin) {
            return;
        }
        stream.finSent = true;
        if (!stream.finReceived) {
            streams.awaitFin(stream, time);
        }
        settle(stream);
    }

    void grow(YamuxStream stream, long target) {
        if (!streams.grow(stream, target)) {
            count(YamuxDrop.WINDOW_BUDGET_SPENT);
        }
    }

    /** A stream died, and not by the application's hand. */
    void lost(YamuxStream stream, ResetCause cause, long code) {
        stream.reset = true;
        retire(stream);
        emit(new YamuxEvent.StreamReset(stream, cause, code));
        outbound.wakeStarving();
    }

    /** Ends the session once; 0, for those who have a body's length to return. */
    long end(YamuxEnd reason) {
        if (end.isPresent()) {
            return 0;
        }
        end = Optional.of(reason);
        List<YamuxStream> lost = new ArrayList<>();
        for (YamuxStream stream = streams.longestSilent(); stream != null; stream = streams.longestSilent()) {
            stream.reset = true;
            retire(stream);
            lost.add(stream);
        }
        outbound.forgetControls();
        if (reason != YamuxEnd.CONNECTION_LOST) {
            outbound.control(Wire.GO_AWAY, 0, 0, reason.goAwayCode());
        }
        emit(new YamuxEvent.SessionEnded(reason));
        for (YamuxStream stream : lost) {
            emit(new YamuxEvent.StreamReset(stream, ResetCause.SESSION_ENDED, 0));
        }
        return 0;
    }

    /** Adds a duration to a time; what is out of range, or never, is never. */
    static long after(long time, long duration) {
        long sum = time + duration;
        return duration == YamuxLimits.NEVER || time > 0 && sum < 0 ? YamuxLimits.NEVER : sum;
    }

    private void tellReset(YamuxStream stream, int code) {
        boolean known = !stream.outbound() || stream.synSent;
        if (known && !(stream.finSent && stream.finReceived)) {
            outbound.control(Wire.WINDOW_UPDATE, Wire.RST, stream.wireId(), code);
        }
    }

    /** A stream keeps its place until its data was consumed: otherwise closed streams would hold memory unseen. */
    private void settle(YamuxStream stream) {
        if (!stream.over && stream.finSent && stream.finReceived && stream.in.unread() == 0) {
            retire(stream);
            emit(new YamuxEvent.StreamClosed(stream));
        }
    }

    private void retire(YamuxStream stream) {
        stream.over = true;
        streams.remove(stream);
        outbound.forget(stream);
    }

    private void advance(long time) {
        now = Math.max(now, time);
    }

    private void enter(long time) {
        if (busy) {
            throw new IllegalStateException("the listener called back into the session; do it afterwards");
        }
        busy = true;
        advance(time);
    }
}
