package dev.dunlin.connection.yamux;

import dev.dunlin.connection.yamux.YamuxEvent.ResetCause;
import java.nio.ByteBuffer;

/** What happens to streams from their opening to their end, by the application's hand and by the peer's. */
final class StreamLife {

    private final Core core;

    StreamLife(Core core) {
        this.core = core;
    }

    YamuxStream opened(int id, boolean ours) {
        YamuxStream stream = new YamuxStream(this, id, ours, core.now());
        core.streams.add(stream);
        return stream;
    }

    // The application's side.

    void accept(YamuxStream stream) {
        if (stream.over || stream.outbound() || stream.accepted) {
            return;
        }
        core.streams.accepted(stream);
        grow(stream, core.limits.initialWindow());
        core.outbound.signal(stream);
    }

    YamuxWrite write(YamuxStream stream, ByteBuffer bytes) {
        if (stream.over || stream.finWanted) {
            return YamuxWrite.CLOSED;
        }
        accept(stream);
        return core.outbound.write(stream, bytes);
    }

    long writable(YamuxStream stream) {
        return stream.over || stream.finWanted ? 0 : core.outbound.room(stream);
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
        credit(stream, bytes);
        settle(stream);
    }

    private void credit(YamuxStream stream, long unread) {
        stream.in.consumed(unread);
        core.memory.releaseUnread(stream);
        if (!stream.finReceived && stream.in.updateDue()) {
            core.outbound.signal(stream);
        }
    }

    void closeWrite(YamuxStream stream) {
        if (stream.over || stream.finWanted) {
            return;
        }
        accept(stream);
        stream.finWanted = true;
        stream.starved = false;
        stream.starving.unlink();
        core.outbound.readyIfSendable(stream);
    }

    void close(YamuxStream stream) {
        if (stream.over) {
            return;
        }
        stream.discarding = true;
        credit(stream, stream.in.unread());
        closeWrite(stream);
        awaitFin(stream);
        settle(stream);
    }

    void reset(YamuxStream stream, long code) {
        if (!stream.over) {
            tellReset(stream, (int) code);
            dies(stream);
            core.outbound.wakeStarving();
            core.endIfFinishedNow();
        }
    }

    // The peer's side and the wire's.

    void acked(YamuxStream stream) {
        core.streams.acked(stream);
        core.emit(new YamuxEvent.StreamAcked(stream));
    }

    /**
     * A piece of a body came: it is the listener's. If the application has closed the stream it is dropped, and credited as if it had
     * been read, so that a peer with more to say than its window can say it and end in order.
     */
    void received(YamuxStream stream, ByteBuffer piece) {
        stream.bytesIn += piece.remaining();
        stream.activeAt = core.now();
        stream.in.delivered(piece.remaining());
        if (stream.discarding) {
            credit(stream, piece.remaining());
        } else {
            core.emit(new YamuxEvent.Data(stream, piece));
            // Asked now, so that whoever consumes at once needs no room.
            if (!stream.over && !core.memory.holdUnread(stream)) {
                expire(stream, YamuxDrop.NO_MEMORY, ResetCause.MEMORY);
            }
        }
    }

    void finReceived(YamuxStream stream) {
        if (stream.over) {
            return;
        }
        stream.finReceived = true;
        stream.closing.unlink();
        core.emit(new YamuxEvent.RemoteClosed(stream));
        settle(stream);
    }

    void sent(YamuxStream stream, int length, boolean fin) {
        core.tally.bytesOut += length;
        if (length > 0) {
            stream.bytesOut += length;
            stream.activeAt = core.now();
        }
        if (!fin) {
            return;
        }
        stream.finSent = true;
        awaitFin(stream);
        settle(stream);
    }

    /** Whoever reads may wait for the peer's FIN as long as it likes; whoever has closed waits only so long. */
    private void awaitFin(YamuxStream stream) {
        boolean waits = stream.discarding && stream.finSent && !stream.finReceived;
        if (waits && !stream.closing.linked()) {
            core.streams.awaitFin(stream, core.now());
        }
    }

    void grow(YamuxStream stream, long target) {
        if (!core.memory.grow(stream, target)) {
            core.count(YamuxDrop.WINDOW_GROWTH_REFUSED);
        }
    }

    /** A stream died, and not by the application's hand. */
    void lost(YamuxStream stream, ResetCause cause, long code) {
        dies(stream);
        core.emit(new YamuxEvent.StreamReset(stream, cause, code));
        core.outbound.wakeStarving();
    }

    /** We reset a stream, and not by the application's hand. */
    void expire(YamuxStream stream, YamuxDrop counter, ResetCause cause) {
        core.count(counter);
        tellReset(stream, 0);
        lost(stream, cause, 0);
    }

    void dies(YamuxStream stream) {
        stream.reset = true;
        retire(stream);
    }

    private void tellReset(YamuxStream stream, int code) {
        boolean known = !stream.outbound() || stream.synSent;
        if (known && !(stream.finSent && stream.finReceived)) {
            core.outbound.control(Wire.WINDOW_UPDATE, Wire.RST, stream.wireId(), code);
        }
    }

    /** A stream keeps its place until its data was consumed: otherwise closed streams would hold memory unseen. */
    private void settle(YamuxStream stream) {
        if (!stream.over && stream.finSent && stream.finReceived && stream.in.unread() == 0) {
            retire(stream);
            core.emit(new YamuxEvent.StreamClosed(stream));
            core.endIfFinishedNow();
        }
    }

    private void retire(YamuxStream stream) {
        stream.over = true;
        core.streams.remove(stream);
        core.outbound.forget(stream);
        core.memory.forget(stream);
    }
}
