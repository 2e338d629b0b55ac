package dev.dunlin.connection.ping;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Ticket;

/** The actions of the ping machine. */
public sealed interface PingAction extends OfPeer {

    /** Fact: a connection is open. */
    record Linked(Handle connection, PeerId peer) implements PingAction {}

    /** Fact: a connection is closed. */
    record Unlinked(Handle connection, PeerId peer) implements PingAction {}

    /**
     * Wish: ping a connected peer so many times. One {@link PingOutcome} tells how it ended.
     *
     * @param intervalMicros from a pong to the next ping, microseconds, 0 to {@link PingConfig#MAX_INTERVAL}
     */
    record Ping(Ticket ticket, PeerId peer, int count, long intervalMicros) implements PingAction, Action.Wish {}

    /**
     * An answer to a ping came.
     *
     * @param number of the ping
     * @param payload what came: other bytes than those that were sent are no pong
     * @param rttMicros the round-trip time, microseconds
     */
    record PongReceived(PeerId peer, long number, PingProtocol.PingPayload payload, long rttMicros)
            implements PingAction {}

    /**
     * No answer to a ping will come.
     *
     * @param number of the ping
     * @param reason one sentence without its full stop
     */
    record PongLost(PeerId peer, long number, AskFailure why, String reason) implements PingAction {}

    /**
     * A peer pings us.
     *
     * @param question the number of its question
     */
    record PingCame(PeerId peer, long question, PingProtocol.PingPayload payload) implements PingAction {}

    /** The next ping is due. */
    record PeerDue(PeerId peer) implements PingAction {}

    /** Fact for others: a peer has not answered {@link PingConfig#failures} pings one after the other. */
    record PeerUnresponsive(PeerId peer, int failures) implements PingAction {}
}
