package dev.dunlin.dht.metrics;

import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.words.CamelCase;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadProtocol;
import dev.dunlin.dht.wire.KadQuestion;
import java.util.List;
import java.util.Locale;

/** The observer that counts. It asks nobody, and nobody asks it. */
public final class MetricsMachine {

    /** Its name, with which the names of its metrics begin. */
    public static final String NAME = "kademlia";

    private static final Guards<Object, MetricsState, MetricsAction> GUARDS =
            Guards.<Object, MetricsState, MetricsAction>of()
                    .on(MetricsAction.Counted.class, hasRoom())
                    .on(MetricsAction.Timed.class, hasRoom())
                    .build();

    /** The registration. */
    public static final Machine<Object, MetricsState, MetricsAction> METRICS = Machine.of(NAME, MetricsState.INITIAL)
            .actions(MetricsAction.class)
            .text(Figure.TEXT)
            .text(Span.TEXT)
            .boots((own, booted, ctx) -> MetricsState.INITIAL)
            .guards(GUARDS)
            .reduces(MetricsMachine::reduce)
            .on(
                    OperationAction.Start.class,
                    fact -> new MetricsAction.Counted(
                            Figure.OPERATIONS, fact.goal().word()))
            .on(
                    OperationOutcome.Done.class,
                    fact -> new MetricsAction.Timed(
                            Figure.OPERATION_ENDS, label(fact.result()), Span.OPERATION, fact.took()))
            .on(
                    QueryOutcome.Done.class,
                    fact -> new MetricsAction.Timed(Figure.QUERY_ENDS, label(fact.end()), Span.QUERY, fact.took()))
            .on(
                    RoutingAction.LookupDone.class,
                    fact -> new MetricsAction.Counted(
                            Figure.REFRESHES, label(fact.outcome().end())))
            .on(
                    ExchangeAction.Ask.class,
                    fact -> fact.message() instanceof KadQuestion && isKad(fact.protocol()),
                    fact -> new MetricsAction.Counted(Figure.REQUESTS, label((KadQuestion) fact.message())))
            .on(
                    ExchangeOutcome.Answered.class,
                    fact -> fact.message() instanceof KadAnswer && isKad(fact.protocol()),
                    fact -> new MetricsAction.Timed(
                            Figure.ANSWERS, label((KadAnswer) fact.message()), Span.REQUEST, fact.took()))
            .on(
                    ExchangeOutcome.AskFailed.class,
                    fact -> isKad(fact.protocol()),
                    fact -> new MetricsAction.Counted(Figure.FAILURES, label(fact.why())))
            .on(RoutingAction.Asked.class, fact -> new MetricsAction.Counted(Figure.QUESTIONS, label(fact.message())))
            .on(
                    RoutingAction.Entered.class,
                    fact -> new MetricsAction.Counted(
                            Figure.ENTERED, fact.network().word()))
            .on(
                    RoutingAction.Left.class,
                    fact -> new MetricsAction.Counted(
                            Figure.LEFT, fact.network().word()))
            .transitions("running: counted, timed")
            .phases((own, subject) -> "running")
            .invariants(List.of())
            .budget(budget());

    private MetricsMachine() {}

    private static MetricsState reduce(MetricsState own, MetricsAction action, Context ctx) {
        MetricsState counted = own.counted(action.figure(), action.label());
        return switch (action) {
            case MetricsAction.Counted _ -> counted;
            case MetricsAction.Timed(Figure _, String _, Span span, long took) -> counted.timed(span, took);
        };
    }

    private static <A extends MetricsAction> Guards.Clause<Object, MetricsState, A> hasRoom() {
        return Clauses.when(
                "labels-not-full", (own, action) -> own.of(action.figure()).hasRoom(action.label()));
    }

    private static boolean isKad(String protocol) {
        return protocol.equals(KadProtocol.NAME) || protocol.equals(KadProtocol.LAN_NAME);
    }

    private static String label(Enum<?> of) {
        return of.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String label(KadQuestion question) {
        return label(question.getClass());
    }

    private static String label(KadAnswer answer) {
        return label(answer.getClass());
    }

    private static String label(Class<?> type) {
        return CamelCase.parted(type.getSimpleName(), "-").toLowerCase(Locale.ROOT);
    }

    private static long budget() {
        long counts = (long) Figure.values().length * Counts.MOST_LABELS * (2L * Counts.LONGEST_LABEL + 64);
        long times = (long) Span.values().length * (Times.BOUNDS.size() + 8) * 64;
        return counts + times + 4096;
    }
}
