package dev.dunlin.dht.table;

import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Protocol;
import dev.dunlin.core.state.Bytes;
import java.util.Arrays;
import java.util.List;

/**
 * The network that an address belongs to: the first 16 bits of an IPv4 address, 8 where one holder was given all of them, 32 of an IPv6
 * one. Who has many nodes in few networks is likely one and the same, so no more than some nodes of each network enter a routing table
 * (ipfs/specs src/routing/kad-dht.md, "IP Diversity Filter"; of IPv6 addresses that page wants the autonomous system, which no address
 * tells: 32 bits are what a registry gives one).
 */
final class Networks {

    private static final int V4_BYTES = 4;
    private static final int MAPPED_ZEROS = 10;

    /** Blocks of 2^24 addresses that were given to one holder each. */
    private static final int[] LEGACY_CLASS_A = {12, 17, 19, 38, 48, 53, 56, 73};

    private Networks() {}

    /** In place of the network of an address that has none. */
    static final int NONE = 0;

    /** The networks of these addresses, each once, in their order; names without an IP address have none. */
    static int[] of(List<Multiaddr> addresses) {
        int[] networks = new int[addresses.size()];
        int count = 0;
        for (Multiaddr address : addresses) {
            int network = of(address);
            if (network != NONE && !contains(networks, count, network)) {
                networks[count++] = network;
            }
        }
        int[] each = count == networks.length ? networks : Arrays.copyOf(networks, count);
        return each;
    }

    private static boolean contains(int[] networks, int count, int network) {
        for (int i = 0; i < count; i++) {
            if (networks[i] == network) {
                return true;
            }
        }
        return false;
    }

    /** The network of an address, {@link #NONE} if it has none. */
    // The first half of an IPv6 address of the internet is never as small as 16 bits: the two kinds do not meet in one
    // number.
    static int of(Multiaddr address) {
        if (address.host().orElse(null) instanceof Component.Ip(Protocol _, Bytes ip)) {
            // An IPv4 address may be written as an IPv6 one (RFC 4291, 2.5.5.2).
            int from = isMapped(ip) ? ip.size() - V4_BYTES : 0;
            int first = ip.at(from) & 0xFF;
            int high = first << Byte.SIZE | ip.at(from + 1) & 0xFF;
            if (ip.size() - from == V4_BYTES) {
                return Arrays.binarySearch(LEGACY_CLASS_A, first) < 0 ? high : first << Byte.SIZE;
            }
            return high << 2 * Byte.SIZE | (ip.at(2) & 0xFF) << Byte.SIZE | ip.at(3) & 0xFF;
        }
        return NONE;
    }

    private static boolean isMapped(Bytes ip) {
        if (ip.size() == V4_BYTES) {
            return false;
        }
        for (int i = 0; i < ip.size() - V4_BYTES; i++) {
            if (ip.at(i) != (i < MAPPED_ZEROS ? 0 : (byte) 0xFF)) {
                return false;
            }
        }
        return true;
    }
}
