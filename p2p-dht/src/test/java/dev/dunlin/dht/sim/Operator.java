package dev.dunlin.dht.sim;

import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.Health;
import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.crawl.CrawlOutcome;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.query.QueryOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Somebody who operates the nodes of a crowd: asks and orders what a registry offers, as command lines and routes do. */
final class Operator {

    private final KadCrowd crowd;
    private final Registry<KadRoot> registry;
    private long tickets = 1_000_000;

    Operator(KadCrowd crowd) {
        this.crowd = crowd;
        this.registry = Registry.of(crowd.store(0));
    }

    /** The answer to a question, and as people read it. */
    Record ask(int node, String name, Map<String, String> given) {
        return asked(node, registry.find(name).orElseThrow(), given);
    }

    private <V, S, A extends Record> A asked(
            int node, Registry.Offered<KadRoot, V, S, A> offered, Map<String, String> given) {
        return offered.answer(
                crowd.store(node).state(), Arguments.of(offered.operation().parameters(), given), Long::toString);
    }

    /** The answer to an order, for which the crowd goes on up to so many seconds. */
    Record order(int node, String name, Map<String, String> given, int seconds) {
        return ordered(node, registry.find(name).orElseThrow(), given, seconds);
    }

    private <V, S, A extends Record> A ordered(
            int node, Registry.Offered<KadRoot, V, S, A> offered, Map<String, String> given, int seconds) {
        Operation.Order<V, S, A> order = (Operation.Order<V, S, A>) offered.operation();
        Arguments arguments = Arguments.of(order.parameters(), given);
        Ticket ticket = new Ticket(Ticket.API, ++tickets);
        List<Action.Ticketed> ends = new ArrayList<>();
        crowd.onOutcome((other, outcome) -> {
            if (outcome.ticket().equals(ticket) && isEnd(outcome)) {
                ends.add(outcome);
            }
        });
        crowd.say(node, order.wish().apply(arguments, ticket));
        long until = crowd.now() + seconds * KadCrowd.SECOND;
        while (ends.isEmpty() && crowd.now() < until) {
            crowd.runTo(Math.min(until, crowd.now() + KadCrowd.SECOND / 10));
        }
        if (ends.getFirst() instanceof NodeOutcome.Refused refused) {
            throw new IllegalStateException(refused.clause());
        }
        return order.became()
                .told(
                        Optional.of(ends.getFirst()),
                        arguments,
                        offered.look().at(crowd.store(node).state(), Long::toString));
    }

    private static boolean isEnd(Action.Ticketed outcome) {
        return !(outcome instanceof OperationOutcome.Told)
                && !(outcome instanceof QueryOutcome.Told)
                && !(outcome instanceof CrawlOutcome.Progressed);
    }

    /** An answer as people read it. */
    List<String> text(String name, Record answer) {
        return registry.find(name).orElseThrow().text(answer);
    }

    /** The values of a metric by label, of its whole name. */
    Map<String, ? extends Number> metric(int node, String name) {
        return registry.metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .findFirst()
                .orElseThrow()
                .read(crowd.store(node).state());
    }

    /** The names of all metrics. */
    List<String> metrics() {
        return registry.metrics().stream().map(Registry.Measured::name).toList();
    }

    /** How something is. */
    Health health(int node, String name) {
        return registry.checks().stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow()
                .now(crowd.store(node).state(), Long::toString);
    }
}
