package dev.dunlin.connection.identify;

import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Protocol;
import dev.dunlin.core.state.Bytes;
import java.util.Arrays;
import java.util.Optional;

/** From how far away an address can be reached; declared from near to far. */
public enum Scope {
    /** From nowhere: no host, an unspecified, multicast or reserved address. */
    NONE,
    /** From the same machine. */
    LOOPBACK,
    /** From the same network: RFC 1918, RFC 6598, RFC 4193, and link-local addresses. */
    PRIVATE,
    /** From anywhere; domain names count as such. */
    PUBLIC;

    private static final int V4_BYTES = 4;
    private static final byte[] V4_MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    /** The scope of an address: that of its first host. */
    public static Scope of(Multiaddr address) {
        Optional<Component> host = address.host();
        if (host.isEmpty()) {
            return NONE;
        }
        if (host.get() instanceof Component.Ip(Protocol _, Bytes ip)) {
            return ofIp(ip.toArray());
        }
        return host.get().value().equals("localhost") ? LOOPBACK : PUBLIC;
    }

    /**
     * Whether an address that a peer gave is worth keeping, by where the peer is: on this machine, any; on our
     * network, no loopback address; elsewhere, public ones only (go-libp2p's rule).
     *
     * @param learned the scope of the address
     * @param remote the scope of the address that the peer is connected from
     */
    static boolean accepts(Scope learned, Scope remote) {
        return learned != NONE
                && switch (remote) {
                    case LOOPBACK -> true;
                    case PRIVATE -> learned != LOOPBACK;
                    case PUBLIC, NONE -> learned == PUBLIC;
                };
    }

    private static Scope ofIp(byte[] ip) {
        if (ip.length == V4_BYTES) {
            return of4(ip[0] & 0xFF, ip[1] & 0xFF);
        }
        if (Arrays.equals(ip, 0, V4_MAPPED.length, V4_MAPPED, 0, V4_MAPPED.length)) {
            return of4(ip[12] & 0xFF, ip[13] & 0xFF);
        }
        return of6(ip);
    }

    private static Scope of4(int first, int second) {
        return switch (first) {
            case 0 -> NONE;
            case 127 -> LOOPBACK;
            case 10 -> PRIVATE;
            case 100 -> second >= 64 && second < 128 ? PRIVATE : PUBLIC;
            case 169 -> second == 254 ? PRIVATE : PUBLIC;
            case 172 -> second >= 16 && second < 32 ? PRIVATE : PUBLIC;
            case 192 -> second == 168 ? PRIVATE : PUBLIC;
            default -> first < 224 ? PUBLIC : NONE;
        };
    }

    private static Scope of6(byte[] ip) {
        int first = ip[0] & 0xFF;
        if (first == 0xFF) {
            return NONE;
        }
        if ((first == 0xFE && (ip[1] & 0xC0) == 0x80) || (first & 0xFE) == 0xFC) {
            return PRIVATE;
        }
        for (int i = 0; i < ip.length - 1; i++) {
            if (ip[i] != 0) {
                return PUBLIC;
            }
        }
        return ip[ip.length - 1] == 0 ? NONE : ip[ip.length - 1] == 1 ? LOOPBACK : PUBLIC;
    }
}
