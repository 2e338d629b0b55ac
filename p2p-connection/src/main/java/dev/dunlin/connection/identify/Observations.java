package dev.dunlin.connection.identify;

import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Protocol;
import dev.dunlin.core.multiformats.Transport;
import dev.dunlin.core.state.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Where others see us. An address is believed while connections from enough distinct groups of observers report it;
 * go-libp2p's rule, with its groups: an IPv4 address, or an IPv6 network of 56 bits.
 */
final class Observations {

    private static final int V6_GROUP_BYTES = 7;

    private Observations() {}

    /**
     * An observed address that says something about where we can be reached: one of TCP on an IP address, not of this
     * machine, and no nearer than its observer is. js-libp2p appends our peer id, which is taken off.
     */
    static Optional<Multiaddr> usable(Optional<Multiaddr> observed, Multiaddr remote) {
        return observed.flatMap(Multiaddr::withoutPeer)
                .filter(address -> address.transport() == Transport.TCP)
                .filter(address ->
                        address.host().filter(Component.Ip.class::isInstance).isPresent())
                .filter(address -> Scope.of(address) != Scope.LOOPBACK)
                .filter(address -> Scope.accepts(Scope.of(address), Scope.of(remote)));
    }

    /** The group that an observer at an address belongs to. */
    static String group(Multiaddr remote) {
        Optional<Component> host = remote.host();
        if (host.isEmpty()) {
            return "";
        }
        if (host.get() instanceof Component.Ip ip && ip.protocol() == Protocol.IP6) {
            return HexFormat.of().formatHex(Arrays.copyOf(ip.valueBytes(), V6_GROUP_BYTES));
        }
        return host.get().value();
    }

    /** What we know of ourselves when the peer of a connection sees us elsewhere than before, or nowhere. */
    static Own changed(Own own, IdentifyState.Link link, Optional<Multiaddr> now, IdentifyConfig config) {
        String group = group(link.remote());
        Table<Multiaddr, Table<String, Integer>> observers = own.observers();
        if (link.observed().isPresent()) {
            observers = without(observers, link.observed().get(), group);
        }
        if (now.isPresent()) {
            observers = with(observers, now.get(), group);
        }
        return own.observed(observers, believed(observers, config.observers(), config.maxBelieved()));
    }

    private static Table<Multiaddr, Table<String, Integer>> with(
            Table<Multiaddr, Table<String, Integer>> observers, Multiaddr address, String group) {
        Table<String, Integer> groups = observers.or(address, Table.empty());
        return observers.with(address, groups.with(group, groups.or(group, 0) + 1));
    }

    private static Table<Multiaddr, Table<String, Integer>> without(
            Table<Multiaddr, Table<String, Integer>> observers, Multiaddr address, String group) {
        Table<String, Integer> groups = observers.at(address);
        int left = groups.at(group) - 1;
        groups = left == 0 ? groups.without(group) : groups.with(group, left);
        return groups.isEmpty() ? observers.without(address) : observers.with(address, groups);
    }

    /** The addresses that enough groups report, most groups first, at most as many as given. */
    private static List<Multiaddr> believed(
            Table<Multiaddr, Table<String, Integer>> observers, int threshold, int atMost) {
        List<Multiaddr> enough = new ArrayList<>();
        observers.each((address, groups) -> {
            if (groups.size() >= threshold) {
                enough.add(address);
            }
        });
        // A stable sort: addresses of as many groups stay in their own order.
        enough.sort(Comparator.comparingInt(
                (Multiaddr address) -> -observers.at(address).size()));
        return List.copyOf(enough.subList(0, Math.min(atMost, enough.size())));
    }
}
