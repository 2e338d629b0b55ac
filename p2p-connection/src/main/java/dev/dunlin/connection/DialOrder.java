package dev.dunlin.connection;

import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.multiformats.Protocol;
import dev.dunlin.core.state.Bytes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which addresses of a peer are worth a dial, and in which order. */
final class DialOrder {

    private static final Bytes V4_UNSPECIFIED = Bytes.of(new byte[4]);
    private static final Bytes V6_UNSPECIFIED = Bytes.of(new byte[16]);

    private DialOrder() {}

    /**
     * The given addresses in their order, each once, without the peer at their end; without those that name another
     * peer, those at which this node itself listens, and those that lead nowhere: unspecified address, port 0,
     * link-local without zone.
     *
     * @param own where this node listens
     * @param atMost how many are kept
     */
    static List<Multiaddr> of(Iterable<Multiaddr> given, PeerId peer, List<Multiaddr> own, int atMost) {
        Set<Multiaddr> mine = new LinkedHashSet<>();
        own.forEach(address -> address.withoutPeer().ifPresent(mine::add));
        Set<Multiaddr> kept = new LinkedHashSet<>();
        for (Multiaddr address : given) {
            if (kept.size() == atMost) {
                break;
            }
            Optional<Multiaddr> bare = bare(address, peer);
            if (bare.isPresent() && leadsSomewhere(bare.get()) && !mine.contains(bare.get())) {
                kept.add(bare.get());
            }
        }
        return List.copyOf(kept);
    }

    /** Whether an address begins with a name, which is to be looked up before it can be dialled. */
    static boolean hasName(Multiaddr address) {
        return address.host().orElse(null) instanceof Component.Name;
    }

    private static Optional<Multiaddr> bare(Multiaddr address, PeerId peer) {
        return address.peerId().isPresent() && !address.peerId().get().equals(peer)
                ? Optional.empty()
                : address.withoutPeer();
    }

    private static boolean leadsSomewhere(Multiaddr address) {
        if (address.port().orElse(1) == 0) {
            return false;
        }
        return !(address.host().orElse(null) instanceof Component.Ip(Protocol protocol, Bytes ip))
                || !(ip.equals(V4_UNSPECIFIED)
                        || ip.equals(V6_UNSPECIFIED)
                        || (protocol == Protocol.IP6
                                && isLinkLocal(ip)
                                && address.zone().isEmpty()));
    }

    // fe80::/10, RFC 4291 section 2.5.6
    private static boolean isLinkLocal(Bytes ip) {
        return (ip.at(0) & 0xFF) == 0xFE && (ip.at(1) & 0xC0) == 0x80;
    }
}
