package dev.dunlin.dht.routing;

import static dev.dunlin.core.store.Clauses.present;
import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.routing.RoutingAction.CheckAnswered;
import dev.dunlin.dht.routing.RoutingAction.CheckFailed;
import dev.dunlin.dht.routing.RoutingAction.Find;
import dev.dunlin.dht.routing.RoutingAction.Join;
import dev.dunlin.dht.routing.RoutingAction.LookupDone;
import dev.dunlin.dht.routing.RoutingAction.LookupRefused;
import dev.dunlin.dht.routing.RoutingAction.OfTask;
import java.util.function.Function;

/** The enabling conditions of the routing machine. */
final class RoutingGuards {

    private RoutingGuards() {}

    static final Guards<Object, RoutingState, RoutingAction> ALL = Guards.<Object, RoutingState, RoutingAction>of()
            .on(
                    Find.class,
                    isPartOf(Find::network),
                    when(
                            "count-in-range",
                            (own, wish) -> wish.most() >= 1 && wish.most() <= Terms.MOST_WANTED,
                            "most",
                            Find::most))
            .on(
                    Join.class,
                    isPartOf(Join::network),
                    when(
                            "waiters-not-full",
                            (own, wish) -> own.spaces()
                                            .at(wish.network())
                                            .refresh()
                                            .waiters()
                                            .size()
                                    < Space.Refresh.MOST_WAITERS))
            .on(RoutingAction.Helped.class, isPartOf(RoutingAction.Helped::network))
            .on(RoutingAction.Failed.class, isPartOf(RoutingAction.Failed::network))
            .on(CheckAnswered.class, isAwaited(false))
            .on(CheckFailed.class, isAwaited(false))
            .on(LookupDone.class, isAwaited(true))
            .on(LookupRefused.class, isAwaited(true))
            .always(RoutingAction.Described.class)
            .always(RoutingAction.Observed.class)
            .always(RoutingAction.SpaceDue.class)
            .always(RoutingAction.Asked.class)
            .always(RoutingAction.Located.class)
            .always(RoutingAction.RecordsAsked.class)
            .always(RoutingAction.Entered.class)
            .always(RoutingAction.Left.class)
            .build();

    private static <A extends RoutingAction> Clause<Object, RoutingState, A> isPartOf(Function<A, Network> network) {
        return when("network-is-on", (own, action) -> own.spaces().has(network.apply(action)), "network", network);
    }

    private static <A extends OfTask> Clause<Object, RoutingState, A> isAwaited(boolean isLookup) {
        return present(
                "task-is-awaited",
                RoutingState::tasks,
                OfTask::task,
                (fact, task) -> task instanceof Task.Looking == isLookup);
    }
}
