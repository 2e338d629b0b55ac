package dev.dunlin.dht.table;

import dev.dunlin.connection.identify.Scope;
import dev.dunlin.core.multiformats.Multiaddr;
import java.util.List;

/** Which addresses a network of nodes is made of (ipfs/specs src/routing/kad-dht.md, "Server behavior" and "IPFS LAN DHTs"). */
public enum AddressFilter {
    /** All that can be reached from anywhere: for networks of tests, and those of one machine. */
    ANY,
    /** Those that can be reached from the whole internet. */
    PUBLIC,
    /** Those of the own machine and network. */
    LOCAL;

    /** The addresses that pass, in their order. */
    public List<Multiaddr> kept(List<Multiaddr> addresses) {
        for (Multiaddr address : addresses) {
            if (!keeps(address)) {
                return addresses.stream().filter(this::keeps).toList();
            }
        }
        return addresses;
    }

    /** Whether an address passes. */
    public boolean keeps(Multiaddr address) {
        Scope scope = Scope.of(address);
        return switch (this) {
            case ANY -> scope != Scope.NONE;
            case PUBLIC -> scope == Scope.PUBLIC;
            case LOCAL -> scope == Scope.PRIVATE || scope == Scope.LOOPBACK;
        };
    }
}
