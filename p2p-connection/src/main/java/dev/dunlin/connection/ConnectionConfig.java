package dev.dunlin.connection;

import static dev.dunlin.connection.config.Settings.number;

import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import java.util.Optional;

/**
 * What can be configured of the connection machine. Every key is optional; a value out of its range counts as missing.
 * Times are microseconds.
 *
 * @param self this node's own id ({@code node.peerId}), which is never dialled
 * @param maxAttempts attempts of one {@code Connect}, each of them all addresses ({@code connection.maxAttempts}, 3, 1
 *     to 100)
 * @param dialTimeout how long one address may take ({@code connection.dialTimeout}, 15 s, 1 ms to 1 h)
 * @param retryBase delay before the second attempt, doubled for each further one ({@code connection.retryBase}, 5 s, 1
 *     ms to 1 day)
 * @param retryMax longest delay ({@code connection.retryMax}, 5 min, 1 ms to 1 day)
 * @param idleTimeout how long a connection stays open that nobody uses or keeps, 0 for ever
 *     ({@code connection.idleTimeout}, 2 min, 0 to 365 days)
 * @param lowWater with no more connections than so many, none is closed for being idle that the other side has opened: it may keep
 *     this node, and would only come back ({@code connection.lowWater}, 64, 0 to 16384; go-libp2p's term)
 * @param spareTimeout the same as {@code idleTimeout}, where another connection to the peer serves new streams
 *     ({@code connection.spareTimeout}, 30 s, 1 ms to 365 days)
 * @param drainTimeout how long the streams of a connection may go on that is to be closed
 *     ({@code connection.drainTimeout}, 5 s, 1 ms to 1 h)
 * @param closeTimeout how long an orderly close may take ({@code connection.closeTimeout}, 5 s, 1 ms to 1 h)
 * @param listenTimeout how long opening a listener may take ({@code connection.listenTimeout}, 10 s, 1 ms to 1 h)
 * @param simultaneousWindow of connections to one peer that come up within this time neither counts as the later one
 *     ({@code connection.simultaneousWindow}, 30 s, 0 to 1 h)
 * @param maxPeers most peers that are connected, dialled or to be dialled again ({@code connection.maxPeers}, 1024, 1 to
 *     {@link #MOST_PEERS})
 * @param maxFailures most peers more, whose permanent failure is remembered; of more, the oldest is forgotten
 *     ({@code connection.maxFailures}, 512, 1 to {@link #MOST_PEERS})
 * @param maxKept most peers kept ({@code connection.maxKept}, 256, 0 to {@link #MOST_KEPT})
 * @param maxConnections most connections, open, closing or being dialled ({@code connection.maxConnections}, 1024, 1 to
 *     16384)
 * @param maxInbound most inbound connections, open or closing ({@code connection.maxInbound}, 512, 0 to 16384)
 * @param maxPerPeer most connections of one peer, open or closing ({@code connection.maxPerPeer}, 8, 2 to 64: two sides
 *     that dial one another have two for a moment)
 * @param maxDials most dials at once ({@code connection.maxDials}, 160, 1 to 16384)
 * @param maxAddresses most addresses kept of a peer ({@code connection.maxAddresses}, 16, 1 to {@link #MOST_ADDRESSES})
 * @param maxWaiters most tickets that wait for one peer ({@code connection.maxWaiters}, 16, 1 to {@link #MOST_WAITERS})
 * @param maxListeners most listeners ({@code connection.maxListeners}, 16, 0 to 64)
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
        int maxKept,
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

    /** What an empty configuration says. */
    public static final ConnectionConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static ConnectionConfig of(Table<String, String> config) {
        return new ConnectionConfig(
                config.find("node.peerId").flatMap(ConnectionConfig::peer),
                (int) number(config, "connection.maxAttempts", 3, 1, 100),
                number(config, "connection.dialTimeout", 15 * SECOND, MILLI, HOUR),
                number(config, "connection.retryBase", 5 * SECOND, MILLI, DAY),
                number(config, "connection.retryMax", 300 * SECOND, MILLI, DAY),
                number(config, "connection.idleTimeout", 120 * SECOND, 0, 365 * DAY),
                (int) number(config, "connection.lowWater", 64, 0, 16384),
                number(config, "connection.spareTimeout", 30 * SECOND, MILLI, 365 * DAY),
                number(config, "connection.drainTimeout", 5 * SECOND, MILLI, HOUR),
                number(config, "connection.closeTimeout", 5 * SECOND, MILLI, HOUR),
                number(config, "connection.listenTimeout", 10 * SECOND, MILLI, HOUR),
                number(config, "connection.simultaneousWindow", 30 * SECOND, 0, HOUR),
                (int) number(config, "connection.maxPeers", 1024, 1, MOST_PEERS),
                (int) number(config, "connection.maxFailures", 512, 1, MOST_PEERS),
                (int) number(config, "connection.maxKept", 256, 0, MOST_KEPT),
                (int) number(config, "connection.maxConnections", 1024, 1, 16384),
                (int) number(config, "connection.maxInbound", 512, 0, 16384),
                (int) number(config, "connection.maxPerPeer", 8, 2, 64),
                (int) number(config, "connection.maxDials", 160, 1, 16384),
                (int) number(config, "connection.maxAddresses", 16, 1, MOST_ADDRESSES),
                (int) number(config, "connection.maxWaiters", 16, 1, MOST_WAITERS),
                (int) number(config, "connection.maxListeners", 16, 0, 64));
    }

    private static Optional<PeerId> peer(String text) {
        try {
            return Optional.of(PeerId.parse(text));
        } catch (MultiformatException e) {
            return Optional.empty();
        }
    }
}
