package dev.dunlin.connection.exchange;

import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import java.util.Optional;

/** How an {@link ExchangeAction.Ask} ends; exactly one of these, or {@link dev.dunlin.core.store.NodeOutcome.Refused}. */
public sealed interface ExchangeOutcome extends Outcome {

    /**
     * The peer has answered.
     *
     * @param connection on which
     * @param from the address of its other end: where the peer is in truth, whatever is said of it. Of a peer that has dialled this node it
     *     is the host alone. Empty if it is not known
     * @param took how long after the question was written, microseconds
     */
    record Answered(
            Ticket ticket,
            PeerId peer,
            Handle connection,
            Optional<Multiaddr> from,
            String protocol,
            Message message,
            long took)
            implements ExchangeOutcome, OfPeer {}

    /**
     * There is no answer.
     *
     * @param detail what more is known, for people
     */
    record AskFailed(Ticket ticket, PeerId peer, String protocol, AskFailure why, String detail)
            implements ExchangeOutcome, OfPeer {}
}
