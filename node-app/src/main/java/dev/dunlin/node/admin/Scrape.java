package dev.dunlin.node.admin;

import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.runtime.RuntimeStats;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.words.CamelCase;
import dev.dunlin.node.admin.netty.Door;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * All metrics of a node for Prometheus: what its registry declares, the runtime's figures, what was done and what was refused by type,
 * the API itself, and the JVM.
 *
 * @param <R> the root of the state tree
 */
final class Scrape<R> {

    /** What all names begin with. */
    static final String PREFIX = "dunlin_";

    private final PrometheusRegistry metrics = new PrometheusRegistry();
    private final Live<R> node;
    private final Histogram requests;

    Scrape(
            Registry<R> registry,
            Live<R> node,
            ActionCounts counts,
            EventSource events,
            Supplier<Door.Stats> door,
            IntSupplier atOnce) {
        this.node = node;
        JvmMetrics.builder().register(metrics);
        registry.metrics().forEach(this::declared);
        CounterWithCallback.builder()
                .name(PREFIX + "actions")
                .help("actions, outcomes and effects, by type")
                .labelNames("type")
                .callback(to -> counts.actions().forEach((type, count) -> to.call(count, type)))
                .register(metrics);
        CounterWithCallback.builder()
                .name(PREFIX + "rejections")
                .help("actions that were disabled, by type and by the clause of their guard")
                .labelNames("type", "clause")
                .callback(
                        to -> counts.rejections().forEach((what, count) -> to.call(count, what.type(), what.clause())))
                .register(metrics);
        counter("inputs", "inputs taken", RuntimeStats::inputs);
        refused();
        counter("stray_answers", "answers to no request in flight", RuntimeStats::strayAnswers);
        counter("handler_failures", "effect handlers that threw, which is a bug", RuntimeStats::handlerFailures);
        counter("slow_inputs", "inputs that took longer than 100 ms", RuntimeStats::slow);
        counter("lost_requests", "requests that were given up without an answer", RuntimeStats::lostRequests);
        counter(
                "dropped_progress",
                "what was found on the way and not told, because the caller was too slow to take it",
                RuntimeStats::droppedProgress);
        counter("log_stalls", "how often the store waited for the log", RuntimeStats::logStalls);
        counter("log_snapshots", "snapshots written", RuntimeStats::snapshots);
        gauge("queued_inputs", "new work in the queue", RuntimeStats::queued);
        gauge("queued_control", "new work in the lane for control", RuntimeStats::control);
        gauge("queued_sources", "peers with new work in the queue", RuntimeStats::sources);
        gauge("queued_inputs_highest", "the most new work that was seen in the queue", RuntimeStats::highestQueued);
        gauge("requests", "requests to services in flight", RuntimeStats::requests);
        gauge(
                "oldest_request_seconds",
                "how long the oldest request in flight has waited",
                stats -> stats.oldestRequestMicros() / 1e6);
        gauge("stuck_seconds", "how long the input in work has taken so far", stats -> stats.stuckMicros() / 1e6);
        gauge("handles", "open connections, streams and listeners", RuntimeStats::handles);
        gauge("waiting_callers", "callers that wait for an outcome", RuntimeStats::asking);
        gauge("log_queued", "inputs that wait to be written to the log", RuntimeStats::logQueued);
        GaugeWithCallback.builder()
                .name(PREFIX + "log_unforced")
                .help("inputs that are not forced to the disk yet")
                .callback(to ->
                        to.call(Math.max(0, node.state().input() - node.stats().forced())))
                .register(metrics);
        GaugeWithCallback.builder()
                .name(PREFIX + "healthy")
                .help("what the node needs: 1 it is well, 0.5 somebody should look, 0 it is not ready")
                .labelNames("check")
                .callback(to -> node.health()
                        .forEach((check, health) -> to.call(
                                switch (health.status()) {
                                    case OK -> 1;
                                    case WARN -> 0.5;
                                    case FAIL -> 0;
                                },
                                check)))
                .register(metrics);
        GaugeWithCallback.builder()
                .name(PREFIX + "event_clients")
                .help("clients of the event stream")
                .callback(to -> to.call(events.clients()))
                .register(metrics);
        CounterWithCallback.builder()
                .name(PREFIX + "event_damage")
                .help("damaged places of the log that the event stream met")
                .callback(to -> to.call(events.damaged()))
                .register(metrics);
        GaugeWithCallback.builder()
                .name(PREFIX + "api_connections")
                .help("connections to the admin API, from their accept on")
                .callback(to -> to.call(door.get().open()))
                .register(metrics);
        CounterWithCallback.builder()
                .name(PREFIX + "api_closed")
                .help("connections that the admin API closed: at once, since there were too many in all or of one"
                        + " address; since they asked nothing; since a request was not whole in time")
                .labelNames("why")
                .callback(to -> {
                    Door.Stats stats = door.get();
                    to.call(stats.full(), "full");
                    to.call(stats.share(), "address");
                    to.call(stats.silent(), "silent");
                    to.call(stats.slow(), "slow");
                })
                .register(metrics);
        CounterWithCallback.builder()
                .name(PREFIX + "api_held")
                .help("how often a connection to the admin API was read no further, since its requests waited")
                .callback(to -> to.call(door.get().held()))
                .register(metrics);
        GaugeWithCallback.builder()
                .name(PREFIX + "api_requests")
                .help("requests that the admin API is answering, the event stream's among them")
                .callback(to -> to.call(atOnce.getAsInt()))
                .register(metrics);
        requests = Histogram.builder()
                .name(PREFIX + "api_seconds")
                .help("how long answers of the admin API took, but for the event stream")
                .labelNames("status")
                .classicOnly()
                .classicUpperBounds(0.001, 0.005, 0.02, 0.1, 0.5, 2.5)
                .register(metrics);
    }

