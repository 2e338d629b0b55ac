package dev.dunlin.dht.routing;

import dev.dunlin.connection.ConnectionConfig;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.TableLimits;
import dev.dunlin.dht.wire.KadProtocol;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What can be configured of the routing machine. Each component but those below is the setting of its name, in microseconds where it is a
 * time; what it means stands there. A value that is missing or out of its range is the standard one.
 *
 * @param self this node's own id ({@code node.peerId})
 * @param isScoped whether addresses of the internet and of the local network make two networks ({@code routing.addresses})
 * @param bootstrap the nodes by which a network is joined; addresses that do not end in a peer id are left out
 */
public record RoutingConfig(
        Optional<PeerId> self,
        Mode mode,
        boolean isScoped,
        String prefix,
        List<Contact> bootstrap,
        int bucketSize,
        int maxContacts,
        int maxPerNetwork,
        int maxPerNetworkInBucket,
        int maxCandidates,
        int maxChecks,
        long checkTimeout,
        long checkInterval,
        long refreshInterval,
        int lowContacts,
        long joinInterval) {

    static final int MOST_CONTACTS = 16_384;
    static final int MOST_CANDIDATES = 4096;
    static final int MOST_CHECKS = 256;
    static final int MOST_BOOTSTRAP = 64;
    private static final long DAY = 86_400_000_000L;

    /** What the node does in the networks. */
    public static final Setting MODE = new Setting(
            "routing.mode",
            new Kind.OneOf(Arrays.stream(Mode.values()).map(Mode::word).toList()),
            Mode.AUTO.word(),
            "what this node does in Kademlia networks: auto answers others as long as they can reach it",
            false);

    private static final Setting ADDRESSES = new Setting(
            "routing.addresses",
            new Kind.OneOf(List.of("scoped", "any")),
            "scoped",
            "whether those of the internet and those of the local network make two networks, or all are of one",
            false);
    /** The nodes by which a network is joined. */
    public static final Setting BOOTSTRAP = new Setting(
            "routing.bootstrap",
            new Kind.Addresses(MOST_BOOTSTRAP),
            "",
            "nodes by which a network is joined: addresses that end in /p2p/ and a peer id",
            false);

    private static final Setting BUCKET_SIZE = Setting.count(
            "routing.bucketSize", 20, 1, TableLimits.MOST_BUCKET, "nodes in a bucket of a routing table, Kademlia's k");
    private static final Setting MAX_CONTACTS =
            Setting.count("routing.maxContacts", 1000, 1, MOST_CONTACTS, "most nodes in a routing table");
    private static final Setting MAX_PER_NETWORK = Setting.count(
            "routing.maxPerNetwork",
            3,
            0,
            MOST_CONTACTS,
            "most nodes of one IP network in the routing table of the internet, 0 for any number");
    private static final Setting MAX_PER_NETWORK_IN_BUCKET =
            Setting.count("routing.maxPerNetworkInBucket", 2, 0, MOST_CONTACTS, "the same, in one of its buckets");
    private static final Setting MAX_CANDIDATES = Setting.count(
            "routing.maxCandidates",
            128,
            1,
            MOST_CANDIDATES,
            "most nodes that wait to be looked at before they are taken in");
    private static final Setting MAX_CHECKS =
            Setting.count("routing.maxChecks", 8, 1, MOST_CHECKS, "most nodes that are looked at at the same time");
    private static final Setting CHECK_TIMEOUT = Setting.time(
            "routing.checkTimeout",
            10_000_000,
            1_000,
            600_000_000,
            "how long such a node may take to answer, a dial included");
    private static final Setting CHECK_INTERVAL = Setting.time(
            "routing.checkInterval",
            600_000_000,
            1_000_000,
            DAY,
            "after how long without an answer a node in the table is looked at");
    private static final Setting REFRESH_INTERVAL = Setting.time(
            "routing.refreshInterval",
            600_000_000,
            1_000_000,
            DAY,
            "time between two lookups for nodes near this one, and for those that the table has room for");
    private static final Setting LOW_CONTACTS = Setting.count(
            "routing.lowContacts",
            10,
            1,
            MOST_CONTACTS,
            "with fewer nodes than this in the table the network is joined anew");
    private static final Setting JOIN_INTERVAL = Setting.time(
            "routing.joinInterval", 30_000_000, 1_000_000, DAY, "time between two tries to join a network");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    BUCKET_SIZE,
                    MAX_CONTACTS,
                    MAX_PER_NETWORK,
                    MAX_PER_NETWORK_IN_BUCKET,
                    MAX_CANDIDATES,
                    MAX_CHECKS,
                    CHECK_TIMEOUT,
                    CHECK_INTERVAL,
                    REFRESH_INTERVAL,
                    LOW_CONTACTS,
                    JOIN_INTERVAL)
            .alive()
            .and(Settings.of(MODE, ADDRESSES, KadProtocol.PREFIX, BOOTSTRAP));

    /** What an empty configuration says. */
    public static final RoutingConfig DEFAULT = of(Table.empty());

    /** Copies the list. */
    public RoutingConfig {
        bootstrap = List.copyOf(bootstrap);
    }

    /** Reads a configuration; never fails. */
    public static RoutingConfig of(Table<String, String> config) {
        return new RoutingConfig(
                ConnectionConfig.of(config).self(),
                Mode.of(MODE.of(config)),
                ADDRESSES.of(config).equals("scoped"),
                KadProtocol.PREFIX.of(config),
                Contact.named(
                        BOOTSTRAP.all(config).stream().map(Multiaddr::parse).toList()),
                BUCKET_SIZE.integer(config),
                MAX_CONTACTS.integer(config),
                MAX_PER_NETWORK.integer(config),
                MAX_PER_NETWORK_IN_BUCKET.integer(config),
                MAX_CANDIDATES.integer(config),
                MAX_CHECKS.integer(config),
                CHECK_TIMEOUT.number(config),
                CHECK_INTERVAL.number(config),
                REFRESH_INTERVAL.number(config),
                LOW_CONTACTS.integer(config),
                JOIN_INTERVAL.number(config));
    }

    /** After how long without a use a node makes place for another: when it was looked at in vain, or nobody could. */
    private long grace() {
        return 2 * checkInterval;
    }

    /** The limits of the routing table of a network; in a local one all are of few networks. */
    TableLimits limits(Network network) {
        boolean isDiverse = network == Network.WIDE;
        return new TableLimits(
                bucketSize, maxContacts, isDiverse ? maxPerNetworkInBucket : 0, isDiverse ? maxPerNetwork : 0, grace());
    }
}
