package dev.dunlin.connection.yamux;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The streams that hold a place. */
final class StreamTable {

    private final YamuxLimits limits;
    /** By id, in the order of their opening. */
    private final Map<Integer, YamuxStream> byId = new LinkedHashMap<>();
    /** Closed streams that wait for the peer's FIN after ours, the longest first. */
    private final StreamList closing = new StreamList();
    /** The stream asked for last: frames of one stream come in rows. */
    private @Nullable YamuxStream latest;

    private int inbound;
    private int outbound;
    private int unaccepted;
    private int unacked;

    StreamTable(YamuxLimits limits) {
        this.limits = limits;
    }

    boolean isEmpty() {
        return byId.isEmpty();
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
        stream.closing.unlink();
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

    /** The peer's FIN is waited for, from now. */
    void awaitFin(YamuxStream stream, long now) {
        stream.closingAt = now;
        closing.addLast(stream.closing);
    }

    /** All of them, in the order of their opening. */
    List<YamuxStream> all() {
        return List.copyOf(byId.values());
    }

    @Nullable
    YamuxStream longestClosing() {
        return closing.first();
    }

    long closingUntil() {
        YamuxStream stream = closing.first();
        return stream == null ? Long.MAX_VALUE : Core.after(stream.closingAt, limits.closeTimeout());
    }
}
