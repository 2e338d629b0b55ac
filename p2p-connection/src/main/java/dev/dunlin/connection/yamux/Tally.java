package dev.dunlin.connection.yamux;

import java.util.EnumMap;
import java.util.Map;

/** The running counters behind {@link YamuxCounters}. */
final class Tally {

    private static final YamuxDrop[] REASONS = YamuxDrop.values();

    long framesIn;
    long framesOut;
    long bytesIn;
    long bytesOut;
    private final long[] drops = new long[REASONS.length];

    void count(YamuxDrop reason) {
        drops[reason.ordinal()]++;
    }

    YamuxCounters snapshot() {
        Map<YamuxDrop, Long> map = new EnumMap<>(YamuxDrop.class);
        for (YamuxDrop reason : REASONS) {
            map.put(reason, drops[reason.ordinal()]);
        }
        return new YamuxCounters(framesIn, framesOut, bytesIn, bytesOut, map);
    }
}
