package dev.dunlin.dht.crawl;

import dev.dunlin.connection.ConnectionConfig;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Preimages;
import dev.dunlin.dht.routing.RoutingConfig;
import java.util.Optional;

/**
 * What can be configured of the crawl machine. Each component but those below is the setting of its name, in microseconds where it is a
 * time; what it means stands there. A value that is missing or out of its range is the standard one.
 *
 * @param self this node's own id ({@code node.peerId}), which is never asked
 * @param isScoped as {@link RoutingConfig#isScoped}
 */
public record CrawlConfig(
        Optional<PeerId> self,
        boolean isScoped,
        int maxCrawls,
        int maxNodes,
        int width,
        int maxQuestions,
        long requestTimeout,
        long timeout) {

    static final int MOST_CRAWLS = 8;
    static final int MOST_NODES = 100_000;
    static final int MOST_WIDTH = 1024;

    private static final Setting MAX_CRAWLS =
            Setting.count("crawl.maxCrawls", 1, 1, MOST_CRAWLS, "most crawls at the same time");
    private static final Setting MAX_NODES = Setting.count(
            "crawl.maxNodes", 20_000, 1, MOST_NODES, "most nodes of a crawl: others that are named are not asked");
    private static final Setting WIDTH = Setting.count(
            "crawl.width", 64, 1, MOST_WIDTH, "how many nodes a crawl asks at the same time, each one question");
    private static final Setting MAX_QUESTIONS = Setting.count(
            "crawl.maxQuestions",
            Preimages.MOST_BITS,
            1,
            Preimages.MOST_BITS,
            "most questions to a node: one for each bucket of its table, from the farthest on");
    private static final Setting REQUEST_TIMEOUT = Setting.time(
            "crawl.requestTimeout",
            10_000_000,
            1_000,
            600_000_000,
            "how long a node may take to answer, a dial included");
    private static final Setting TIMEOUT =
            Setting.time("crawl.timeout", 3_600_000_000L, 1_000, 86_400_000_000L, "how long a crawl may take");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    MAX_CRAWLS, MAX_NODES, WIDTH, MAX_QUESTIONS, REQUEST_TIMEOUT, TIMEOUT)
            .alive();

    /** What an empty configuration says. */
    public static final CrawlConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static CrawlConfig of(Table<String, String> config) {
        return new CrawlConfig(
                ConnectionConfig.of(config).self(),
                RoutingConfig.of(config).isScoped(),
                MAX_CRAWLS.integer(config),
                MAX_NODES.integer(config),
                WIDTH.integer(config),
                MAX_QUESTIONS.integer(config),
                REQUEST_TIMEOUT.number(config),
                TIMEOUT.number(config));
    }
}