    private void declared(Registry.Measured<R, ?, ?> measured) {
        Metric<?, ?> metric = measured.metric();
        String name = PREFIX + snake(measured.name());
        String[] labels = metric.label().map(label -> new String[] {label}).orElse(new String[0]);
        switch (metric.type()) {
            case GAUGE ->
                GaugeWithCallback.builder()
                        .name(name)
                        .help(metric.meaning())
                        .labelNames(labels)
                        .callback(to -> read(measured, (value, label) -> to.call(value, label)))
                        .register(metrics);
            case COUNTER ->
                CounterWithCallback.builder()
                        .name(name)
                        .help(metric.meaning())
                        .labelNames(labels)
                        .callback(to -> read(measured, (value, label) -> to.call(value, label)))
                        .register(metrics);
        }
    }

    @FunctionalInterface
    private interface Told {
        void value(double value, String... label);
    }

    private void read(Registry.Measured<R, ?, ?> measured, Told told) {
        StoreState<R> state = node.state();
        Iterator<? extends Map.Entry<String, ? extends Number>> series =
                measured.read(state).entrySet().iterator();
        boolean labelled = measured.metric().label().isPresent();
        for (int i = 0; i < Metric.MAX_SERIES && series.hasNext(); i++) {
            Map.Entry<String, ? extends Number> one = series.next();
            if (labelled) {
                told.value(one.getValue().doubleValue(), one.getKey());
            } else {
                told.value(one.getValue().doubleValue());
            }
        }
    }

    private static String snake(String name) {
        return CamelCase.parted(name, "_").toLowerCase(Locale.ROOT);
    }

    private void counter(String name, String help, ToDoubleFunction<RuntimeStats> value) {
        CounterWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .callback(to -> to.call(value.applyAsDouble(node.stats())))
                .register(metrics);
    }

    private void gauge(String name, String help, ToDoubleFunction<RuntimeStats> value) {
        GaugeWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .callback(to -> to.call(value.applyAsDouble(node.stats())))
                .register(metrics);
    }

    private void refused() {
        CounterWithCallback.builder()
                .name(PREFIX + "refused")
                .help("new work that was refused at the door, by what was full")
                .labelNames("full")
                .callback(to -> {
                    RuntimeStats stats = node.stats();
                    to.call(stats.refused(), "queue");
                    to.call(stats.refusedPeer(), "peer");
                    to.call(stats.refusedRequests(), "requests");
                    to.call(stats.refusedHandles(), "handles");
                    to.call(stats.refusedUnwritable(), "disk");
                })
                .register(metrics);
    }

    /** A request was answered. */
    void answered(int status, long nanos) {
        requests.labelValues(status / 100 + "xx").observe(nanos / 1e9);
    }

    /** All of them, in Prometheus's text format 0.0.4. */
    byte[] text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 14);
        try {
            PrometheusTextFormatWriter.create().write(out, metrics.scrape());
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot be written", e);
        }
        return out.toByteArray();
    }
}
