package dev.dunlin.connection.ping;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError.Kind;
import dev.dunlin.connection.ConnectionView;
import dev.dunlin.connection.stream.StreamAction.OpenFailed;
import dev.dunlin.connection.stream.StreamAction.StreamAccepted;
import dev.dunlin.connection.stream.StreamAction.StreamClosed;
import dev.dunlin.connection.stream.StreamAction.StreamOpened;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;

/** The ping machine. Its streams' handles are held by the stream machine. */
public final class PingMachine {

    /** Its name. */
    public static final String NAME = "ping";

    /** The protocol (libp2p/specs ping/ping.md). */
    public static final String PROTOCOL = "/ipfs/ping/1.0.0";

    /** The registration. */
    public static final Machine<ConnectionView, PingState, PingAction> PING = Machine.of(NAME, PingState.INITIAL)
            .actions(PingAction.class, PingEffect.class, PingOutcome.class)
            .boots((own, booted, ctx) -> new PingState(PingConfig.of(booted.config()), Table.empty()))
            .guards(PingGuards.ALL)
            .reduces(PingReducer::reduce)
            .due(PingAction.PeerDue.class, PingState::peers, PingAction.PeerDue::new)
            .on(ConnectionAction.Connected.class, fact -> new PingAction.Linked(fact.connection(), fact.peer()))
            .on(ConnectionAction.Accepted.class, fact -> new PingAction.Linked(fact.connection(), fact.peer()))
            .on(ConnectionAction.Closed.class, fact -> new PingAction.Unlinked(fact.connection(), fact.peer()))
            .onOutcome(StreamOpened.class, (ticket, fact) -> new PingAction.Opened(fact.stream(), fact.peer()))
            .onOutcome(
                    OpenFailed.class,
                    (ticket, fact) ->
                            new PingAction.NotOpened(fact.peer(), fact.error().kind() == Kind.NO_COMMON_PROTOCOL))
            .onOutcome(
                    Refused.class,
                    (ticket, fact) ->
                            new PingAction.NotOpened(PeerId.parse(fact.subject().key()), false))
            .on(
                    StreamAccepted.class,
                    fact -> fact.protocol().equals(PROTOCOL),
                    fact -> new PingAction.EchoAsked(fact.stream(), fact.peer()))
            .on(
                    StreamClosed.class,
                    fact -> fact.protocol().equals(PROTOCOL),
                    fact -> new PingAction.StreamEnded(fact.stream(), fact.peer()))
            .transitions("""
                    unknown > idle: linked
                    idle > opening: ping, peerDue
                    opening > waiting: opened
                    opening > idle: notOpened
                    ready > waiting: ping, peerDue
                    waiting > ready: pongReceived
                    waiting > idle: pongLost, peerDue, streamEnded
                    ready > idle: streamEnded
                    idle, opening, ready, waiting > unknown: unlinked, booted
                    unknown: unlinked
                    idle, opening, ready, waiting: ping
                    unknown, idle, ready, waiting: opened
                    *: echoAsked, streamEnded, peerUnresponsive""")
            .phases(PingState::phaseOf)
            .invariants(PingInvariants.ALL)
            .budget(PingConfig.BUDGET);

    private PingMachine() {}
}
