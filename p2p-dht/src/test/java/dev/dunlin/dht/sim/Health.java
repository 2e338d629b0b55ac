package dev.dunlin.dht.sim;

import dev.dunlin.core.state.Table;
import dev.dunlin.dht.operation.AnyValue;

/** Crowds of tests, where all values are valid. */
final class Health {

    private Health() {}

    /** As {@link CrowdHealth#SERVERS}. */
    static final Table<String, String> SERVERS = CrowdHealth.SERVERS;

    /** As {@link CrowdHealth#joined}. */
    static KadCrowd joined(int nodes, int eachSecond, long seed, Table<String, String> config) {
        return CrowdHealth.joined(
                nodes, eachSecond, KadCrowd.Options.of(seed, config).judgedBy(AnyValue.VALIDATORS));
    }
}
