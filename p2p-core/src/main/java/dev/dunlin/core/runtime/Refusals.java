package dev.dunlin.core.runtime;

import java.util.concurrent.atomic.AtomicLongArray;

/** How much new work was refused, by reason. Safe from any thread. */
public final class Refusals {

    private final AtomicLongArray counts = new AtomicLongArray(Port.Offer.values().length);

    /** None yet. */
    public Refusals() {}

    void count(Port.Offer answer) {
        if (answer != Port.Offer.TAKEN) {
            counts.incrementAndGet(answer.ordinal());
        }
    }

    /** How much was refused for a reason. */
    public long of(Port.Offer why) {
        return counts.get(why.ordinal());
    }

    /** How much was refused. */
    public long total() {
        long total = 0;
        for (int i = 0; i < counts.length(); i++) {
            total += counts.get(i);
        }
        return total;
    }
}
