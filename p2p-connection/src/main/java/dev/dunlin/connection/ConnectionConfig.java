package dev.dunlin.connection;

import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import java.util.Optional;

/**
 * What can be configured of the connection machine. Each component but those below is the setting of its name, in microseconds
 * or bytes where it is a time or a size; what it means stands there. A value that is missing or out of its range is the
 * standard one.
 *
 * @param self this node's own id ({@code node.peerId}), which is never dialled
 */
public record ConnectionConfig(
        Optional<PeerId> self,
        int maxAttempts,
        long dialTimeout,
        long retryBase,
        long retryMax,
        long idleTimeout,
        int lowWater,
        long spareTimeout,
        long drainTimeout,
        long closeTimeout,
        long listenTimeout,
        long simultaneousWindow,
        int maxPeers,
        int maxFailures,
        int maxEnds,
        int maxKept,
        int maxBans,
        int maxConnections,
        int maxInbound,
        int maxPerPeer,
        int maxDials,
        int maxAddresses,
        int maxWaiters,
        int maxListeners) {

    /** The greatest {@link #maxPeers}: the byte budget is made for it. */
    public static final int MOST_PEERS = 16_384;

    /** The greatest {@link #maxKept}. */
    public static final int MOST_KEPT = 4096;

    /** The greatest {@link #maxBans}. */
    public static final int MOST_BANS = 16_384;

    /** The most reasons for which one peer is kept. */
    public static final int MOST_REASONS = 8;

    /** The most addresses of which a failure is remembered. */
    public static final int MOST_FAILED_ADDRESSES = 1024;

    /** The greatest {@link #maxAddresses}. */
    public static final int MOST_ADDRESSES = 16;

    /**
     * The greatest {@link #maxWaiters}. One tick may give up {@link dev.dunlin.core.store.Store#DUE_PER_TICK} dials, and
     * each who waits for one of them may make some eight actions of it: one input may lead to so many, and few more.
     */
    public static final int MOST_WAITERS = 16;

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long HOUR = 3_600 * SECOND;
    private static final long DAY = 24 * HOUR;

    private static final Setting MAX_ATTEMPTS = Setting.count(
            "connection.maxAttempts",
            3,
            1,
            100,
            "attempts to connect to a peer that is not kept, each of them at all its addresses");
    private static final Setting DIAL_TIMEOUT =
            Setting.time("connection.dialTimeout", 15 * SECOND, MILLI, HOUR, "how long a dial of one address may take");
    private static final Setting RETRY_BASE = Setting.time(
            "connection.retryBase",
            5 * SECOND,
            MILLI,
            DAY,
            "delay before the second attempt, doubled for each further one and spread by chance");
    private static final Setting RETRY_MAX = Setting.time(
            "connection.retryMax",
            300 * SECOND,
            MILLI,
            DAY,
            "longest delay between two attempts, also to a peer that is kept");
    private static final Setting IDLE_TIMEOUT = Setting.time(
            "connection.idleTimeout",
            120 * SECOND,
            0,
            365 * DAY,
            "how long a connection stays open that nobody uses or keeps, 0 for ever");
    private static final Setting LOW_WATER = Setting.count(
            "connection.lowWater",
            64,
            0,
            16384,
            "with no more connections than so many, none that the other side has opened is closed for being idle");
    private static final Setting SPARE_TIMEOUT = Setting.time(
            "connection.spareTimeout",
            30 * SECOND,
            MILLI,
            365 * DAY,
            "how long a connection stays open that nobody uses while another one to the same peer serves new streams");
    private static final Setting DRAIN_TIMEOUT = Setting.time(
            "connection.drainTimeout",
            5 * SECOND,
            MILLI,
            HOUR,
            "how long the streams of a connection may go on that is to be closed");
    private static final Setting CLOSE_TIMEOUT =
            Setting.time("connection.closeTimeout", 5 * SECOND, MILLI, HOUR, "how long an orderly close may take");
    private static final Setting LISTEN_TIMEOUT =
            Setting.time("connection.listenTimeout", 10 * SECOND, MILLI, HOUR, "how long opening a listener may take");
    private static final Setting SIMULTANEOUS_WINDOW = Setting.time(
            "connection.simultaneousWindow",
            30 * SECOND,
            0,
            HOUR,
            "two connections to one peer that come up within this time count as opened at once");
    private static final Setting MAX_PEERS = Setting.count(
            "connection.maxPeers",
            1024,
            1,
            MOST_PEERS,
            "most peers that are connected, dialled or to be dialled again");
    private static final Setting MAX_FAILURES = Setting.count(
            "connection.maxFailures",
            512,
            1,
            MOST_PEERS,
            "most peers more whose failure is remembered after the last attempt; of more, the oldest is forgotten");
    private static final Setting MAX_ENDS = Setting.count(
            "connection.maxEnds",
            128,
            0,
            MOST_PEERS,
            "of how many peers it is remembered how the last connection ended; of more, the oldest is forgotten");
    private static final Setting MAX_KEPT =
            Setting.count("connection.maxKept", 256, 0, MOST_KEPT, "most peers to stay connected to");
    private static final Setting MAX_BANS =
            Setting.count("connection.maxBans", 1024, 0, MOST_BANS, "most peers that are banned");
    private static final Setting MAX_CONNECTIONS = Setting.count(
            "connection.maxConnections", 1024, 1, 16384, "most connections, open, closing or being dialled");
    private static final Setting MAX_INBOUND =
            Setting.count("connection.maxInbound", 512, 0, 16384, "most inbound connections, open or closing");
    private static final Setting MAX_PER_PEER = Setting.count(
            "connection.maxPerPeer", 8, 2, 64, "most open connections of one peer; as many more may be closing");
    private static final Setting MAX_DIALS = Setting.count("connection.maxDials", 160, 1, 16384, "most dials at once");
    private static final Setting MAX_ADDRESSES =
            Setting.count("connection.maxAddresses", 16, 1, MOST_ADDRESSES, "most addresses kept of a peer");
    private static final Setting MAX_WAITERS = Setting.count(
            "connection.maxWaiters", 16, 1, MOST_WAITERS, "most requests that wait for one peer to be connected");
    private static final Setting MAX_LISTENERS = Setting.count("connection.maxListeners", 16, 0, 64, "most listeners");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(
                    MAX_ATTEMPTS,
                    DIAL_TIMEOUT,
                    RETRY_BASE,
                    RETRY_MAX,
                    IDLE_TIMEOUT,
                    LOW_WATER,
                    SPARE_TIMEOUT,
                    DRAIN_TIMEOUT,
                    CLOSE_TIMEOUT,
                    LISTEN_TIMEOUT,
                    SIMULTANEOUS_WINDOW,
                    MAX_PEERS,
                    MAX_FAILURES,
                    MAX_ENDS,
                    MAX_KEPT,
                    MAX_BANS,
                    MAX_CONNECTIONS,
                    MAX_INBOUND,
                    MAX_PER_PEER,
                    MAX_DIALS,
                    MAX_ADDRESSES,
                    MAX_WAITERS,
                    MAX_LISTENERS)
            .atMost(RETRY_BASE, RETRY_MAX, "the first delay would be above the longest")
            .alive();

    /** What an empty configuration says. */
    public static final ConnectionConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static ConnectionConfig of(Table<String, String> config) {
        return new ConnectionConfig(
                config.find("node.peerId").flatMap(ConnectionConfig::peer),
                MAX_ATTEMPTS.integer(config),
                DIAL_TIMEOUT.number(config),
                RETRY_BASE.number(config),
                RETRY_MAX.number(config),
                IDLE_TIMEOUT.number(config),
                LOW_WATER.integer(config),
                SPARE_TIMEOUT.number(config),
                DRAIN_TIMEOUT.number(config),
                CLOSE_TIMEOUT.number(config),
                LISTEN_TIMEOUT.number(config),
                SIMULTANEOUS_WINDOW.number(config),
                MAX_PEERS.integer(config),
                MAX_FAILURES.integer(config),
                MAX_ENDS.integer(config),
                MAX_KEPT.integer(config),
                MAX_BANS.integer(config),
                MAX_CONNECTIONS.integer(config),
                MAX_INBOUND.integer(config),
                MAX_PER_PEER.integer(config),
                MAX_DIALS.integer(config),
                MAX_ADDRESSES.integer(config),
                MAX_WAITERS.integer(config),
                MAX_LISTENERS.integer(config));
    }

    private static Optional<PeerId> peer(String text) {
        try {
            return Optional.of(PeerId.parse(text));
        } catch (MultiformatException e) {
            return Optional.empty();
        }
    }
}
