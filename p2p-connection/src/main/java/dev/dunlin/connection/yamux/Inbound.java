package dev.dunlin.connection.yamux;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What received frames mean. Constant work a frame; nothing is allocated for a body. */
final class Inbound implements FrameReader.Handler {

    private final Core core;
    private final YamuxLimits limits;
    private final YamuxRole role;
    private final IdWindow ids = new IdWindow();
    private final TokenBucket pings;
    private final TokenBucket empties;
    private final TokenBucket wasted;

    /** Where the body being read goes; null drops it. */
    private @Nullable YamuxStream target;

    private boolean finAfterBody;

    Inbound(Core core, YamuxRole role) {
        this.core = core;
        this.limits = core.limits;
        this.role = role;
        long now = core.now();
        this.pings = new TokenBucket(limits.pingsPerSecond(), limits.pingBurst(), now);
        this.empties = new TokenBucket(limits.emptyFramesPerSecond(), limits.emptyFrameBurst(), now);
        this.wasted = new TokenBucket(limits.wastedOpensPerSecond(), limits.wastedOpenBurst(), now);
    }

    @Override
    public boolean ready() {
        return core.running() && !core.outbound.full();
    }

    @Override
    public long header(int word, int id, int length) {
        core.tally.framesIn++;
        if (Wire.version(word) != 0) {
            return core.end(YamuxEnd.UNKNOWN_VERSION);
        }
        int flags = Wire.flags(word);
        return switch (Wire.type(word)) {
            case Wire.DATA -> stream(true, flags, id, Integer.toUnsignedLong(length));
            case Wire.WINDOW_UPDATE -> stream(false, flags, id, Integer.toUnsignedLong(length));
            case Wire.PING -> ping(flags, length);
            case Wire.GO_AWAY -> goAway(Integer.toUnsignedLong(length));
            default -> core.end(YamuxEnd.UNKNOWN_TYPE);
        };
    }

    /** A ping or its answer. As other implementations, it takes a stream id that is not 0 for no offence. */
    private long ping(int flags, int value) {
        if ((flags & Wire.SYN) != 0) {
            if (!pings.take(core.now())) {
                return core.end(YamuxEnd.PING_FLOOD);
            }
            if (!core.outbound.pong(value)) {
                core.count(YamuxDrop.PONGS_FULL);
            }
            return 0;
        }
        OptionalLong rtt = core.keepalive.answered(value, core.now());
        if (rtt.isPresent()) {
            core.emit(new YamuxEvent.PingAnswered(rtt.getAsLong()));
            return 0;
        }
        core.count(YamuxDrop.UNSOLICITED_PONG);
        return empty();
    }

    private long goAway(long code) {
        if (!core.goAways.receive(code)) {
            return empty();
        }
        core.emit(new YamuxEvent.GoAwayReceived(code));
        return 0;
    }

    /** A Data or WindowUpdate frame; the length is a body's or a credit, or an error code beside RST. */
    private long stream(boolean data, int flags, int id, long length) {
        long body = data ? length : 0;
        target = null;
        finAfterBody = false;
        if (id == 0) {
            return core.end(YamuxEnd.STREAM_FRAME_ON_SESSION);
        }
        YamuxStream stream;
        if ((flags & Wire.SYN) != 0) {
            stream = opened(data, flags, id, length);
        } else {
            stream = core.streams.find(id);
            if (stream == null) {
                unknown(flags, length, body);
            }
        }
        if (stream == null) {
            return core.running() ? body : 0;
        }
        if ((flags & Wire.RST) != 0) {
            reset(stream, data ? 0 : length);
            return core.running() ? body : 0;
        }
        return frame(stream, data, flags, length);
    }

    /** A frame without SYN for a stream that is closed or never was: dropped, unless no window of ours allowed it. */
    private void unknown(int flags, long length, long body) {
        core.count(YamuxDrop.UNKNOWN_STREAM);
        if (body > limits.maxStreamWindow()) {
            core.end(YamuxEnd.RECEIVE_WINDOW_EXCEEDED);
        } else if (length == 0 && (flags & (Wire.FIN | Wire.RST | Wire.ACK)) == 0) {
            empty();
        }
    }

