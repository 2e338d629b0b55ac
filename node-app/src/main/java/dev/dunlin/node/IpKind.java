package dev.dunlin.node;

import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.MultiformatException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An IP address in a text, and what may be known of it without telling which it is.
 *
 * @param version 4 or 6
 * @param reach {@code any}, {@code loopback}, {@code linklocal}, {@code private}, {@code multicast}, {@code documentation} or
 *     {@code public}
 * @param canonical the same for all ways to write it
 */
record IpKind(int version, String reach, String canonical) {

    /** The address that a text is, without a zone; empty if it is none. */
    static Optional<IpKind> of(String text) {
        boolean isSix = text.indexOf(':') >= 0;
        try {
            Component address = Multiaddr.parse((isSix ? "/ip6/" : "/ip4/") + text)
                    .components()
                    .getFirst();
            byte[] ip = address.valueBytes();
            return Optional.of(isSix && !isMapped(ip) ? six(ip, address.value()) : four(isSix ? mapped(ip) : ip));
        } catch (MultiformatException none) {
            return Optional.empty();
        }
    }

    private static boolean isMapped(byte[] ip) {
        return HexFormat.of().formatHex(ip, 0, 12).equals("00000000000000000000ffff");
    }

    private static byte[] mapped(byte[] ip) {
        return new byte[] {ip[12], ip[13], ip[14], ip[15]};
    }

    private static IpKind four(byte[] ip) {
        int first = ip[0] & 0xFF;
        int second = ip[1] & 0xFF;
        int third = ip[2] & 0xFF;
        String hex = HexFormat.of().formatHex(ip);
        String reach;
        if (hex.equals("00000000")) {
            reach = "any";
        } else if (first == 127) {
            reach = "loopback";
        } else if (first == 169 && second == 254) {
            reach = "linklocal";
        } else if (first == 10
                || first == 172 && second >> 4 == 1
                || first == 192 && second == 168
                || first == 100 && second >> 6 == 1) {
            reach = "private";
        } else if (first == 192 && second == 0 && third == 2
                || first == 198 && second == 51 && third == 100
                || first == 203 && second == 0 && third == 113) {
            reach = "documentation";
        } else {
            reach = first >= 224 ? "multicast" : "public";
        }
        return new IpKind(4, reach, first + "." + second + "." + third + "." + (ip[3] & 0xFF));
    }

    private static IpKind six(byte[] ip, String text) {
        String hex = HexFormat.of().formatHex(ip);
        int first = ip[0] & 0xFF;
        int second = ip[1] & 0xFF;
        String reach;
        if (hex.equals("0".repeat(32))) {
            reach = "any";
        } else if (hex.equals("0".repeat(31) + "1")) {
            reach = "loopback";
        } else if (first == 0xFE && second >> 6 == 2) {
            reach = "linklocal";
        } else if (first >> 1 == 0x7E) {
            reach = "private";
        } else if (hex.startsWith("20010db8")) {
            reach = "documentation";
        } else {
            reach = first == 0xFF ? "multicast" : "public";
        }
        return new IpKind(6, reach, text);
    }
}
