package dev.dunlin.dht.query;

import dev.dunlin.connection.ConnectionConfig;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.wire.KadQuestion;
import java.util.Optional;

/**
 * What can be configured of the query machine. Each component but those below is the setting of its name, in microseconds where it is a
 * time; what it means stands there. A value that is missing or out of its range is the standard one.
 *
 * @param self this node's own id ({@code node.peerId}), which is never asked
 */
public record QueryConfig(
        Optional<PeerId> self,
        int maxQueries,
        int maxQueriesOfOne,
        int maxCandidates,
        int maxRequests,
        long timeout,
        long requestTimeout,
        long patience) {

    static final int MOST_QUERIES = 1024;
    static final int MOST_CANDIDATES = 1024;

    private static final Setting MAX_QUERIES =
            Setting.count("query.maxQueries", 64, 1, MOST_QUERIES, "most lookups at the same time");
    private static final Setting MAX_QUERIES_OF_ONE = Setting.count(
            "query.maxQueriesOfOne", 32, 1, MOST_QUERIES, "most of them for one asker, such as this node's own upkeep");
    private static final Setting MAX_CANDIDATES = Setting.count(
            "query.maxCandidates", 256, 1, MOST_CANDIDATES, "most nodes of a lookup that wait to be asked");
    private static final Setting MAX_REQUESTS =
            Setting.count("query.maxRequests", 1000, 1, Query.MOST_REQUESTS, "most questions of a lookup");
    private static final Setting TIMEOUT =
            Setting.time("query.timeout", 60_000_000, 1_000, 3_600_000_000L, "how long a lookup may take");
    private static final Setting REQUEST_TIMEOUT = Setting.time(
            "query.requestTimeout",
            10_000_000,
            1_000,
            600_000_000,
            "how long an answer to one question of a lookup is awaited, a dial included");
    private static final Setting PATIENCE = Setting.time(
            "query.patience",
            2_500_000,
            1_000,
            600_000_000,
            "after how long without an answer somebody else is asked beside");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    MAX_QUERIES, MAX_QUERIES_OF_ONE, MAX_CANDIDATES, MAX_REQUESTS, TIMEOUT, REQUEST_TIMEOUT, PATIENCE)
            .alive();

    /** What an empty configuration says. */
    public static final QueryConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static QueryConfig of(Table<String, String> config) {
        return new QueryConfig(
                ConnectionConfig.of(config).self(),
                MAX_QUERIES.integer(config),
                MAX_QUERIES_OF_ONE.integer(config),
                MAX_CANDIDATES.integer(config),
                MAX_REQUESTS.integer(config),
                TIMEOUT.number(config),
                REQUEST_TIMEOUT.number(config),
                PATIENCE.number(config));
    }

    /** Whoever looks for something is not told that it is nowhere while somebody may still have it; nodes there are others. */
    LookupLimits limits(KadQuestion question) {
        boolean isForContent = question instanceof KadQuestion.GetValue || question instanceof KadQuestion.GetProviders;
        return new LookupLimits(maxCandidates, maxRequests, patience, isForContent);
    }
}
