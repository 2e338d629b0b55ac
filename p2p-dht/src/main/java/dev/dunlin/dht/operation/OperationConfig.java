package dev.dunlin.dht.operation;

import dev.dunlin.connection.ConnectionConfig;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.routing.Mode;
import dev.dunlin.dht.routing.RoutingConfig;
import java.util.Optional;

/**
 * What can be configured of the machine of operations. Each component but those below is the setting of its name, in microseconds where it
 * is a time; what it means stands there. A value that is missing or out of its range is the standard one.
 *
 * @param self this node's own id ({@code node.peerId})
 * @param isOn whether this node is part of any network ({@code routing.mode})
 * @param isScoped as {@link RoutingConfig#isScoped}
 */
public record OperationConfig(
        Optional<PeerId> self,
        boolean isOn,
        boolean isScoped,
        int maxOperations,
        int maxOperationsOfOne,
        int replication,
        int concurrency,
        int resiliency,
        int paths,
        int quorum,
        int storeWidth,
        long storeTimeout,
        long timeout,
        boolean optimisticProvide) {

    static final int MOST_OPERATIONS = 1024;

    private static final Setting MAX_OPERATIONS =
            Setting.count("dht.maxOperations", 64, 1, MOST_OPERATIONS, "most operations at the same time");
    private static final Setting MAX_OPERATIONS_OF_ONE = Setting.count(
            "dht.maxOperationsOfOne",
            48,
            1,
            MOST_OPERATIONS,
            "most of them for one asker, such as all callers of the API");
    private static final Setting REPLICATION = Setting.count(
            "dht.replication",
            20,
            1,
            Terms.MOST_WANTED,
            "with how many of the nodes nearest to a key something is stored");
    private static final Setting CONCURRENCY = Setting.count(
            "dht.concurrency",
            3,
            1,
            Terms.MOST_WANTED,
            "how many nodes a lookup asks at the same time, Kademlia's alpha");
    private static final Setting RESILIENCY = Setting.count(
            "dht.resiliency",
            3,
            1,
            Terms.MOST_WANTED,
            "how many of the nearest nodes are to answer before the rest are asked at once; no more than dht.replication counts");
    private static final Setting PATHS = Setting.count(
            "dht.paths", 1, 1, Terms.MOST_PATHS, "how many lookups that ask no node in common go on side by side");
    private static final Setting QUORUM = Setting.count(
            "dht.quorum",
            16,
            1,
            Terms.MOST_WANTED,
            "how many answers with a value are enough, if the caller does not say");
    private static final Setting STORE_WIDTH = Setting.count(
            "dht.storeWidth", 10, 1, Terms.MOST_WANTED, "with how many nodes an operation stores at the same time");
    private static final Setting STORE_TIMEOUT = Setting.time(
            "dht.storeTimeout", 30_000_000, 1_000, 600_000_000, "how long a node may take to store, a dial included");
    private static final Setting TIMEOUT =
            Setting.time("dht.timeout", 180_000_000, 1_000, 3_600_000_000L, "how long an operation may take");
    private static final Setting OPTIMISTIC_PROVIDE = Setting.flag(
            "dht.optimisticProvide",
            false,
            "whether content is stored with nodes that are likely the nearest while others are still looked for, where it is"
                    + " known about how many nodes the network has; the caller is told when three of four have stored it");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    MAX_OPERATIONS,
                    MAX_OPERATIONS_OF_ONE,
                    REPLICATION,
                    CONCURRENCY,
                    RESILIENCY,
                    PATHS,
                    QUORUM,
                    STORE_WIDTH,
                    STORE_TIMEOUT,
                    TIMEOUT,
                    OPTIMISTIC_PROVIDE)
            .alive();

    /** What an empty configuration says. */
    public static final OperationConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static OperationConfig of(Table<String, String> config) {
        return new OperationConfig(
                ConnectionConfig.of(config).self(),
                RoutingConfig.of(config).mode() != Mode.OFF,
                RoutingConfig.of(config).isScoped(),
                MAX_OPERATIONS.integer(config),
                MAX_OPERATIONS_OF_ONE.integer(config),
                REPLICATION.integer(config),
                CONCURRENCY.integer(config),
                RESILIENCY.integer(config),
                PATHS.integer(config),
                QUORUM.integer(config),
                STORE_WIDTH.integer(config),
                STORE_TIMEOUT.number(config),
                TIMEOUT.number(config),
                OPTIMISTIC_PROVIDE.isOn(config));
    }

    /** With how many nodes that this node knows a lookup begins: each path has others. */
    int seeds() {
        return Math.min(replication * paths, Terms.MOST_WANTED);
    }

    /** How its lookups go. */
    public Terms terms() {
        return new Terms(
                replication,
                concurrency,
                new Terms.Termination.Nearest(Math.min(resiliency, replication), true),
                true,
                paths);
    }
}
