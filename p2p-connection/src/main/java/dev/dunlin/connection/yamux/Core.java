package dev.dunlin.connection.yamux;

import dev.dunlin.connection.account.ByteAccount;
import dev.dunlin.connection.yamux.YamuxEvent.ResetCause;
import java.util.List;
import java.util.Optional;

/** What the parts of one session share: limits, time, listener, counters, streams, and the session's end. */
final class Core {

    final YamuxLimits limits;
    final Tally tally = new Tally();
    final StreamTable streams;
    final Memory memory;
    final Outbound outbound;
    final Keepalive keepalive;
    final StreamLife life;
    final GoAways goAways;

    private final YamuxListener listener;
    private Optional<YamuxEnd> end = Optional.empty();
    private boolean busy;
    private long now;

    Core(YamuxLimits limits, ByteAccount.Share share, YamuxListener listener, long now) {
        this.limits = limits;
        this.listener = listener;
        this.now = now;
        this.goAways = new GoAways(limits.ackBacklog());
        this.memory = new Memory(share, limits);
        this.streams = new StreamTable(limits);
        this.outbound = new Outbound(this);
        this.keepalive = new Keepalive(this);
        this.life = new StreamLife(this);
    }

    long now() {
        return now;
    }

    void advance(long time) {
        now = Math.max(now, time);
    }

    /** Begins a call that must not be made from the listener. */
    void enter(long time) {
        if (busy) {
            throw new IllegalStateException("the listener called back into the session; do it afterwards");
        }
        busy = true;
        advance(time);
    }

    /** Ends a call that {@link #enter} began. */
    void exit() {
        busy = false;
    }

    /** Where no stream and nothing to send is left: ends a session that was to be finished, says a GoAway that is owed. */
    void endIfFinished() {
        if (!goAways.meant() || !streams.isEmpty() || outbound.pending()) {
            return;
        }
        if (goAways.finishing()) {
            end(YamuxEnd.CLOSED_BY_US);
        } else if (running() && goAways.say()) {
            outbound.control(Wire.GO_AWAY, 0, 0, YamuxSession.NORMAL);
        }
    }

    /** The same outside of calls that will ask at their own end. */
    void endIfFinishedNow() {
        if (!busy) {
            endIfFinished();
        }
    }

    void emit(YamuxEvent event) {
        listener.on(event);
    }

    void count(YamuxDrop reason) {
        tally.count(reason);
    }

    boolean running() {
        return end.isEmpty();
    }

    Optional<YamuxEnd> ended() {
        return end;
    }

    /** Ends the session once; 0, for those who have a body's length to return. */
    long end(YamuxEnd reason) {
        if (end.isPresent()) {
            return 0;
        }
        end = Optional.of(reason);
        List<YamuxStream> lost = streams.all();
        lost.forEach(life::dies);
        outbound.forgetControls();
        boolean saidAlready = goAways.sent() && reason.goAwayCode() == YamuxSession.NORMAL;
        if (reason != YamuxEnd.CONNECTION_LOST && !saidAlready) {
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
}
