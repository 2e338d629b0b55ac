package dev.dunlin.connection.identify;

import dev.dunlin.connection.identify.IdentifyState.Certified;
import dev.dunlin.connection.identify.IdentifyState.Told;
import dev.dunlin.core.keys.PeerRecord;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is kept of what a peer tells. */
final class Learning {

    private Learning() {}

    /**
     * What is known after a peer was asked: all that it did not say is gone, but for a signed record, which only a
     * newer one replaces (libp2p/specs RFC/0003-routing-records.md).
     */
    static Told asked(
            Optional<Told> before, Identified said, PeerId peer, Scope remote, IdentifyConfig config, long now) {
        Optional<Certified> certified = before.flatMap(Told::certified);
        Told base = new Told("", "", List.of(), List.of(), certified, 0, now);
        return pushed(Optional.of(base), said, peer, remote, config, now);
    }

    /** What is known after a peer pushed: what it did not say is unchanged. */
    static Told pushed(
            Optional<Told> before, Identified said, PeerId peer, Scope remote, IdentifyConfig config, long now) {
        Told known = before.orElse(Told.NOTHING);
        List<String> protocols =
                said.protocols().isEmpty() ? known.protocols() : first(config.protocols(), said.protocols());
        List<Multiaddr> listen = said.listenAddresses().isEmpty()
                ? known.listenAddresses()
                : accepted(said.listenAddresses(), peer, remote, config.addresses());
        return new Told(
                said.protocolVersion().orElse(known.protocolVersion()),
                said.agentVersion().orElse(known.agentVersion()),
                protocols,
                listen,
                newer(known.certified(), said.record(), peer, remote, config.addresses()),
                said.skipped(),
                now);
    }

    private static Optional<Certified> newer(
            Optional<Certified> known, Optional<PeerRecord> said, PeerId peer, Scope remote, int most) {
        if (said.isEmpty() || !said.get().peer().equals(peer)) {
            return known;
        }
        long seq = said.get().seq();
        if (known.isPresent() && Long.compareUnsigned(seq, known.get().seq()) <= 0) {
            return known;
        }
        return Optional.of(new Certified(seq, accepted(said.get().addresses(), peer, remote, most)));
    }

    /** The addresses that its place allows a peer to tell, each once, without the peer at their end. */
    private static List<Multiaddr> accepted(List<Multiaddr> said, PeerId peer, Scope remote, int most) {
        Set<Multiaddr> kept = new LinkedHashSet<>();
        for (Multiaddr address : said) {
            boolean isOwn = address.peerId().map(peer::equals).orElse(true);
            if (kept.size() < most && isOwn && Scope.accepts(Scope.of(address), remote)) {
                address.withoutPeer().ifPresent(kept::add);
            }
        }
        return List.copyOf(kept);
    }

    private static List<String> first(int most, List<String> of) {
        return of.subList(0, Math.min(most, of.size()));
    }
}
