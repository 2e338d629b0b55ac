package dev.dunlin.dht.crawl;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Pool;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;

/**
 * The crawls that go on.
 *
 * @param config what the last boot said, and operators since
 * @param pool the crawls by their numbers
 * @param tickets the number of each asker's crawl
 * @param last the number of the last crawl; never falls, not even at a boot
 */
public record CrawlState(CrawlConfig config, Pool<Long, Crawl> pool, Table<Ticket, Long> tickets, long last) {

    /** Before the first boot. */
    public static final CrawlState INITIAL = of(CrawlConfig.DEFAULT, 0);

    static CrawlState of(CrawlConfig config, long last) {
        return new CrawlState(config, Pool.of(config.maxCrawls(), config.maxCrawls()), Table.empty(), last);
    }

    /** The crawls that go on, by their numbers. */
    public Table<Long, Crawl> running() {
        return pool.running();
    }

    CrawlState begun(Crawl crawl) {
        return new CrawlState(config, pool.start(last + 1, crawl), tickets.with(crawl.ticket(), last + 1), last + 1);
    }

    CrawlState next(long number, Crawl crawl) {
        return new CrawlState(config, pool.next(number, crawl), tickets, last);
    }

    CrawlState ended(long number) {
        Ticket ticket = running().at(number).ticket();
        return new CrawlState(config, pool.end(number), tickets.without(ticket), last);
    }

    CrawlState configured(CrawlConfig changed) {
        return new CrawlState(changed, pool.bounded(changed.maxCrawls(), changed.maxCrawls()), tickets, last);
    }

    String phaseOf(Subject subject) {
        if (!subject.kind().equals(CrawlAction.OfCrawl.KIND)) {
            return "running";
        }
        return running().has(Long.parseLong(subject.key())) ? "crawling" : "noCrawl";
    }
}
