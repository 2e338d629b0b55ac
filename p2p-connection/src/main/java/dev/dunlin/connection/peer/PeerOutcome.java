package dev.dunlin.connection.peer;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/** What who asks the peer machine is told. */
public sealed interface PeerOutcome extends Outcome, OfPeer {

    /**
     * The end of a {@link PeerAction.Locate}.
     *
     * @param addresses where the peer may be, the likeliest first; none if nothing is known
     */
    record Located(Ticket ticket, PeerId peer, List<Multiaddr> addresses) implements PeerOutcome {
        /** Copies the list. */
        public Located {
            addresses = List.copyOf(addresses);
        }
    }
}
