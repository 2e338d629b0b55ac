package dev.dunlin.connection.peer;

import dev.dunlin.connection.ConnectionConfig;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import java.util.Optional;

/**
 * What can be configured of the peer machine. Each component but those below is the setting of its name, in microseconds or
 * bytes where it is a time or a size; what it means stands there. A value that is missing or out of its range is the standard
 * one.
 *
 * @param self this node's own id ({@code node.peerId}): nothing is kept of it
 */
public record PeerConfig(Optional<PeerId> self, int maxMet, int maxHeard, int maxAddresses, long memory) {

    /** The greatest number of peers of each of both kinds. */
    public static final int MOST_PEERS = 16_384;

    /** The greatest number of addresses of one peer. */
    public static final int MOST_ADDRESSES = 64;

    private static final long DAY = 86_400_000_000L;

    private static final Setting MAX_MET =
            Setting.count("peer.maxMet", 4096, 1, MOST_PEERS, "most peers that are or were connected");
    private static final Setting MAX_HEARD =
            Setting.count("peer.maxHeard", 1024, 1, MOST_PEERS, "most peers that are only known by hearsay");
    private static final Setting MAX_ADDRESSES =
            Setting.count("peer.maxAddresses", 20, 1, MOST_ADDRESSES, "most addresses of each");
    private static final Setting MEMORY = Setting.time(
            "peer.memory", 7 * DAY, 1_000, 365 * DAY, "how long a peer is remembered after its last connection");

    /** What can be configured. */
    public static final Settings SETTINGS =
            Settings.of(MAX_MET, MAX_HEARD, MAX_ADDRESSES, MEMORY).alive();

    /** What an empty configuration says. */
    public static final PeerConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static PeerConfig of(Table<String, String> config) {
        return new PeerConfig(
                ConnectionConfig.of(config).self(),
                MAX_MET.integer(config),
                MAX_HEARD.integer(config),
                MAX_ADDRESSES.integer(config),
                MEMORY.number(config));
    }
}
