package dev.dunlin.dht.table;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.dht.key.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A node of the network and where it can be reached. Of its addresses the first are kept, {@link #MAX_ADDRESSES} of {@link #MAX_BYTES}
 * together, so that nobody's list takes the place of many nodes.
 *
 * @param key its Kademlia id, which follows from the peer id
 * @param addresses the likeliest first, without the peer at their end
 */
public record Contact(Key key, PeerId peer, List<Multiaddr> addresses) {

    /** The most addresses of a node. */
    public static final int MAX_ADDRESSES = 16;

    /** The most bytes of its addresses; one that is longer alone is kept all the same, if it is the first. */
    public static final int MAX_BYTES = 1024;

    /** Keeps the first addresses. */
    public Contact {
        int fitting = fitting(addresses);
        addresses = List.copyOf(fitting == addresses.size() ? addresses : addresses.subList(0, fitting));
    }

    private static int fitting(List<Multiaddr> addresses) {
        if (addresses.size() < 2) {
            return addresses.size();
        }
        int bytes = 0;
        for (int i = 0; i < addresses.size(); i++) {
            bytes += addresses.get(i).toBytes().length;
            if (i == MAX_ADDRESSES || bytes > MAX_BYTES && i > 0) {
                return i;
            }
        }
        return addresses.size();
    }

    /** The node of this peer id. */
    public static Contact of(PeerId peer, List<Multiaddr> addresses) {
        return new Contact(Key.of(peer), peer, addresses);
    }

    /** The nodes whose ids are at the ends of addresses, each once, in their order; what ends with none names nobody. */
    public static List<Contact> named(List<Multiaddr> addresses) {
        Map<PeerId, List<Multiaddr>> byPeer = new LinkedHashMap<>();
        for (Multiaddr address : addresses) {
            address.peerId()
                    .ifPresent(peer -> address.withoutPeer()
                            .ifPresent(bare -> byPeer.computeIfAbsent(peer, any -> new ArrayList<>())
                                    .add(bare)));
        }
        List<Contact> contacts = new ArrayList<>();
        byPeer.forEach((peer, own) -> contacts.add(Contact.of(peer, own)));
        return contacts;
    }

    /** The same node at other addresses. */
    public Contact at(List<Multiaddr> others) {
        return addresses.equals(others) ? this : new Contact(key, peer, others);
    }
}
