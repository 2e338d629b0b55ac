package dev.dunlin.connection.yamux;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * What waits to be sent. Session frames (pings, RSTs, GoAway) go first, then what streams have to signal (SYN, ACK,
 * window updates; at most one entry a stream), then data, one frame a stream in turn.
 */
final class Outbound {

    private record Control(int word, int id, int length) {}

    private final Core core;
    private final YamuxLimits limits;
    private final ArrayDeque<Control> controls = new ArrayDeque<>();
    private final StreamList signals = new StreamList();
    private final StreamList ready = new StreamList();
    private final StreamList starving = new StreamList();
    private final ByteBuffer header = ByteBuffer.allocate(Wire.HEADER);
    private long queued;
    private int pongs;

    Outbound(Core core) {
        this.core = core;
        this.limits = core.limits;
    }

    boolean full() {
        return controls.size() >= limits.maxControlFrames();
    }

    boolean pending() {
        return !controls.isEmpty() || !signals.isEmpty() || !ready.isEmpty();
    }

    long queued() {
        return queued;
    }

    void control(int type, int flags, int id, int length) {
        controls.add(new Control(Wire.word(type, flags), id, length));
    }

    /** Queues a ping answer; false if too many wait. */
    boolean pong(int value) {
        if (pongs >= limits.maxPendingPongs()) {
            return false;
        }
        pongs++;
        control(Wire.PING, Wire.ACK, 0, value);
        return true;
    }

    void signal(YamuxStream stream) {
        if (!stream.signal.linked()) {
            signals.addLast(stream.signal);
        }
    }

    void readyIfSendable(YamuxStream stream) {
        if (stream.sendable() && !stream.ready.linked()) {
            ready.addLast(stream.ready);
        }
    }

    /** How many bytes a stream may queue now. */
    long room(YamuxStream stream) {
        if (stream.writes.size() >= limits.maxWritesPerStream()) {
            return 0;
        }
        long ofAll = Math.max(roomOfAll(), limits.writeBufferFloor() - stream.queued);
        return Math.max(0, Math.min(limits.writeBufferPerStream() - stream.queued, ofAll));
    }

    private long roomOfAll() {
        return Math.min(limits.writeBufferPerConnection() - queued, core.memory.spare());
    }

    YamuxWrite write(YamuxStream stream, ByteBuffer bytes) {
        int offered = bytes.remaining();
        int taken = (int) Math.min(offered, room(stream));
        if (taken > 0) {
            // Others may have come first since the room was measured.
            taken = (int) core.memory.holdWritten(stream, taken);
        }
        if (taken > 0) {
            stream.writes.add(bytes.slice(bytes.position(), taken));
            bytes.position(bytes.position() + taken);
            stream.queued += taken;
            queued += taken;
            readyIfSendable(stream);
        }
        if (taken == offered) {
            return YamuxWrite.TAKEN;
        }
        core.count(YamuxDrop.WRITE_BUFFER_FULL);
        stream.starved = true;
        boolean ownFault =
                stream.queued >= limits.writeBufferPerStream() || stream.writes.size() >= limits.maxWritesPerStream();
        if (!ownFault && !stream.starving.linked()) {
            starving.addLast(stream.starving);
        }
        return YamuxWrite.FULL;
    }

    /** Takes a stream out of everything; what it wrote is forgotten. */
    void forget(YamuxStream stream) {
        stream.signal.unlink();
        stream.ready.unlink();
        stream.starving.unlink();
        stream.starved = false;
        stream.writes.clear();
        queued -= stream.queued;
        stream.queued = 0;
    }

    /** Nothing but what is queued from now on will be sent. */
    void forgetControls() {
        controls.clear();
        pongs = 0;
    }

    long drain(YamuxOutput out, long maxBytes, long now) {
        long sent = 0;
        while (sent < maxBytes) {
            Control control = controls.poll();
            if (control != null) {
                sent += control(control, out, now);
                continue;
            }
            YamuxStream signalling = signals.first();
            if (signalling != null) {
                signalling.signal.unlink();
                sent += signal(signalling, out, now);
                continue;
            }
            YamuxStream sending = ready.first();
            if (sending == null) {
                break;
            }
            sending.ready.unlink();
            sent += data(sending, out);
        }
        return sent;
    }

