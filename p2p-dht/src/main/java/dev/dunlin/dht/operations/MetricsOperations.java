package dev.dunlin.dht.operations;

import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.dht.metrics.Figure;
import dev.dunlin.dht.metrics.MetricsState;
import dev.dunlin.dht.metrics.Span;
import dev.dunlin.dht.metrics.Times;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the observer has counted, as metrics: queries with their ends and times, network requests with what became of them, nodes that enter
 * and leave the routing tables, and refreshes of these. Rates and shares are for who collects them: the share of lookups that converge is
 * {@code queries{end="converged"}} of all {@code queries}, that of requests that are answered {@code answers} of {@code requests}. The sizes
 * of tables, and what is kept for others, are metrics of the machines whose state they are.
 */
public final class MetricsOperations {

    private static final double SECOND = 1e6;

    private MetricsOperations() {}

    /** All. */
    public static final Operations<Object, MetricsState> ALL = Operations.<Object, MetricsState>none()
            .with(
                    counts("operations", "goal", "operations that callers have begun", Figure.OPERATIONS),
                    counts("operations_ended", "result", "operations that are over", Figure.OPERATION_ENDS),
                    counts(
                            "queries",
                            "end",
                            "lookups that are over, those for this node's own upkeep among them",
                            Figure.QUERY_ENDS),
                    counts(
                            "refreshes",
                            "end",
                            "lookups of the upkeep of routing tables that are over",
                            Figure.REFRESHES),
                    counts("requests", "question", "questions that were sent", Figure.REQUESTS),
                    counts("answers", "answer", "answers to questions that were sent", Figure.ANSWERS),
                    counts("failures", "why", "questions that were sent and have no answer", Figure.FAILURES),
                    counts("questions", "question", "questions of others", Figure.QUESTIONS),
                    counts("peers_added", "network", "nodes that have entered a routing table", Figure.ENTERED),
                    counts("peers_removed", "network", "nodes that have left a routing table", Figure.LEFT))
            .with(
                    sum("operation", "how long operations took together", Span.OPERATION),
                    least("operation", "how long the shortest operation took", Span.OPERATION),
                    most("operation", "how long the longest operation took", Span.OPERATION),
                    average("operation", "how long an operation took on average", Span.OPERATION),
                    within("operations", "operations that took no longer", Span.OPERATION))
            .with(
                    sum("query", "how long lookups took together", Span.QUERY),
                    least("query", "how long the shortest lookup took", Span.QUERY),
                    most("query", "how long the longest lookup took", Span.QUERY),
                    average("query", "how long a lookup took on average", Span.QUERY),
                    within("queries", "lookups that took no longer", Span.QUERY))
            .with(
                    sum("request", "how long answers took together", Span.REQUEST),
                    least("request", "how long the fastest answer took", Span.REQUEST),
                    most("request", "how long the slowest answer took", Span.REQUEST),
                    average("request", "how long an answer took on average", Span.REQUEST),
                    within("answers", "answers that took no longer", Span.REQUEST));

    private static Metric<Object, MetricsState> counts(String name, String label, String meaning, Figure figure) {
        return new Metric<>(name, Metric.Type.COUNTER, meaning, Optional.of(label), at -> {
            Map<String, Long> all = new TreeMap<>();
            at.own().of(figure).byLabel().each(all::put);
            return all;
        });
    }

    private static Metric<Object, MetricsState> sum(String what, String meaning, Span span) {
        return new Metric<>(
                what + "_seconds",
                Metric.Type.COUNTER,
                meaning,
                Optional.empty(),
                at -> Map.of("", at.own().of(span).sum() / SECOND));
    }

    private static Metric<Object, MetricsState> least(String what, String meaning, Span span) {
        return Metric.gauge(
                "least_" + what + "_seconds", meaning, at -> at.own().of(span).least() / SECOND);
    }

    private static Metric<Object, MetricsState> most(String what, String meaning, Span span) {
        return Metric.gauge(
                "most_" + what + "_seconds", meaning, at -> at.own().of(span).most() / SECOND);
    }

    private static Metric<Object, MetricsState> average(String what, String meaning, Span span) {
        return Metric.gauge(
                "average_" + what + "_seconds", meaning, at -> at.own().of(span).average() / SECOND);
    }

    /** Of a histogram the buckets, each with all below it, as Prometheus counts them. */
    private static Metric<Object, MetricsState> within(String what, String meaning, Span span) {
        return new Metric<>(what + "_within", Metric.Type.COUNTER, meaning, Optional.of("seconds"), at -> {
            Times times = at.own().of(span);
            Map<String, Long> all = new LinkedHashMap<>();
            for (int i = 0; i < Times.BOUNDS.size(); i++) {
                all.put(
                        String.format(Locale.ROOT, "%.2f", Times.BOUNDS.get(i) / SECOND),
                        times.within().get(i));
            }
            return all;
        });
    }
}
