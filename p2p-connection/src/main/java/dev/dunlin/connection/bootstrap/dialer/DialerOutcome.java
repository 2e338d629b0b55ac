package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.connection.bootstrap.wire.Reason;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/** How a {@link DialerAction.Redeem} ends; exactly one of these, or {@link dev.dunlin.core.store.NodeOutcome.Refused}. */
public sealed interface DialerOutcome extends Outcome {

    /**
     * There is a database that both know.
     *
     * @param partyId what the other party calls itself
     * @param cadre where its nodes are
     */
    record Redeemed(Ticket ticket, PeerId peer, String partyId, List<Multiaddr> cadre, Tally tally)
            implements DialerOutcome {
        /** Copies the list. */
        public Redeemed {
            cadre = List.copyOf(cadre);
        }
    }

    /**
     * There is none, or it is not known.
     *
     * @param reason what the other party has said; empty if it has said nothing
     * @param detail what more is known, for people; may be empty
     */
    record RedeemFailed(Ticket ticket, DialerCode code, Optional<Reason> reason, String detail)
            implements DialerOutcome {}
}
