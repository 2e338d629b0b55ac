package dev.dunlin.dht.metrics;

import dev.dunlin.core.store.Action;

/** What the observer makes of the actions of others. */
public sealed interface MetricsAction extends Action {

    /** What is counted. */
    Figure figure();

    /** By which label. */
    String label();

    /** One more was seen. */
    record Counted(Figure figure, String label) implements MetricsAction {}

    /**
     * One more was seen, and it took time.
     *
     * @param took microseconds
     */
    record Timed(Figure figure, String label, Span span, long took) implements MetricsAction {}
}
