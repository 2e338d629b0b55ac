package dev.dunlin.dht.operations;

import dev.dunlin.connection.operations.Grid;
import dev.dunlin.core.operate.At;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.dht.query.Query;
import dev.dunlin.dht.query.QueryState;
import dev.dunlin.dht.wire.KadQuestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lookups under way, to those who operate a node. */
public final class QueryOperations {

    private QueryOperations() {}

    /** A lookup. */
    public record QueryRow(
            @Means("its number, as in the log") long query,

            @Means("who asked for it: dht for callers, routing for the upkeep of the tables")
            String owner,

            @Means("the name of the protocol that is spoken")
            String protocol,

            @Means("what is looked for") String key,
            @Means("since when") String since,
            @Means("how many nodes were asked") int asked,
            @Means("how many have answered") int answers,
            @Means("how many have not, and will not") int failures,

            @Means("how many answers are awaited") int waiting) {}

    /** Lookups. */
    public record QueryList(
            @Means("the lookups, the oldest first") List<QueryRow> queries) {}

    /** All. */
    public static final Operations<Object, QueryState> ALL = Operations.<Object, QueryState>none()
            .with(new dev.dunlin.core.operate.Operation.Query<>(
                    "dht queries",
                    "/dht/queries",
                    List.of(),
                    "Lists the lookups that are under way.",
                    QueryList.class,
                    (at, given) -> queries(at),
                    QueryOperations::text))
            .with(
                    Metric.gauges("running", "owner", "lookups under way, by who asked for them", at -> {
                        Map<String, Integer> all = new TreeMap<>();
                        at.own().pool().owners().each(all::put);
                        return all;
                    }),
                    Metric.gauge(
                            "max_running",
                            "most lookups at the same time",
                            at -> at.own().config().maxQueries()));

    private static QueryList queries(At<Object, QueryState> at) {
        List<QueryRow> rows = new ArrayList<>();
        at.own().running().each((number, query) -> rows.add(row(at, number, query)));
        return new QueryList(rows);
    }

    private static QueryRow row(At<?, ?> at, long number, Query query) {
        return new QueryRow(
                number,
                query.owner(),
                query.protocol(),
                query.question() instanceof KadQuestion.OfKey of ? KeyText.shown(of.key()) : "",
                at.instant(query.startedAt()),
                query.lookup().sent(),
                query.answers(),
                query.failures(),
                query.lookup().requests().size());
    }

    private static List<String> text(QueryList list) {
        Grid grid = Grid.of(
                "no lookup is under way", "QUERY", "FOR", "PROTOCOL", "KEY", "SINCE", "ASKED", "ANSWERED", "FAILED");
        list.queries()
                .forEach(row -> grid.row(
                        Long.toString(row.query()),
                        row.owner(),
                        row.protocol(),
                        row.key(),
                        row.since(),
                        Integer.toString(row.asked()),
                        Integer.toString(row.answers()),
                        Integer.toString(row.failures())));
        return grid.lines();
    }
}
