package dev.dunlin.dht.wire;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.multiformats.Varint;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A peer and where it is, as messages tell it.
 *
 * <p>Of the addresses that are given the first are kept, each once, as many as are within {@link #MAX_ADDRESSES} and {@link #MAX_BYTES};
 * those that end in another peer, or are nothing but a peer, are left out.
 *
 * @param peer its id
 * @param addresses where it can be reached, best first; none ends in a peer id
 * @param connection what the sender knows of its connection to it
 */
public record PeerInfo(PeerId peer, List<Multiaddr> addresses, Connectedness connection) {

    /** How many addresses of a peer are kept. Of the shortest, {@link #MAX_BYTES} would let eight hundred pass, each a dial. */
    public static final int MAX_ADDRESSES = 64;

    /** The longest entry of a peer in a message, in bytes, in and out: go-libp2p-kad-dht's MaxPeerRecordSize. */
    public static final int MAX_BYTES = 8192;

    /** Tag and value of the connection: counted also where it is not written, as go does. */
    private static final int CONNECTION_BYTES = 2;

    /** Keeps what fits. */
    public PeerInfo {
        addresses = isPlain(addresses) ? List.copyOf(addresses) : fitting(peer, addresses);
    }

    /** Whether nothing is to be left out, as of what this node keeps itself: one address, which is that of no peer. */
    private static boolean isPlain(List<Multiaddr> addresses) {
        return addresses.isEmpty()
                || addresses.size() == 1 && addresses.getFirst().peerId().isEmpty();
    }

    private static List<Multiaddr> fitting(PeerId peer, List<Multiaddr> addresses) {
        Fitting fitting = new Fitting(peer);
        addresses.forEach(fitting::keeps);
        return fitting.kept();
    }

    /** What a field of bytes takes in a message, with its tag of one byte and its length. */
    static int fieldBytes(int size) {
        return 1 + Varint.sizeOf(size) + size;
    }

    /** Collects the addresses of a peer that fit. */
    static final class Fitting {

        private final PeerId peer;
        private final Set<Multiaddr> kept = new LinkedHashSet<>();
        private int bytes;
        private boolean full;

        Fitting(PeerId peer) {
            this.peer = peer;
            this.bytes = fieldBytes(peer.toBytes().length) + CONNECTION_BYTES;
        }

        /** Keeps the address, unless it is there already. False if it is left out. */
        boolean keeps(Multiaddr address) {
            Optional<Multiaddr> plain = plain(address);
            if (plain.isEmpty()) {
                return false;
            }
            if (kept.contains(plain.get())) {
                return true;
            }
            int cost = fieldBytes(plain.get().toBytes().length);
            // What comes behind the first that does not fit is left out too, however short: the first are the best.
            full |= kept.size() == MAX_ADDRESSES || bytes + cost > MAX_BYTES;
            if (full) {
                return false;
            }
            bytes += cost;
            return kept.add(plain.get());
        }

        private Optional<Multiaddr> plain(Multiaddr address) {
            Optional<Multiaddr> rest = Optional.of(address);
            while (rest.isPresent() && rest.get().peerId().isPresent()) {
                rest = rest.get().peerId().get().equals(peer) ? rest.get().withoutPeer() : Optional.empty();
            }
            return rest;
        }

        List<Multiaddr> kept() {
            return List.copyOf(new ArrayList<>(kept));
        }
    }
}
