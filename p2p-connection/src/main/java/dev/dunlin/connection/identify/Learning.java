package dev.dunlin.connection.identify;

import dev.dunlin.connection.peer.PeerAction.Certified;
import dev.dunlin.connection.peer.PeerAction.Describe;
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
     * What a peer has told, without what it may not tell or what is too much.
     *
     * @param whole whether it was asked, so that what it did not say is gone; otherwise it pushed
     * @param remote from how far away it is connected
     */
    static Describe described(PeerId peer, Identified said, boolean whole, Scope remote, IdentifyConfig config) {
        Optional<Certified> record = said.record()
                .filter(signed -> signed.peer().equals(peer))
                .map((PeerRecord signed) ->
                        new Certified(signed.seq(), accepted(signed.addresses(), peer, remote, config.addresses())));
        List<String> protocols = said.protocols();
        return new Describe(
                peer,
                whole,
                said.protocolVersion(),
                said.agentVersion(),
                protocols.subList(0, Math.min(config.protocols(), protocols.size())),
                accepted(said.listenAddresses(), peer, remote, config.addresses()),
                record,
                said.skipped());
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
}
