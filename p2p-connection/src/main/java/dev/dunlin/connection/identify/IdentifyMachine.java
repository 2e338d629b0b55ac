package dev.dunlin.connection.identify;

import dev.dunlin.connection.ConnectionAction.Accepted;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.Connected;
import dev.dunlin.connection.ConnectionAction.ListenerClosed;
import dev.dunlin.connection.ConnectionAction.Listening;
import dev.dunlin.connection.ConnectionAction.Rebound;
import dev.dunlin.connection.Direction;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeOutcome.Answered;
import dev.dunlin.connection.exchange.ExchangeOutcome.AskFailed;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/** The identify machine: it asks each peer on each new connection who it is, and tells who asks. */
public final class IdentifyMachine {

    /** Its name. */
    public static final String NAME = "identify";

    /** The registration. */
    public static final Machine<Object, IdentifyState, IdentifyAction> IDENTIFY = Machine.of(
                    NAME, IdentifyState.INITIAL)
            .actions(IdentifyAction.class)
            .settings(IdentifyConfig.SETTINGS)
            .boots(IdentifyReducer::boot)
            .configures((own, config, now) -> own.with(IdentifyConfig.of(config)))
            .guards(IdentifyGuards.ALL)
            .reduces(IdentifyReducer::reduce)
            .due(IdentifyAction.PushesDue.class, IdentifyState::rounds, round -> new IdentifyAction.PushesDue())
            .on(Listening.class, fact -> new IdentifyAction.AddressesBound(fact.listener(), fact.bound()))
            .on(Rebound.class, fact -> new IdentifyAction.AddressesBound(fact.listener(), fact.bound()))
            .on(ListenerClosed.class, fact -> new IdentifyAction.AddressesUnbound(fact.listener()))
            .on(
                    Connected.class,
                    fact -> new IdentifyAction.Linked(
                            fact.connection(), fact.peer(), fact.address(), Direction.OUTBOUND))
            .on(
                    Accepted.class,
                    fact -> new IdentifyAction.Linked(
                            fact.connection(), fact.peer(), fact.remoteAddress(), Direction.INBOUND))
            .on(Closed.class, fact -> new IdentifyAction.Unlinked(fact.connection(), fact.peer()))
            .on(ExchangeAction.Served.class, fact -> new IdentifyAction.ProtocolsServed(fact.ids(), fact.served()))
            .onOutcome(Answered.class, IdentifyMachine::answered)
            .onOutcome(
                    AskFailed.class,
                    (ticket, fact) -> new IdentifyAction.AskLost(fact.peer(), ticket.key(), fact.why(), fact.detail()))
            .onOutcome(
                    Refused.class,
                    (ticket, fact) -> new IdentifyAction.AskLost(
                            PeerId.parse(fact.subject().key()), ticket.key(), AskFailure.BUSY, Refusals.why(fact)))
            .on(
                    ExchangeAction.Asked.class,
                    fact -> fact.protocol().equals(IdentifyProtocol.NAME),
                    fact -> new IdentifyAction.Asked(fact.peer(), fact.connection(), fact.number()))
            .on(
                    ExchangeAction.Asked.class,
                    fact -> fact.protocol().equals(IdentifyProtocol.PUSH_NAME),
                    fact -> new IdentifyAction.PushCame(
                            fact.peer(), fact.connection(), fact.number(), (Identified) fact.message()))
            .transitions("""
                    running: speak, protocolsServed, addressesBound, addressesUnbound, pushesDue, observedChanged

                    unknown > asking: linked
                    asking > identified: received
                    asking > unidentified: received, askLost
                    identified, unidentified > asking: linked
                    asking, identified, unidentified > unknown: unlinked, booted

                    asking: linked, received
                    asking, identified, unidentified: unlinked, pushSent, askLost
                    unknown, asking, identified, unidentified: asked, pushCame, identifyFailed""")
            .phases(IdentifyState::phaseOf)
            .invariants(IdentifyInvariants.ALL)
            .budget(budget());

    private IdentifyMachine() {}

    /** Asks a connected peer. */
    static ExchangeAction.Ask ask(long number, PeerId peer, String protocol, Message message, IdentifyConfig config) {
        Ticket ticket = new Ticket(NAME, number);
        return new ExchangeAction.Ask(ticket, peer, List.of(), false, protocol, message, config.timeout());
    }

    private static IdentifyAction answered(Ticket ticket, Answered fact) {
        return fact.message() instanceof Identified identified
                ? new IdentifyAction.Received(fact.peer(), ticket.key(), fact.connection(), identified)
                : new IdentifyAction.PushSent(fact.peer(), ticket.key());
    }

    private static long budget() {
        long peer = 1024;
        long link = 4L * Multiaddr.MAX_BYTES + 1024;
        long ours = IdentifyGuards.MAX_LISTENERS * 64L * (Multiaddr.MAX_BYTES + 16) + (1 << 16);
        return IdentifyConfig.MOST_PEERS * (peer + link) + ours;
    }
}
