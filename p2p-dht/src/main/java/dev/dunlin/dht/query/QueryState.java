package dev.dunlin.dht.query;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Pool;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;

/**
 * The queries that run.
 *
 * @param config what the last boot said, and operators since
 * @param pool the queries by their numbers
 * @param tickets the number of each asker's query
 * @param last the number of the last query; never falls, not even at a boot
 */
public record QueryState(QueryConfig config, Pool<Long, Query> pool, Table<Ticket, Long> tickets, long last) {

    /** Before the first boot. */
    public static final QueryState INITIAL = of(QueryConfig.DEFAULT, 0);

    static QueryState of(QueryConfig config, long last) {
        return new QueryState(config, Pool.of(config.maxQueries(), config.maxQueriesOfOne()), Table.empty(), last);
    }

    /** The queries that run, by their numbers. */
    public Table<Long, Query> running() {
        return pool.running();
    }

    QueryState with(Pool<Long, Query> changed) {
        return new QueryState(config, changed, tickets, last);
    }

    String phaseOf(Subject subject) {
        if (!subject.kind().equals(QueryAction.OfQuery.KIND)) {
            return "running";
        }
        return running().has(Long.parseLong(subject.key())) ? "asking" : "noQuery";
    }
}
