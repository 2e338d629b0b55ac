package dev.dunlin.connection.bootstrap.admission;

import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Protocol;
import dev.dunlin.core.state.Bytes;
import java.util.Arrays;

/** What one customer of a network has: a /24 of IPv4, a /56 of IPv6 (RFC 6177). */
public final class Subnet {

    private static final int V4_BITS = 24;
    private static final int V6_BITS = 56;

    private Subnet() {}

    /** That of an address, such as {@code 203.0.113.0/24}; empty if it has no IP address. */
    public static String of(Multiaddr address) {
        return address.host().orElse(null) instanceof Component.Ip(Protocol protocol, Bytes ip)
                ? text(protocol, ip.toArray())
                : "";
    }

    private static String text(Protocol protocol, byte[] ip) {
        int bits = protocol == Protocol.IP4 ? V4_BITS : V6_BITS;
        Arrays.fill(ip, bits / Byte.SIZE, ip.length, (byte) 0);
        return new Component.Ip(protocol, Bytes.of(ip)).value() + '/' + bits;
    }
}