    private @Nullable YamuxStream opened(boolean data, int flags, int id, long length) {
        if (role.owns(id)) {
            core.end(YamuxEnd.WRONG_PARITY);
            return null;
        }
        if (!ids.use(id)) {
            core.end(YamuxEnd.ID_USED_TWICE);
            return null;
        }
        if (data && length > Wire.INITIAL_WINDOW) {
            core.end(YamuxEnd.RECEIVE_WINDOW_EXCEEDED);
            return null;
        }
        if ((flags & Wire.RST) != 0) {
            wasted(YamuxDrop.OPEN_WITH_RESET);
            return null;
        }
        if (core.goAways.meant()) {
            return lateOpen(id);
        }
        if (core.streams.inbound() >= limits.maxInboundStreams()) {
            return refused(id, YamuxDrop.INBOUND_STREAMS_FULL);
        }
        if (core.streams.unaccepted() >= limits.maxUnacceptedStreams()) {
            return refused(id, YamuxDrop.UNACCEPTED_STREAMS_FULL);
        }
        YamuxStream stream = core.life.opened(id, false);
        core.emit(new YamuxEvent.StreamOpened(stream));
        if (stream.over && !stream.accepted) {
            // The application did not take it: who opens such streams without end is sent away.
            wasted(YamuxDrop.OPEN_REFUSED);
        }
        return stream;
    }

    private @Nullable YamuxStream refused(int id, YamuxDrop reason) {
        core.outbound.control(Wire.WINDOW_UPDATE, Wire.RST, id, 0);
        wasted(reason);
        return null;
    }

    /** A stream that the peer opens when we take none is no offence while it may not know that. */
    private @Nullable YamuxStream lateOpen(int id) {
        if (!core.goAways.crosses()) {
            return refused(id, YamuxDrop.OPEN_AFTER_GO_AWAY);
        }
        core.outbound.control(Wire.WINDOW_UPDATE, Wire.RST, id, 0);
        core.count(YamuxDrop.OPEN_AFTER_GO_AWAY);
        return null;
    }

    private void wasted(YamuxDrop reason) {
        core.count(reason);
        if (!wasted.take(core.now())) {
            core.end(YamuxEnd.WASTED_OPEN_FLOOD);
        }
    }

    private void reset(YamuxStream stream, long code) {
        boolean unaccepted = !stream.outbound() && !stream.accepted;
        core.life.lost(stream, YamuxEvent.ResetCause.BY_PEER, code);
        if (unaccepted) {
            wasted(YamuxDrop.RESET_BEFORE_ACCEPT);
        }
    }

    private long frame(YamuxStream stream, boolean data, int flags, long length) {
        boolean effect = length > 0 || (flags & Wire.SYN) != 0;
        if ((flags & Wire.ACK) != 0) {
            if (stream.outbound() && !stream.acked) {
                effect = true;
                core.life.acked(stream);
            } else {
                core.count(YamuxDrop.UNSOLICITED_ACK);
            }
        }
        boolean fin = (flags & Wire.FIN) != 0 && !stream.finReceived;
        if (!effect && !fin) {
            return empty();
        }
        if (!data) {
            credit(stream, length);
        } else if (!stream.over && !stream.in.take(length)) {
            return core.end(YamuxEnd.RECEIVE_WINDOW_EXCEEDED);
        } else if (length > 0) {
            core.tally.bytesIn += length;
            target = stream;
            finAfterBody = fin;
            dropped(stream);
            return length;
        }
        if (fin) {
            core.life.finReceived(stream);
        }
        return 0;
    }

    private void dropped(YamuxStream stream) {
        if (stream.finReceived) {
            core.count(YamuxDrop.DATA_AFTER_FIN);
            target = null;
        } else if (stream.discarding) {
            core.count(YamuxDrop.DATA_AFTER_CLOSE);
        }
    }

    private void credit(YamuxStream stream, long delta) {
        if (stream.over || delta == 0) {
            return;
        }
        if (stream.sendWindow + delta > Wire.MAX_WINDOW) {
            core.end(YamuxEnd.SEND_WINDOW_OVERFLOW);
            return;
        }
        stream.sendWindow += delta;
        core.outbound.readyIfSendable(stream);
    }

    /** Counts a frame that says nothing. */
    private long empty() {
        core.count(YamuxDrop.EMPTY_FRAME);
        return empties.take(core.now()) ? 0 : core.end(YamuxEnd.EMPTY_FRAME_FLOOD);
    }

    @Override
    public void body(ByteBuffer piece, boolean last) {
        YamuxStream stream = target;
        if (stream == null || stream.over) {
            return;
        }
        core.life.received(stream, piece);
        if (last && finAfterBody) {
            core.life.finReceived(stream);
        }
    }
}
