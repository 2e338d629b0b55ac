package dev.dunlin.connection.yamux;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The streams that hold a place, by id and by age, and what they cost together. */
final class StreamTable {

    private final YamuxLimits limits;
    private final Map<Integer, YamuxStream> byId = new HashMap<>();
    /** All streams, the longest silent first. */
    private final StreamList idle = new StreamList();
    /** Streams that wait for the peer's FIN after ours, the longest first. */
    private final StreamList closing = new StreamList();
    /** The stream asked for last: frames of one stream come in rows. */
    private @Nullable YamuxStream latest;

    private int inbound;
    private int outbound;
    private int unaccepted;
    private int unacked;
    private long grown;

    StreamTable(YamuxLimits limits) {
        this.limits = limits;
    }

    int inbound() {
        return inbound;
    }

    int outbound() {
        return outbound;
    }

    int unaccepted() {
        return unaccepted;
    }

    int unacked() {
        return unacked;
    }

    long grown() {
        return grown;
    }

    @Nullable
    YamuxStream find(int id) {
        YamuxStream cached = latest;
        if (cached != null && cached.wireId() == id) {
            return cached;
        }
        YamuxStream stream = byId.get(id);
        latest = stream;
        return stream;
    }

    void add(YamuxStream stream) {
        byId.put(stream.wireId(), stream);
        idle.addLast(stream.idle);
        if (stream.outbound()) {
            outbound++;
            unacked++;
        } else {
            inbound++;
            unaccepted++;
        }
    }

    void remove(YamuxStream stream) {
        byId.remove(stream.wireId());
        latest = null;
        stream.idle.unlink();
        stream.closing.unlink();
        grown -= stream.in.size() - Wire.INITIAL_WINDOW;
        if (stream.outbound()) {
            outbound--;
            unacked -= stream.acked ? 0 : 1;
        } else {
            inbound--;
            unaccepted -= stream.accepted ? 0 : 1;
        }
    }

    void accepted(YamuxStream stream) {
        stream.accepted = true;
        unaccepted--;
    }

    void acked(YamuxStream stream) {
        stream.acked = true;
        unacked--;
    }

    /** Body bytes moved: the stream is not idle. */
    void touch(YamuxStream stream, long now) {
        if (stream.activeAt != now) {
            stream.activeAt = now;
            idle.addLast(stream.idle);
        }
    }

    /** The peer's FIN is waited for, from now. */
    void awaitFin(YamuxStream stream, long now) {
        stream.closingAt = now;
        closing.addLast(stream.closing);
    }

    @Nullable
    YamuxStream longestSilent() {
        return idle.first();
    }

    long silentUntil() {
        YamuxStream stream = idle.first();
        return stream == null ? Long.MAX_VALUE : Core.after(stream.activeAt, limits.idleTimeout());
    }

    @Nullable
    YamuxStream longestClosing() {
        return closing.first();
    }

    long closingUntil() {
        YamuxStream stream = closing.first();
        return stream == null ? Long.MAX_VALUE : Core.after(stream.closingAt, limits.closeTimeout());
    }

    /** Grows a window towards a size, as far as the bounds allow; false if the connection's budget cut it short. */
    boolean grow(YamuxStream stream, long target) {
        long wanted = Math.min(target, limits.maxStreamWindow()) - stream.in.size();
        if (wanted <= 0) {
            return true;
        }
        long granted = Math.min(wanted, limits.connectionWindowBudget() - grown);
        grown += granted;
        stream.in.grow(granted);
        return granted == wanted;
    }
}
