package dev.dunlin.connection.yamux;

import java.util.OptionalLong;

/** Our own pings, one at a time: round-trip time, and whether the peer is still there. */
final class Keepalive {

    private final Core core;
    private final YamuxLimits limits;
    private int value = -1;
    private boolean waiting;
    private boolean sent;
    private long nextAt;
    private long queuedAt;
    private long sentAt;
    private long receivedAt;
    private long rtt;
    private boolean measured;

    Keepalive(Core core) {
        this.core = core;
        this.limits = core.limits;
        this.nextAt = limits.keepaliveInterval() == YamuxLimits.NEVER ? YamuxLimits.NEVER : core.now();
        this.receivedAt = core.now();
    }

    /** Smoothed round-trip time in microseconds, or what is assumed before the first answer; 0 while unknown. */
    long rtt() {
        return rtt;
    }

    /** What the round-trip time may be; the first answer says better. */
    void assume(long micros) {
        if (!measured) {
            rtt = Math.max(1, micros);
        }
    }

    void received(long now) {
        receivedAt = now;
    }

    void ping(long now) {
        if (waiting) {
            return;
        }
        waiting = true;
        sent = false;
        queuedAt = now;
        value++;
        core.outbound.control(Wire.PING, Wire.SYN, 0, value);
    }

    /** The ping left: the round trip begins. */
    void sent(long now) {
        sent = true;
        sentAt = now;
    }

    /** Takes an answer; nothing if it answers no ping of ours. */
    OptionalLong answered(int answer, long now) {
        if (!waiting || !sent || answer != value) {
            return OptionalLong.empty();
        }
        waiting = false;
        nextAt = Core.after(now, limits.keepaliveInterval());
        long sample = Math.max(1, now - sentAt);
        // The weight of an eighth for a new sample is that of TCP (RFC 6298).
        rtt = measured ? Math.max(1, (7 * rtt + sample) / 8) : sample;
        measured = true;
        return OptionalLong.of(sample);
    }

    long deadline() {
        return waiting ? Math.min(silentUntil(), answeredUntil()) : nextAt;
    }

    private long silentUntil() {
        return Core.after(Math.max(queuedAt, receivedAt), limits.pingTimeout());
    }

    private long answeredUntil() {
        return Core.after(queuedAt, limits.answerTimeout());
    }

    void onTime(long now) {
        if (deadline() > now) {
            return;
        }
        if (waiting) {
            core.end(silentUntil() <= now ? YamuxEnd.PING_TIMEOUT : YamuxEnd.PING_UNANSWERED);
        } else {
            ping(now);
        }
    }
}
