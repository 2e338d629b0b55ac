package dev.dunlin.dht.query;

import static dev.dunlin.core.store.Clauses.absent;
import static dev.dunlin.core.store.Clauses.present;
import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Pool;
import dev.dunlin.dht.query.QueryAction.AnswerCame;
import dev.dunlin.dht.query.QueryAction.AnswerMissing;
import dev.dunlin.dht.query.QueryAction.Start;
import dev.dunlin.dht.query.QueryAction.Stop;

/** The enabling conditions of the query machine. */
final class QueryGuards {

    private QueryGuards() {}

    static final Guards<Object, QueryState, QueryAction> ALL = Guards.<Object, QueryState, QueryAction>of()
            .on(
                    Start.class,
                    when("node-has-an-id", (own, wish) -> own.config().self().isPresent()),
                    absent("ticket-is-new", QueryState::tickets, Start::ticket),
                    Pool.hasRoom("queries-not-full", QueryState::pool, wish -> Long.MAX_VALUE, Start::owner))
            .on(Stop.class, when("query-runs", (own, wish) -> own.tickets().has(wish.ticket())))
            .on(
                    AnswerCame.class,
                    present(
                            "answer-is-awaited",
                            QueryState::running,
                            AnswerCame::query,
                            (fact, query) -> query.lookup().requests().has(fact.request())))
            .on(
                    AnswerMissing.class,
                    present(
                            "answer-is-awaited",
                            QueryState::running,
                            AnswerMissing::query,
                            (fact, query) -> query.lookup().requests().has(fact.request())))
            .always(QueryAction.QueryDue.class)
            .always(QueryAction.PeerHelped.class)
            .always(QueryAction.PeerFailed.class)
            .build();
}