    private int control(Control control, YamuxOutput out, long now) {
        if (control.word == Wire.word(Wire.PING, Wire.ACK)) {
            pongs--;
        } else if (control.word == Wire.word(Wire.PING, Wire.SYN)) {
            core.keepalive.sent(now);
        } else if (Wire.type(control.word) == Wire.GO_AWAY) {
            core.goAways.wasSent();
        }
        return header(out, control.word, control.id, control.length);
    }

    private int signal(YamuxStream stream, YamuxOutput out, long now) {
        int flags = 0;
        if (stream.outbound() && !stream.synSent) {
            stream.synSent = true;
            flags |= Wire.SYN;
        }
        if (stream.accepted && !stream.ackSent) {
            stream.ackSent = true;
            flags |= Wire.ACK;
        }
        long delta = 0;
        if (!stream.finReceived) {
            boolean grows = !stream.discarding && stream.in.updateDue();
            if (grows && stream.in.tooSmall(now, core.keepalive.rtt())) {
                core.life.grow(stream, stream.in.size() * 2);
            }
            if (flags != 0 || stream.in.updateDue()) {
                delta = stream.in.grant(now);
            }
        }
        if (flags == 0 && delta == 0) {
            return 0;
        }
        return header(out, Wire.word(Wire.WINDOW_UPDATE, flags), stream.wireId(), (int) delta);
    }

    private long data(YamuxStream stream, YamuxOutput out) {
        int length = (int) Math.min(Math.min(stream.queued, stream.sendWindow), limits.maxDataFrame());
        boolean fin = stream.finWanted && length == stream.queued;
        stream.sendWindow -= length;
        stream.queued -= length;
        queued -= length;
        core.memory.releaseWritten(stream);
        int headers = 0;
        if (length > 0) {
            headers += header(out, Wire.word(Wire.DATA, 0), stream.wireId(), length);
            for (int left = length; left > 0; ) {
                left -= body(stream, left, out);
            }
        }
        if (fin) {
            // In a frame of its own: js-libp2p drops the body of Data+FIN when it has closed its own side already.
            headers += header(out, Wire.word(Wire.WINDOW_UPDATE, Wire.FIN), stream.wireId(), 0);
        }
        core.life.sent(stream, length, fin);
        readyIfSendable(stream);
        // Those that wait longer first: a busy stream must not take back at once whatever room it made.
        wakeStarving();
        if (stream.starved) {
            wake(stream);
        }
        return headers + (long) length;
    }

    private static int body(YamuxStream stream, int atMost, YamuxOutput out) {
        ByteBuffer first = stream.writes.element();
        int length = first.remaining();
        if (length <= atMost) {
            stream.writes.remove();
            out.body(stream, first);
            return length;
        }
        ByteBuffer piece = first.slice(first.position(), atMost);
        first.position(first.position() + atMost);
        out.body(stream, piece);
        return atMost;
    }

    private int header(YamuxOutput out, int word, int id, int length) {
        header.clear().putInt(word).putInt(id).putInt(length).flip();
        core.tally.framesOut++;
        out.header(header);
        return Wire.HEADER;
    }

    /** Tells a stream of its own room when half its buffer is free, not at each byte. */
    private void wake(YamuxStream stream) {
        boolean half = stream.queued * 2 <= limits.writeBufferPerStream()
                && stream.writes.size() * 2 <= limits.maxWritesPerStream();
        if (half && room(stream) >= limits.writeBufferFloor()) {
            announce(stream);
        } else if (half && !stream.starving.linked()) {
            starving.addLast(stream.starving);
        }
    }

    /** Tells those that waited for room that they share with others, longest first, while there is some. */
    void wakeStarving() {
        while (roomOfAll() >= limits.writeBufferFloor()) {
            YamuxStream stream = starving.first();
            if (stream == null) {
                return;
            }
            announce(stream);
        }
    }

    private void announce(YamuxStream stream) {
        stream.starved = false;
        stream.starving.unlink();
        core.emit(new YamuxEvent.Writable(stream));
    }
}
