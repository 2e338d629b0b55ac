package dev.dunlin.connection.ping;

import dev.dunlin.connection.ConnectionAction.Accepted;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.Connected;
import dev.dunlin.connection.ConnectionError.Kind;
import dev.dunlin.connection.ping.PingAction.PingDue;
import dev.dunlin.connection.ping.PingAction.PongDue;
import dev.dunlin.connection.ping.PingState.Peer;
import dev.dunlin.connection.ping.PingState.Stream;
import dev.dunlin.connection.stream.StreamAction.OpenFailed;
import dev.dunlin.connection.stream.StreamAction.StreamAccepted;
import dev.dunlin.connection.stream.StreamAction.StreamClosed;
import dev.dunlin.connection.stream.StreamAction.StreamOpened;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;

/** The ping machine. Its streams' handles are held by the stream machine. */
public final class PingMachine {

    /** Its name. */
    public static final String NAME = "ping";

    /** The protocol (libp2p/specs ping/ping.md). */
    public static final String PROTOCOL = "/ipfs/ping/1.0.0";

    /** The registration. */
    public static final Machine<Object, PingState, PingAction> PING = Machine.of(NAME, PingState.INITIAL)
            .actions(PingAction.class, PingEffect.class, PingOutcome.class)
            .boots((own, booted, ctx) -> PingState.of(PingConfig.of(booted.config())))
            .guards(PingGuards.ALL)
            .reduces(PingReducer::reduce)
            .due(PingAction.PeerDue.class, PingState::peers, PingMachine::due)
            .on(Connected.class, fact -> new PingAction.Linked(fact.connection(), fact.peer()))
            .on(Accepted.class, fact -> new PingAction.Linked(fact.connection(), fact.peer()))
            .on(Closed.class, fact -> new PingAction.Unlinked(fact.connection(), fact.peer()))
            .on(
                    StreamOpened.class,
                    fact -> fact.ticket().isOf(NAME),
                    fact -> new PingAction.Opened(fact.stream(), fact.peer()))
            .on(
                    OpenFailed.class,
                    fact -> fact.ticket().isOf(NAME),
                    fact -> new PingAction.NotOpened(fact.peer(), fact.error().kind() == Kind.NO_COMMON_PROTOCOL))
            .onOutcome(
                    Refused.class,
                    (ticket, refused) -> new PingAction.NotOpened(
                            PeerId.parse(refused.subject().key()), false))
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
                    idle > opening: ping, pingDue
                    opening > waiting: opened
                    opening > idle: notOpened
                    ready > waiting: ping, pingDue
                    waiting > ready: pongReceived
                    waiting > idle: pongLost, pongDue, streamEnded
                    ready > idle: streamEnded
                    idle, opening, ready, waiting > unknown: unlinked, booted
                    idle, opening, ready, waiting: linked, unlinked, ping
                    unknown, idle, ready, waiting: opened
                    *: echoAsked, streamEnded, peerUnresponsive""")
            .phases(PingState::phaseOf)
            .invariants(PingInvariants.ALL)
            .budget(PingConfig.BUDGET);

    private PingMachine() {}

    private static PingAction.PeerDue due(PeerId id, Peer peer) {
        return peer.stream() instanceof Stream.Waiting(Handle stream) ? new PongDue(stream, id) : new PingDue(id);
    }
}
