package dev.dunlin.connection.exchange;

import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;

/** How an {@link ExchangeAction.Ask} ends; exactly one of these, or {@link dev.dunlin.core.store.NodeOutcome.Refused}. */
public sealed interface ExchangeOutcome extends Outcome {

    /** The peer has answered. */
    record Answered(Ticket ticket, PeerId peer, String protocol, Message message) implements ExchangeOutcome, OfPeer {}

    /**
     * There is no answer.
     *
     * @param detail what more is known, for people
     */
    record AskFailed(Ticket ticket, PeerId peer, String protocol, AskFailure why, String detail)
            implements ExchangeOutcome, OfPeer {}
}
