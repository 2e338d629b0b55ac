package dev.dunlin.dht.metrics;

import dev.dunlin.core.state.Table;

/**
 * Counts by a label.
 *
 * @param byLabel each at least 1; at most {@value #MOST_LABELS}
 */
public record Counts(Table<String, Long> byLabel) {

    /** The most labels of one figure. */
    static final int MOST_LABELS = 32;

    /** The longest label, in characters. */
    static final int LONGEST_LABEL = 32;

    /** Nothing counted. */
    public static final Counts NONE = new Counts(Table.empty());

    boolean hasRoom(String label) {
        return label.length() <= LONGEST_LABEL && (byLabel.has(label) || byLabel.size() < MOST_LABELS);
    }

    Counts with(String label) {
        return new Counts(byLabel.with(label, byLabel.or(label, 0L) + 1));
    }

    /** The sum of all. */
    public long sum() {
        long sum = 0;
        for (long count : byLabel.values()) {
            sum += count;
        }
        return sum;
    }
}
