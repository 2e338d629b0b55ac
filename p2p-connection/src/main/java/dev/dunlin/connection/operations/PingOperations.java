package dev.dunlin.connection.operations;

import dev.dunlin.connection.ConnectionView;
import dev.dunlin.connection.ping.PingAction;
import dev.dunlin.connection.ping.PingOutcome;
import dev.dunlin.connection.ping.PingState;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation.Order;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.core.operate.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Pings, to those who operate a node. */
public final class PingOperations {

    private PingOperations() {}

    /** What pings took. */
    public record Pinged(
            @Means("the id of the peer") String peer,

            @Means("the round-trip times, in their order, in milliseconds")
            List<Double> roundTripsMs,

            @Means("how many had no answer") int lost) {}

    /** All. */
    public static final Operations<ConnectionView, PingState> ALL = Operations.<ConnectionView, PingState>none()
            .with(new Order<>(
                    "peers ping",
                    "/peers/{peer}/ping",
                    List.of(
                            Parameter.required("peer", new Kind.Peer(), "the id of a connected peer"),
                            Parameter.optional(
                                    "count", new Kind.Count(1, 100), "3", "how many times, one after the other")),
                    "Pings a connected peer.",
                    Pinged.class,
                    (given, ticket) ->
                            new PingAction.Ping(ticket, given.peer("peer"), (int) given.number("count"), 100_000),
                    (outcome, given, after) -> pinged(outcome.orElseThrow()),
                    PingOperations::text,
                    120_000))
            .with(
                    Metric.gauge(
                            "watched_peers",
                            "connected peers that are pinged",
                            at -> at.own().peers().size()),
                    Metric.gauge("silent_peers", "connected peers whose last ping had no answer", at -> {
                        int silent = 0;
                        for (PingState.Peer peer : at.own().peers().values()) {
                            silent += peer.failures() > 0 ? 1 : 0;
                        }
                        return silent;
                    }));

    private static Pinged pinged(Object outcome) {
        return switch (outcome) {
            case PingOutcome.PingDone done ->
                new Pinged(
                        done.peer().toString(),
                        done.rttsMicros().stream()
                                .map(micros -> micros / 1000.0)
                                .toList(),
                        done.lost());
            case PingOutcome.PingFailed failed ->
                throw new NoAnswerException(
                        NoAnswerException.Kind.FAILED, "pinging " + failed.peer() + " failed: " + failed.why());
            default -> throw new IllegalStateException("no outcome of a ping: " + outcome);
        };
    }

    private static List<String> text(Pinged answer) {
        List<String> lines = new ArrayList<>();
        answer.roundTripsMs()
                .forEach(millis ->
                        lines.add(String.format(Locale.ROOT, "pong from %s: %.3f ms", answer.peer(), millis)));
        lines.add(answer.roundTripsMs().size() + " answered, " + answer.lost() + " lost");
        return lines;
    }
}
