package dev.dunlin.dht.crawl;

import static dev.dunlin.core.store.Clauses.absent;
import static dev.dunlin.core.store.Clauses.present;
import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Pool;
import dev.dunlin.dht.crawl.CrawlAction.AnswerCame;
import dev.dunlin.dht.crawl.CrawlAction.AnswerMissing;
import dev.dunlin.dht.crawl.CrawlAction.Seeded;
import dev.dunlin.dht.crawl.CrawlAction.Start;
import dev.dunlin.dht.crawl.CrawlAction.Stop;
import dev.dunlin.dht.crawl.CrawlAction.Unseeded;

/** The enabling conditions of the crawl machine. */
final class CrawlGuards {

    private CrawlGuards() {}

    static final Guards<Object, CrawlState, CrawlAction> ALL = Guards.<Object, CrawlState, CrawlAction>of()
            .on(
                    Start.class,
                    when("node-has-an-id", (own, wish) -> own.config().self().isPresent()),
                    absent("ticket-is-new", CrawlState::tickets, Start::ticket),
                    Pool.hasRoom(
                            "crawls-not-full",
                            CrawlState::pool,
                            wish -> Long.MAX_VALUE,
                            wish -> wish.ticket().machine()))
            .on(Stop.class, when("crawl-goes-on", (own, wish) -> own.tickets().has(wish.ticket())))
            .on(
                    Seeded.class,
                    present(
                            "seeds-are-awaited",
                            CrawlState::running,
                            Seeded::crawl,
                            (fact, crawl) -> !crawl.isSeeded()))
            .on(
                    Unseeded.class,
                    present(
                            "seeds-are-awaited",
                            CrawlState::running,
                            Unseeded::crawl,
                            (fact, crawl) -> !crawl.isSeeded()))
            .on(
                    AnswerCame.class,
                    present(
                            "answer-is-awaited",
                            CrawlState::running,
                            AnswerCame::crawl,
                            (fact, crawl) -> crawl.asking().has(fact.request())))
            .on(
                    AnswerMissing.class,
                    present(
                            "answer-is-awaited",
                            CrawlState::running,
                            AnswerMissing::crawl,
                            (fact, crawl) -> crawl.asking().has(fact.request())))
            .always(CrawlAction.CrawlDue.class)
            .build();
}
