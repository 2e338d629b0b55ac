package dev.dunlin.connection.netty;

/**
 * Figures of a transport since its start.
 *
 * @param sockets sockets that are open now: connections, those in upgrade, dials, listeners
 * @param connections upgraded connections that are open now
 * @param streams streams that are open now
 * @param pendingInbound inbound connections in upgrade now
 * @param accepted TCP connections accepted
 * @param dialled TCP connects begun
 * @param refusedPending inbound connections closed in upgrade because others came
 * @param refusedByNode connections and streams closed because the node took no new work
 * @param upgradeFailures connections that failed in upgrade
 * @param streamFailures inbound streams that failed in negotiation
 */
public record TransportStats(
        int sockets,
        int connections,
        int streams,
        int pendingInbound,
        long accepted,
        long dialled,
        long refusedPending,
        long refusedByNode,
        long upgradeFailures,
        long streamFailures) {}
