package dev.dunlin.connection.ping;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionView;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;

/** The ping machine. Its streams' handles are held by the stream machine. */
public final class PingMachine {

    /** Its name. */
    public static final String NAME = "ping";

    /** The registration. */
    public static final Machine<ConnectionView, PingState, PingAction> PING = Machine.of(NAME, PingState.INITIAL)
            .actions(PingAction.class, PingOutcome.class)
            .settings(PingConfig.SETTINGS)
            .boots(PingReducer::boot)
            .configures(PingReducer::configured)
            .guards(PingGuards.ALL)
            .reduces(PingReducer::reduce)
            .due(PingAction.PeerDue.class, PingState::peers, PingAction.PeerDue::new)
            .on(ConnectionAction.Connected.class, fact -> new PingAction.Linked(fact.connection(), fact.peer()))
            .on(ConnectionAction.Accepted.class, fact -> new PingAction.Linked(fact.connection(), fact.peer()))
            .on(ConnectionAction.Closed.class, fact -> new PingAction.Unlinked(fact.connection(), fact.peer()))
            .onOutcome(
                    ExchangeOutcome.Answered.class,
                    (ticket, fact) -> new PingAction.PongReceived(
                            fact.peer(), ticket.key(), (PingProtocol.PingPayload) fact.message(), fact.took()))
            .onOutcome(
                    ExchangeOutcome.AskFailed.class,
                    (ticket, fact) -> new PingAction.PongLost(fact.peer(), ticket.key(), fact.why(), fact.detail()))
            .onOutcome(
                    Refused.class,
                    (ticket, fact) -> new PingAction.PongLost(
                            PeerId.parse(fact.subject().key()), ticket.key(), AskFailure.BUSY, Refusals.why(fact)))
            .on(
                    ExchangeAction.Asked.class,
                    fact -> fact.protocol().equals(PingProtocol.NAME),
                    fact -> new PingAction.PingCame(
                            fact.peer(), fact.number(), (PingProtocol.PingPayload) fact.message()))
            .transitions("""
                    unknown > idle: linked
                    idle > waiting: ping, peerDue
                    waiting > idle: pongReceived, pongLost
                    idle, waiting > unknown: unlinked, booted
                    unknown: unlinked
                    idle, waiting: ping
                    *: pingCame, peerUnresponsive""")
            .phases(PingState::phaseOf)
            .invariants(PingInvariants.ALL)
            .budget(PingConfig.BUDGET);

    private PingMachine() {}
}
