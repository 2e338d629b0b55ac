package dev.dunlin.connection.identify;

import dev.dunlin.connection.ConnectionConfig;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import java.util.Optional;

/**
 * What can be configured of the identify machine. Each component but those below is the setting of its name, in microseconds or
 * bytes where it is a time or a size; what it means stands there. A value that is missing or out of its range is the standard
 * one.
 *
 * @param self this node's own id ({@code node.peerId}); without it we say neither key nor record
 */
public record IdentifyConfig(
        Optional<PeerId> self,
        String protocolVersion,
        String agentVersion,
        long timeout,
        long debounce,
        int maxPushes,
        int maxLinks,
        long pushEvery,
        int pushBurst,
        int observers,
        int maxBelieved,
        int protocols,
        int addresses) {

    /** The greatest number of connected peers: the byte budget is made for it. */
    public static final int MOST_PEERS = 2048;

    /** The greatest number of pushes on their way. */
    public static final int MOST_PUSHES = 1024;

    /** The longest version text, in characters. */
    public static final int MAX_TEXT = 128;

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long HOUR = 3_600 * SECOND;

    private static final Setting PROTOCOL_VERSION =
            Setting.words("identify.protocolVersion", "ipfs/0.1.0", MAX_TEXT, "what this node calls the network");
    /** What this node calls itself. */
    public static final Setting AGENT_VERSION =
            Setting.words("identify.agentVersion", "dunlin", MAX_TEXT, "what this node calls itself");

    private static final Setting TIMEOUT = Setting.time(
            "identify.timeout",
            5 * SECOND,
            MILLI,
            HOUR,
            "how long asking a peer who it is, or pushing it a change, may take");
    private static final Setting DEBOUNCE = Setting.time(
            "identify.debounce",
            SECOND,
            MILLI,
            HOUR,
            "how long a change of this node's addresses or protocols waits for others before it is pushed");
    private static final Setting MAX_PUSHES =
            Setting.count("identify.maxPushes", 32, 1, MOST_PUSHES, "most pushes on their way");
    private static final Setting MAX_LINKS =
            Setting.count("identify.maxLinks", 1024, 0, MOST_PEERS, "most connections that are watched");
    private static final Setting PUSH_EVERY =
            Setting.time("identify.pushEvery", 5 * SECOND, 0, HOUR, "how often a peer may push, on average");
    private static final Setting PUSH_BURST =
            Setting.count("identify.pushBurst", 10, 1, 1000, "how many pushes a peer may make at once");
    private static final Setting OBSERVERS = Setting.count(
            "identify.observers", 4, 1, 1000, "how many distinct observers make an observed address believed");
    private static final Setting MAX_BELIEVED = Setting.count(
            "identify.maxBelieved", 4, 0, 32, "most observed addresses that are believed and told to others");
    private static final Setting PROTOCOLS =
            Setting.count("identify.protocols", 1024, 0, 1024, "most protocols taken of a peer");
    private static final Setting ADDRESSES =
            Setting.count("identify.addresses", 500, 0, 500, "most addresses taken of a peer");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
            PROTOCOL_VERSION,
            AGENT_VERSION,
            TIMEOUT.alive(),
            DEBOUNCE.alive(),
            MAX_PUSHES.alive(),
            MAX_LINKS.alive(),
            PUSH_EVERY.alive(),
            PUSH_BURST.alive(),
            OBSERVERS,
            MAX_BELIEVED,
            PROTOCOLS.alive(),
            ADDRESSES.alive());

    /** What an empty configuration says. */
    public static final IdentifyConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static IdentifyConfig of(Table<String, String> config) {
        return new IdentifyConfig(
                ConnectionConfig.of(config).self(),
                PROTOCOL_VERSION.of(config),
                AGENT_VERSION.of(config),
                TIMEOUT.number(config),
                DEBOUNCE.number(config),
                MAX_PUSHES.integer(config),
                MAX_LINKS.integer(config),
                PUSH_EVERY.number(config),
                PUSH_BURST.integer(config),
                OBSERVERS.integer(config),
                MAX_BELIEVED.integer(config),
                PROTOCOLS.integer(config),
                ADDRESSES.integer(config));
    }
}
