package dev.dunlin.connection.ping;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/** How a {@link PingAction.Ping} that was not refused ended: exactly one of these. */
public sealed interface PingOutcome extends Outcome, OfPeer {

    /** All pings were answered, after these times in their order (microseconds), or lost. */
    record PingDone(Ticket ticket, PeerId peer, List<Long> rttsMicros, int lost) implements PingOutcome {
        /** Copies the list. */
        public PingDone {
            rttsMicros = List.copyOf(rttsMicros);
        }
    }

    /** The pings were given up; why is one sentence. */
    record PingFailed(Ticket ticket, PeerId peer, String why) implements PingOutcome {}
}
