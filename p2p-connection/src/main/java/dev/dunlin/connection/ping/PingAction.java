package dev.dunlin.connection.ping;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Ticket;

/** The actions of the ping machine. */
public sealed interface PingAction extends OfPeer {

    /** About a ping stream. */
    sealed interface OfStream extends PingAction {
        /** The stream. */
        Handle stream();
    }

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

    /** The stream that we asked for is open. */
    record Opened(Handle stream, PeerId peer) implements OfStream {}

    /** The stream that we asked for could not be opened. */
    record NotOpened(PeerId peer, boolean unsupported) implements PingAction {}

    /** A peer opened a ping stream. */
    record EchoAsked(Handle stream, PeerId peer) implements OfStream {}

    /** Fact: a stream is closed. */
    record StreamEnded(Handle stream, PeerId peer) implements OfStream {}

    /** The pong came, after a round-trip time in microseconds. */
    record PongReceived(Handle stream, PeerId peer, long rttMicros) implements OfStream {}

    /** The pong will not come: the stream ended, or other bytes came. The reason is one sentence. */
    record PongLost(Handle stream, PeerId peer, String reason) implements OfStream {}

    /** The next ping is due, or a pong was due and did not come. */
    record PeerDue(PeerId peer) implements PingAction {}

    /** Fact for others: a peer has not answered {@link PingConfig#failures} pings one after the other. */
    record PeerUnresponsive(PeerId peer, int failures) implements PingAction {}
}
