package dev.dunlin.connection.peer;

import static dev.dunlin.connection.config.Settings.number;

import dev.dunlin.connection.ConnectionConfig;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import java.util.Optional;

/**
 * What can be configured of the peer machine. Every key is optional; a value out of its range counts as missing.
 * Times are microseconds.
 *
 * @param self this node's own id ({@code node.peerId}): nothing is kept of it
 * @param maxMet most peers that are or were connected ({@code peer.maxMet}, 4096, 1 to {@link #MOST_PEERS})
 * @param maxHeard most peers that are only known by hearsay ({@code peer.maxHeard}, 1024, 1 to {@link #MOST_PEERS})
 * @param maxAddresses most addresses of each ({@code peer.maxAddresses}, 20 as in go-libp2p, 1 to {@link #MOST_ADDRESSES})
 * @param memory how long a peer is remembered after its last connection ({@code peer.memory}, 7 days, 1 ms to 365 days)
 */
public record PeerConfig(Optional<PeerId> self, int maxMet, int maxHeard, int maxAddresses, long memory) {

    /** The greatest number of peers of each of both kinds. */
    public static final int MOST_PEERS = 16_384;

    /** The greatest number of addresses of one peer. */
    public static final int MOST_ADDRESSES = 64;

    private static final long DAY = 86_400_000_000L;

    /** What an empty configuration says. */
    public static final PeerConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static PeerConfig of(Table<String, String> config) {
        return new PeerConfig(
                ConnectionConfig.of(config).self(),
                (int) number(config, "peer.maxMet", 4096, 1, MOST_PEERS),
                (int) number(config, "peer.maxHeard", 1024, 1, MOST_PEERS),
                (int) number(config, "peer.maxAddresses", 20, 1, MOST_ADDRESSES),
                number(config, "peer.memory", 7 * DAY, 1_000, 365 * DAY));
    }
}
