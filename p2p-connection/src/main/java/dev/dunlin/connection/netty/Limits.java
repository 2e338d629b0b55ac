package dev.dunlin.connection.netty;

import dev.dunlin.connection.multistream.MultistreamLimits;
import dev.dunlin.connection.noise.NoiseLimits;
import dev.dunlin.connection.yamux.YamuxLimits;

/**
 * What the world may cost this transport: every defence is a field, here or in the records inside.
 *
 * @param multistream of each negotiation
 * @param noise of each secured connection
 * @param yamux of each multiplexed connection
 * @param resolver of each address that is dialled
 * @param upgradeMicros how long a connection may take from accept or connect to its multiplexer
 * @param connectMicros how long a TCP connect may take
 * @param maxPendingInbound inbound connections that may be in upgrade at once; for one more, another is closed
 * @param maxPendingPerSubnet how many of them from one /24 or /56, likewise
 * @param maxPendingOpens streams of one connection that may wait for a place among its open ones; more fail
 * @param maxHeldBytes what all connections together may make the node hold in receive windows and stream buffers
 * @param maxHeldBytesPerConnection what each of them may
 */
public record Limits(
        MultistreamLimits multistream,
        NoiseLimits noise,
        YamuxLimits yamux,
        ResolverLimits resolver,
        long upgradeMicros,
        long connectMicros,
        int maxPendingInbound,
        int maxPendingPerSubnet,
        int maxPendingOpens,
        long maxHeldBytes,
        long maxHeldBytesPerConnection) {

    // What is held is on the heap, and is one of several things that are.
    private static final long HELD_BYTES = Math.clamp(Runtime.getRuntime().maxMemory() / 4, 32L << 20, 512L << 20);

    /** The defaults of the cores; 15 s to upgrade, 10 s to connect; 512 pending inbound, 64 of a subnet; 1,024
     * pending opens; a quarter of the heap, at most 512 MiB, held in buffers, and a sixteenth of that by each connection. */
    public static final Limits DEFAULT = new Limits(
            MultistreamLimits.DEFAULT,
            NoiseLimits.DEFAULT,
            YamuxLimits.defaults(),
            ResolverLimits.defaults(),
            15_000_000,
            10_000_000,
            512,
            64,
            1024,
            HELD_BYTES,
            HELD_BYTES / 16);

    /** Checks ranges. */
    public Limits {
        if (upgradeMicros <= 0
                || connectMicros <= 0
                || maxPendingInbound < 1
                || maxPendingPerSubnet < 1
                || maxPendingOpens < 1
                || maxHeldBytes < 1
                || maxHeldBytesPerConnection < 1) {
            throw new IllegalArgumentException("every limit of the transport is at least 1");
        }
    }

    /** These with other bounds of the multiplexer. */
    public Limits withYamux(YamuxLimits changed) {
        return new Limits(
                multistream,
                noise,
                changed,
                resolver,
                upgradeMicros,
                connectMicros,
                maxPendingInbound,
                maxPendingPerSubnet,
                maxPendingOpens,
                maxHeldBytes,
                maxHeldBytesPerConnection);
    }

    /** These with other bounds of what is held in buffers. */
    public Limits withHeldBytes(long all, long ofConnection) {
        return new Limits(
                multistream,
                noise,
                yamux,
                resolver,
                upgradeMicros,
                connectMicros,
                maxPendingInbound,
                maxPendingPerSubnet,
                maxPendingOpens,
                all,
                ofConnection);
    }
}
