package dev.dunlin.dht.metrics;

import dev.dunlin.core.state.Table;

/**
 * What was counted and measured in this run.
 *
 * @param counts by what is counted
 * @param times by what takes time
 */
public record MetricsState(Table<Figure, Counts> counts, Table<Span, Times> times) {

    /** Nothing yet. */
    public static final MetricsState INITIAL = new MetricsState(Table.empty(), Table.empty());

    /** How many there were of something. */
    public Counts of(Figure figure) {
        return counts.or(figure, Counts.NONE);
    }

    /** How long something took. */
    public Times of(Span span) {
        return times.or(span, Times.NONE);
    }

    MetricsState counted(Figure figure, String label) {
        return new MetricsState(counts.with(figure, of(figure).with(label)), times);
    }

    MetricsState timed(Span span, long took) {
        return new MetricsState(counts, times.with(span, of(span).with(took)));
    }
}
