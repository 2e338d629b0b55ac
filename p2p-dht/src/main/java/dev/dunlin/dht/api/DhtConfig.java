package dev.dunlin.dht.api;

import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.crawl.CrawlConfig;
import dev.dunlin.dht.operation.OperationConfig;
import dev.dunlin.dht.publish.PublishConfig;
import dev.dunlin.dht.query.QueryConfig;
import dev.dunlin.dht.record.DiskConfig;
import dev.dunlin.dht.record.RecordsConfig;
import dev.dunlin.dht.routing.Mode;
import dev.dunlin.dht.routing.RoutingConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How a {@link Dht} and the machines behind it work. Immutable; made by {@link #builder()}, which says all that is wrong at once. */
public final class DhtConfig {

    /** The most retries. */
    public static final int MOST_RETRIES = 100;

    private static final Duration LEAST_BACKOFF = Duration.ofMillis(1);
    private static final Duration MOST_BACKOFF = Duration.ofHours(1);

    private static final long MOST_SECONDS = Long.MAX_VALUE / 1_000_000_000;

    /** A lookup has one of so many parts of the time of its operation. */
    private static final int LOOKUP_SHARE = 3;

    private static final Settings KNOWN = RoutingConfig.SETTINGS
            .and(QueryConfig.SETTINGS)
            .and(OperationConfig.SETTINGS)
            .and(PublishConfig.SETTINGS)
            .and(CrawlConfig.SETTINGS)
            .and(RecordsConfig.SETTINGS)
            .and(DiskConfig.SETTINGS);

    /** What a builder makes of which nothing is said. */
    public static final DhtConfig STANDARD = builder().build();

    private final Table<String, String> settings;
    private final int maxRetries;
    private final Duration initialBackoff;
    private final Duration maxBackoff;
    private final boolean enableMetrics;

    private DhtConfig(Builder said, Table<String, String> settings) {
        this.settings = settings;
        maxRetries = said.maxRetries;
        initialBackoff = said.initialBackoff;
        maxBackoff = said.maxBackoff;
        enableMetrics = said.enableMetrics;
    }

    /** The setting of a key that a configuration has. */
    static Setting setting(String key) {
        return KNOWN.find(key).orElseThrow();
    }

    /** Collects what is wished. */
    public static Builder builder() {
        return new Builder();
    }

    /** What the machines of the node are configured with, by key in the recorded form: the node is started with these. */
    public Table<String, String> settings() {
        return settings;
    }

    /** How often what nobody has answered or stored is tried again, 0 to {@value #MOST_RETRIES}. */
    public int maxRetries() {
        return maxRetries;
    }

    /** How long is waited before a try: twice as long before each as before the last, up to a bound. */
    Duration backoff(int retry) {
        Duration wait = initialBackoff;
        for (int i = 1; i < retry && wait.compareTo(maxBackoff) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        return wait.compareTo(maxBackoff) < 0 ? wait : maxBackoff;
    }

    /** Whether what the DHT does is counted. */
    public boolean enableMetrics() {
        return enableMetrics;
    }

    /** Collects what is wished; what is not said is the standard. A later word of the same thing takes the place of an earlier one. */
    public static final class Builder {
        private final Map<String, String> said = new LinkedHashMap<>();
        private int maxRetries = 3;
        private Duration initialBackoff = Duration.ofMillis(500);
        private Duration maxBackoff = Duration.ofSeconds(30);
        private boolean enableMetrics = true;

        private Builder() {}

        /** Whether the node asks others, and answers them. Standard: {@link Mode#AUTO}. */
        public Builder mode(Mode mode) {
            return setting("routing.mode", mode.word());
        }

        /** What the protocol of the network begins with, such as {@code /fleet}. Standard: {@code /ipfs}, the public network. */
        public Builder prefix(String prefix) {
            return setting("routing.prefix", prefix);
        }

        /** The nodes by which the network is joined; each address ends in {@code /p2p/} and a peer id. Standard: none. */
        public Builder bootstrapPeers(List<Multiaddr> addresses) {
            return setting(
                    "routing.bootstrap",
                    addresses.stream().map(Multiaddr::toString).collect(Collectors.joining(",")));
        }

        /** Nodes in a bucket of a routing table, and with how many something is stored: Kademlia's k. Standard: 20. */
        public Builder bucketSize(int nodes) {
            return setting("routing.bucketSize", nodes).setting("dht.replication", nodes);
        }

        /** With how many of the nodes nearest to a key something is stored, if not as many as a bucket has. */
        public Builder replication(int nodes) {
            return setting("dht.replication", nodes);
        }

        /** How many nodes a lookup asks at the same time: Kademlia's alpha. Standard: 3. */
        public Builder concurrency(int nodes) {
            return setting("dht.concurrency", nodes);
        }

        /** How many of the nearest nodes are to answer before a lookup asks the rest at once: beta. Standard: 3. */
        public Builder resiliency(int nodes) {
            return setting("dht.resiliency", nodes);
        }

        /** How many lookups that ask no node in common go on side by side (S/Kademlia). Standard: 1. */
        public Builder disjointPaths(int paths) {
            return setting("dht.paths", paths);
        }

        /** How many answers with a value are enough, if a call does not say. Standard: 16. */
        public Builder quorum(int answers) {
            return setting("dht.quorum", answers);
        }

        /**
         * Whether addresses of the local network are kept out of the network that spans the internet. Tests on one machine say no.
         * Standard: yes.
         */
        public Builder filterLocalhost(boolean filters) {
            return setting("routing.addresses", filters ? "scoped" : "any");
        }

        /** Most nodes of one IP network in the routing table of the internet, 0 for any number. Standard: 3. */
        public Builder maxPeersPerNetwork(int nodes) {
            return setting("routing.maxPerNetwork", nodes);
        }

        /** How long an answer of one node is awaited, a dial included. Standard: 10 s, and 30 s to store. */
        public Builder networkTimeout(Duration timeout) {
            return setting("query.requestTimeout", timeout)
                    .setting("routing.checkTimeout", timeout)
                    .setting("dht.storeTimeout", timeout);
        }

        /** How long an operation may take, its lookup and its stores together; a third of it to look. Standard: 3 min. */
        public Builder queryTimeout(Duration timeout) {
            // What was found is to be stored still.
            return setting("query.timeout", timeout.dividedBy(LOOKUP_SHARE)).setting("dht.timeout", timeout);
        }

        /** How many operations may go on at the same time. Standard: 64, of which 48 of one asker. */
        public Builder maxConcurrentQueries(int operations) {
            return setting("dht.maxOperations", operations).setting("dht.maxOperationsOfOne", operations);
        }

        /** Time between two lookups that refresh the routing table. Standard: 10 min. */
        public Builder refreshInterval(Duration interval) {
            return setting("routing.refreshInterval", interval);
        }

        /** Most nodes in a routing table. Standard: 1,000. */
        public Builder maxRoutingTableSize(int nodes) {
            return setting("routing.maxContacts", nodes);
        }

        /**
         * Whether content is stored with nodes that are likely the nearest while others are looked for: much sooner, and with as many
         * nodes. Standard: no.
         */
        public Builder optimisticProvide(boolean enabled) {
            return setting("dht.optimisticProvide", Boolean.toString(enabled));
        }

        /** After how long others are told again what this node keeps provided. Standard: 22 h; they forget it after 48 h. */
        public Builder reprovideInterval(Duration interval) {
            return setting("publish.reprovideInterval", interval);
        }

        /** How often what nobody has answered or stored is tried again. Standard: 3 times. */
        public Builder maxRetries(int times) {
            maxRetries = times;
            return this;
        }

        /** How long a call waits before it tries again for the first time; twice as long each time after. Standard: 500 ms. */
        public Builder initialBackoff(Duration wait) {
            initialBackoff = wait;
            return this;
        }

        /** How long a call waits at most before it tries again. Standard: 30 s. */
        public Builder maxBackoff(Duration wait) {
            maxBackoff = wait;
            return this;
        }

        /** Whether what the DHT does is counted. Standard: yes. */
        public Builder enableMetrics(boolean enabled) {
            enableMetrics = enabled;
            return this;
        }

        /**
         * Any setting of the machines, by its key, as people write it: {@code records.maxValues}, {@code 10s}.
         */
        public Builder setting(String key, String written) {
            said.put(key, written);
            return this;
        }

        private Builder setting(String key, long number) {
            return setting(key, Long.toString(number));
        }

        private Builder setting(String key, Duration time) {
            // What is too long for a number is too long for each setting.
            long micros = time.toSeconds() > MOST_SECONDS ? Long.MAX_VALUE : time.toNanos() / 1000;
            return setting(key, micros + "us");
        }

        /**
         * The configuration.
         *
         * @throws DhtException.Configuration if something of it cannot be; it says all that is wrong
         */
        public DhtConfig build() {
            List<String> problems = new ArrayList<>();
            Table<String, String> settings = Table.empty();
            for (Map.Entry<String, String> one : said.entrySet()) {
                try {
                    settings = settings.with(one.getKey(), recorded(one.getKey(), one.getValue()));
                } catch (BadValueException bad) {
                    problems.add(one.getKey() + " = " + one.getValue() + " " + bad.why());
                }
            }
            for (String entry : settings.or("routing.bootstrap", "").split(",")) {
                if (!entry.isEmpty() && Multiaddr.parse(entry).peerId().isEmpty()) {
                    problems.add("routing.bootstrap: " + entry
                            + " does not say which node is there: end it with /p2p/ and the node's id");
                }
            }
            if (maxRetries < 0 || maxRetries > MOST_RETRIES) {
                problems.add("maxRetries = " + maxRetries + " is not from 0 to " + MOST_RETRIES);
            }
            backoff("initialBackoff", initialBackoff, problems);
            backoff("maxBackoff", maxBackoff, problems);
            if (initialBackoff.compareTo(maxBackoff) > 0) {
                problems.add("initialBackoff = " + initialBackoff + " is above maxBackoff = " + maxBackoff);
            }
            if (!problems.isEmpty()) {
                throw new DhtException.Configuration(problems);
            }
            return new DhtConfig(this, settings);
        }

        private static String recorded(String key, String written) throws BadValueException {
            Setting setting = KNOWN.find(key)
                    .orElseThrow(() -> new BadValueException("is no setting of the DHT: see docs/configuration.md"));
            try {
                return setting.kind().recorded(written);
            } catch (BadValueException bad) {
                throw new BadValueException(
                        bad.why() + "; it is " + setting.kind().range());
            }
        }

        private static void backoff(String name, Duration wait, List<String> problems) {
            if (wait.compareTo(LEAST_BACKOFF) < 0 || wait.compareTo(MOST_BACKOFF) > 0) {
                problems.add(name + " = " + wait + " is not from " + LEAST_BACKOFF + " to " + MOST_BACKOFF);
            }
        }
    }
}
