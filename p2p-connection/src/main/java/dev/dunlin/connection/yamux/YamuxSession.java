package dev.dunlin.connection.yamux;

import dev.dunlin.connection.account.ByteAccount;
import dev.dunlin.connection.yamux.YamuxEvent.ResetCause;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

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

    private final Core core;
    private final Inbound inbound;
    private final FrameReader reader = new FrameReader();
    private long nextId;

    private YamuxSession(
            YamuxRole role, YamuxLimits limits, ByteAccount.Share share, YamuxListener listener, long now) {
        this.core = new Core(limits, share, listener, now);
        this.inbound = new Inbound(core, role);
        this.nextId = role.firstId();
    }

    /**
     * A session at the beginning of a connection; its first deadline, that of the first ping, is at once.
     *
     * @param share what this session alone reserves the bytes from that it makes the node hold; all are released at its end
     */
    public static YamuxSession create(
            YamuxRole role, YamuxLimits limits, ByteAccount.Share share, YamuxListener listener, long now) {
        return new YamuxSession(role, limits, share, listener, now);
    }

    /**
     * Takes bytes from the peer; the buffer's position moves past what was used. What is left is to be offered again
     * when {@link #wantsRead}. After the end everything is thrown away.
     *
     * @throws IllegalStateException if called from the listener
     */
    public void receive(ByteBuffer bytes, long time) {
        core.enter(time);
        try {
            int offered = bytes.remaining();
            reader.read(bytes, inbound);
            if (bytes.remaining() < offered) {
                core.keepalive.received(core.now());
            }
            core.endIfFinished();
            if (!core.running()) {
                bytes.position(bytes.limit());
            } else if (bytes.hasRemaining()) {
                core.count(YamuxDrop.READING_STOPPED);
            }
        } finally {
            core.exit();
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
        core.enter(time);
        try {
            long sent = core.outbound.drain(out, maxBytes, core.now());
            core.endIfFinished();
            return sent;
        } finally {
            core.exit();
        }
    }

    /** Whether {@link #drain} has something to write. */
    public boolean wantsWrite() {
        return core.outbound.pending();
    }

    /** When {@link #onTime} is to be called, in microseconds; {@link Long#MAX_VALUE} for never. */
    public long nextDeadline() {
        if (!core.running()) {
            return Long.MAX_VALUE;
        }
        return Math.min(core.keepalive.deadline(), core.streams.closingUntil());
    }

    /**
     * Does what is due: pings, and resets of streams whose close took too long.
     *
     * @throws IllegalStateException if called from the listener
     */
    public void onTime(long time) {
        core.enter(time);
        try {
            if (!core.running()) {
                return;
            }
            core.keepalive.onTime(core.now());
            expire();
            core.endIfFinished();
        } finally {
            core.exit();
        }
    }

    private void expire() {
        while (core.streams.closingUntil() <= core.now()) {
            YamuxStream stream = core.streams.longestClosing();
            if (stream != null) {
                core.life.expire(stream, YamuxDrop.CLOSE_TIMEOUT, ResetCause.CLOSE_TIMEOUT);
            }
        }
    }

    /** Opens a stream, or says why not. It may be written to at once. */
    public YamuxOpen open(long time) {
        core.advance(time);
        if (!core.running() || core.goAways.meant()) {
            return refuse(YamuxOpen.Reason.SESSION_ENDED, YamuxDrop.OPEN_IMPOSSIBLE);
        }
        if (core.goAways.received().isPresent()) {
            return refuse(YamuxOpen.Reason.PEER_WENT_AWAY, YamuxDrop.OPEN_IMPOSSIBLE);
        }
        if (nextId > Wire.MAX_ID) {
            return refuse(YamuxOpen.Reason.IDS_USED_UP, YamuxDrop.OPEN_IMPOSSIBLE);
        }
        if (core.streams.outbound() >= core.limits.maxOutboundStreams()) {
            return refuse(YamuxOpen.Reason.STREAMS_FULL, YamuxDrop.OUTBOUND_STREAMS_FULL);
        }
        if (core.streams.unacked() >= core.limits.ackBacklog()) {
            return refuse(YamuxOpen.Reason.ACK_BACKLOG_FULL, YamuxDrop.ACK_BACKLOG_FULL);
        }
        YamuxStream stream = core.life.opened((int) nextId, true);
        nextId += 2;
        core.life.grow(stream, core.limits.initialWindow());
        core.outbound.signal(stream);
        return new YamuxOpen.Opened(stream);
    }

    private YamuxOpen refuse(YamuxOpen.Reason reason, YamuxDrop counter) {
        core.count(counter);
        return new YamuxOpen.Refused(reason);
    }

    /**
     * Says what the round-trip time may be, in microseconds, until a ping has measured it: windows do not grow before it is
     * known.
     */
    public void assumeRtt(long micros) {
        core.keepalive.assume(micros);
    }

    /** Pings the peer now, unless a ping is on its way. */
    public void ping(long time) {
        core.advance(time);
        if (core.running()) {
            core.keepalive.ping(core.now());
        }
    }

    /**
     * Opens and takes no streams any more; those that are open go on. Streams that the peer opens all the same are refused; {@link
     * YamuxLimits#ackBacklog} of them do not count as wasted opens. GoAway is said behind the last stream, since other
     * implementations end their streams when they hear it.
     */
    public void goAway() {
        if (core.running() && core.goAways.mean()) {
            core.endIfFinishedNow();
        }
    }

    /**
     * Ends the session in order and loses no byte: takes no streams as {@link #goAway} does, and ends by itself, with {@link
     * YamuxEnd#CLOSED_BY_US}, when the last stream is over and all that was written is drained. How long that may take is the
     * caller's affair: {@link #close} cuts it short.
     */
    public void finish() {
        core.goAways.mean();
        core.goAways.finish();
        core.endIfFinishedNow();
    }

    /** The code of the peer's GoAway, 0 to 2^32-1, if it said one; the last that was reported. Kept beyond the session's end. */
    public OptionalLong peerGoAway() {
        return core.goAways.received();
    }

    /** Ends the session now: streams are lost, and a GoAway is left to drain before the connection is closed. */
    public void close() {
        core.end(YamuxEnd.CLOSED_BY_US);
    }

    /** The connection below is gone: streams are lost, nothing will be sent. */
    public void connectionLost() {
        core.end(YamuxEnd.CONNECTION_LOST);
    }

    /** Why the session ended, if it did. */
    public Optional<YamuxEnd> ended() {
        return core.ended();
    }

    /** The smoothed round-trip time in microseconds, once a ping was answered or it was assumed. */
    public OptionalLong roundTrip() {
        long rtt = core.keepalive.rtt();
        return rtt == 0 ? OptionalLong.empty() : OptionalLong.of(rtt);
    }

    /** Streams that the peer opened and that hold a place: those not over. */
    public int inboundStreams() {
        return core.streams.inbound();
    }

    /** Streams that we opened and that hold a place. */
    public int outboundStreams() {
        return core.streams.outbound();
    }

    /** Bytes that were written to all streams and not yet drained. */
    public long queued() {
        return core.outbound.queued();
    }

    /** Bytes by which receive windows stand above 256 KiB each, in all. */
    public long windowGrowth() {
        return core.memory.grown();
    }

    /** What was done and refused so far. */
    public YamuxCounters counters() {
        return core.tally.snapshot();
    }
}
