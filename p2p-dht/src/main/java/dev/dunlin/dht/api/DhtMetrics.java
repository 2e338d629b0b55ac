package dev.dunlin.dht.api;

import dev.dunlin.core.state.Table;
import dev.dunlin.dht.metrics.Counts;
import dev.dunlin.dht.metrics.Figure;
import dev.dunlin.dht.metrics.MetricsState;
import dev.dunlin.dht.metrics.Span;
import dev.dunlin.dht.metrics.Times;
import dev.dunlin.dht.record.RecordsState;
import dev.dunlin.dht.routing.RoutingState;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What a node's DHT has done since the node started, and how it stands.
 *
 * @param uptime how long there has been this {@link Dht}: rates are of it
 * @param totalQueries lookups that are over, those of the node's own upkeep among them
 * @param successfulQueries those of them that came to their end
 * @param queryLatency how long they took
 * @param totalNetworkRequests questions that were sent to others
 * @param networkAnswers those of them that were answered
 * @param networkTimeouts those of them that were not answered in time
 * @param networkLatency how long answers took
 * @param routingTableSize how many nodes are known now, in all networks together
 * @param peersAdded nodes that have entered a routing table
 * @param peersRemoved nodes that have left one
 * @param bucketRefreshes lookups of the upkeep of routing tables that are over
 * @param valuesKept values that are kept for others now
 * @param providersKept provider records that are kept for others now
 * @param errors questions without an answer, by why
 */
public record DhtMetrics(
        Duration uptime,
        long totalQueries,
        long successfulQueries,
        Latency queryLatency,
        long totalNetworkRequests,
        long networkAnswers,
        long networkTimeouts,
        Latency networkLatency,
        int routingTableSize,
        long peersAdded,
        long peersRemoved,
        long bucketRefreshes,
        int valuesKept,
        int providersKept,
        Table<String, Long> errors) {

    private static final String CONVERGED = "converged";
    private static final String TIMED_OUT = "timed-out";

    /** Nothing counted. */
    public static final DhtMetrics NONE =
            new DhtMetrics(Duration.ZERO, 0, 0, Latency.NONE, 0, 0, 0, Latency.NONE, 0, 0, 0, 0, 0, 0, Table.empty());

    /**
     * How long something took.
     *
     * @param average nothing if it never happened
     * @param least the shortest
     * @param most the longest
     */
    public record Latency(Duration average, Duration least, Duration most) {

        /** It never happened. */
        public static final Latency NONE = new Latency(Duration.ZERO, Duration.ZERO, Duration.ZERO);

        static Latency of(Times times) {
            return new Latency(micros(Math.round(times.average())), micros(times.least()), micros(times.most()));
        }

        private static Duration micros(long time) {
            return Duration.of(time, ChronoUnit.MICROS);
        }
    }

    static DhtMetrics of(MetricsState counted, RoutingState routing, RecordsState records, Duration uptime) {
        Counts ends = counted.of(Figure.QUERY_ENDS);
        Counts failures = counted.of(Figure.FAILURES);
        return new DhtMetrics(
                uptime,
                ends.sum(),
                ends.byLabel().or(CONVERGED, 0L),
                Latency.of(counted.of(Span.QUERY)),
                counted.of(Figure.REQUESTS).sum(),
                counted.of(Figure.ANSWERS).sum(),
                failures.byLabel().or(TIMED_OUT, 0L),
                Latency.of(counted.of(Span.REQUEST)),
                routing.known(),
                counted.of(Figure.ENTERED).sum(),
                counted.of(Figure.LEFT).sum(),
                counted.of(Figure.REFRESHES).sum(),
                records.stock().values(),
                records.stock().providers(),
                failures.byLabel());
    }

    /** Which share of the lookups came to their end, 0 to 1; 1 if there were none. */
    public double querySuccessRate() {
        return share(successfulQueries, totalQueries);
    }

    /** Which share of the questions that are over were answered, 0 to 1; 1 if there were none. */
    public double networkSuccessRate() {
        long failed = 0;
        for (long each : errors.values()) {
            failed += each;
        }
        return share(networkAnswers, networkAnswers + failed);
    }

    /** How many lookups a second were made on average. */
    public double queriesPerSecond() {
        return perSecond(totalQueries);
    }

    /** How many questions a second were sent on average. */
    public double networkRequestsPerSecond() {
        return perSecond(totalNetworkRequests);
    }

    private double perSecond(long count) {
        return uptime.isZero() ? 0 : count * 1e9 / uptime.toNanos();
    }

    private static double share(long part, long of) {
        return of == 0 ? 1 : (double) part / of;
    }
}
