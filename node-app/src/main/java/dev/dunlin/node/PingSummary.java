package dev.dunlin.node;

import dev.dunlin.core.multiformats.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What pings of one peer came to so far; for any thread. */
final class PingSummary {

    private final PeerId peer;
    private final List<Long> micros = new ArrayList<>();
    private int sent;

    PingSummary(PeerId peer) {
        this.peer = peer;
    }

    /** A ping is on its way. */
    synchronized void sent() {
        sent++;
    }

    /** The last one was answered. */
    synchronized void answered(long tookMicros) {
        micros.add(tookMicros);
    }

    /** Whether none was answered. */
    synchronized boolean isEmpty() {
        return micros.isEmpty();
    }

    /** One line: how many of how many, the least and the median time. */
    synchronized String line() {
        String times = "";
        if (!micros.isEmpty()) {
            List<Long> sorted = micros.stream().sorted().toList();
            times = ", min " + millis(sorted.getFirst()) + " ms, median " + millis(sorted.get(sorted.size() / 2))
                    + " ms";
        }
        return peer + ": " + micros.size() + " of " + sent + times;
    }

    /** Milliseconds with three digits behind the point. */
    static String millis(long micros) {
        return String.format(Locale.ROOT, "%.3f", micros / 1000.0);
    }
}
