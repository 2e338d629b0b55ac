package dev.dunlin.connection.words;

import dev.dunlin.connection.Connection;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import java.util.Map;
import java.util.TreeMap;

/** By whom the connections of a node are taken. */
final class Crowd {

    private static final int FOUR = 3;
    private static final int SIX = 7;

    private Crowd() {}

    /** Where most connections come from, to be said behind that they are full; empty where there are none. */
    static String of(ConnectionState own) {
        Map<String, Integer> byNetwork = new TreeMap<>();
        for (Connection connection : own.connections().values()) {
            byNetwork.merge(network(connection.remoteAddress()), 1, Integer::sum);
        }
        return byNetwork.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(most -> "; most connections are with " + most.getKey() + ": " + most.getValue() + " of "
                        + own.connections().size())
                .orElse("");
    }

    // The network that shares are counted by: an IPv4 /24 or an IPv6 /56.
    private static String network(Multiaddr address) {
        if (!(address.host().orElse(null) instanceof Component.Ip)) {
            return "others";
        }
        byte[] ip = address.host().orElseThrow().valueBytes();
        StringBuilder text = new StringBuilder();
        if (ip.length == 4) {
            for (int i = 0; i < FOUR; i++) {
                text.append(ip[i] & 0xFF).append('.');
            }
            return text.append("0/24").toString();
        }
        for (int i = 0; i < SIX; i += 2) {
            int high = ip[i] & 0xFF;
            int low = i + 1 < SIX ? ip[i + 1] & 0xFF : 0;
            text.append(Integer.toHexString(high << 8 | low)).append(':');
        }
        return text.append(":/56").toString();
    }
}
