package dev.dunlin.connection.identify;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where this node can be reached.
 *
 * @param listened where it listens, by listener; at most {@value #MAX_LISTENERS}
 * @param believed where others see it
 */
public record OwnAddresses(Table<Handle, Addresses> listened, Addresses believed) {

    /** The most listeners whose addresses are known, so that nobody's interfaces fill a state. */
    public static final int MAX_LISTENERS = 256;

    /** The most bytes of an id in an address: its code, its length, and a SHA-256 or an Ed25519 key. */
    private static final int OF_PEER = 64;

    /** Nothing is known yet. */
    public static final OwnAddresses NONE = new OwnAddresses(Table.empty(), new Addresses(List.of()));

    /** Some addresses. */
    public record Addresses(List<Multiaddr> all) {
        /** Copies the list. */
        public Addresses {
            all = List.copyOf(all);
        }
    }

    /** Whether the addresses of a listener can be kept. */
    public boolean hasRoom(Handle listener) {
        return listened.has(listener) || listened.size() < MAX_LISTENERS;
    }

    /** With the addresses of a listener, for which there is room. */
    public OwnAddresses listening(Handle listener, List<Multiaddr> addresses) {
        return new OwnAddresses(listened.with(listener, new Addresses(addresses)), believed);
    }

    /** Without a listener. */
    public OwnAddresses closed(Handle listener) {
        return new OwnAddresses(listened.without(listener), believed);
    }

    /** With what others see. */
    public OwnAddresses seen(List<Multiaddr> addresses) {
        return new OwnAddresses(listened, new Addresses(addresses));
    }

    /** All: as others see it first, each once. */
    public List<Multiaddr> all() {
        Set<Multiaddr> all = new LinkedHashSet<>(believed.all());
        for (Addresses addresses : listened.values()) {
            all.addAll(addresses.all());
        }
        return new ArrayList<>(all);
    }

    /** All, each with the id of this node at its end, but for those that would be too long with it. */
    public List<Multiaddr> of(PeerId self) {
        return all().stream()
                .filter(address -> address.toBytes().length + OF_PEER <= Multiaddr.MAX_BYTES)
                .map(address -> address.withPeer(self))
                .toList();
    }
}
