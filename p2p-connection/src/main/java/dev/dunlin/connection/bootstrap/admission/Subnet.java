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

    /** ::ffff:0:0/96. */
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff};

    /** 64:ff9b::/96. */
    private static final byte[] TRANSLATED = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    private Subnet() {}

    private static boolean isBehind(byte[] prefix, byte[] ip) {
        return Arrays.equals(prefix, 0, prefix.length, ip, 0, prefix.length);
    }

    /**
     * That of an address, such as {@code 203.0.113.0/24}; empty if it has no IP address, or is reached by a relay, whose the IP address is. An IPv4
     * address in an IPv6 one is that (RFC 4291 section 2.5.5.2, RFC 6052 section 2.1).
     */
    public static String of(Multiaddr address) {
        if (address.has(Protocol.P2P_CIRCUIT)) {
            return "";
        }
        return address.host().orElse(null) instanceof Component.Ip(Protocol protocol, Bytes ip)
                ? text(protocol, ip.toArray())
                : "";
    }

    private static String text(Protocol protocol, byte[] ip) {
        if (protocol != Protocol.IP4 && (isBehind(MAPPED, ip) || isBehind(TRANSLATED, ip))) {
            return text(Protocol.IP4, Arrays.copyOfRange(ip, MAPPED.length, ip.length));
        }
        int bits = protocol == Protocol.IP4 ? V4_BITS : V6_BITS;
        Arrays.fill(ip, bits / Byte.SIZE, ip.length, (byte) 0);
        return new Component.Ip(protocol, Bytes.of(ip)).value() + '/' + bits;
    }
}
