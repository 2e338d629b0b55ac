package dev.dunlin.connection.ping;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/**
 * The actions of the ping machine.
 *
 * <p>Each {@link Ping} with a ticket has exactly one outcome that echoes it: {@link PingDone} or {@link PingRefused}.
 * One with {@link Ticket#NONE} that is refused is disabled by the clause that a refusal would name.
 */
public sealed interface PingAction extends Action {

    /**
     * The node has booted: what was open before is gone.
     *
     * @param config what the boot said
     */
    record Started(PingConfig config) implements PingAction {}

    /** Fact: a connection is open. */
    record Linked(Handle connection, PeerId peer) implements PingAction {}

    /** Fact: a connection is closed. */
    record Unlinked(Handle connection, PeerId peer) implements PingAction {}

    /**
     * Wish: ping a peer.
     *
     * @param ticket echoed in the outcome
     * @param peer a connected peer
     * @param count how many balls, 1 to {@link PingConfig#maxCount}
     * @param intervalMicros from a ball's end to the next throw, microseconds, 0 to {@link PingConfig#MAX_INTERVAL}
     */
    record Ping(Ticket ticket, PeerId peer, int count, long intervalMicros) implements PingAction {}

    /** The stream that we asked for is open. */
    record Opened(Handle stream, PeerId peer) implements PingAction {}

    /**
     * The stream that we asked for could not be opened.
     *
     * @param unsupported whether the peer refused the protocol
     */
    record NotOpened(PeerId peer, boolean unsupported) implements PingAction {}

    /** A peer opened a ping stream. */
    record EchoAsked(Handle stream, PeerId peer) implements PingAction {}

    /** Fact: a stream is closed, of this protocol or another. */
    record StreamEnded(Handle stream, PeerId peer) implements PingAction {}

    /**
     * A ball came back.
     *
     * @param number its number on the stream
     * @param rttMicros the round-trip time, microseconds, not negative
     */
    record Caught(Handle stream, PeerId peer, int number, long rttMicros) implements PingAction {}

    /**
     * A ball will not come back: the stream ended, or other bytes came.
     *
     * @param number its number on the stream
     * @param reason one sentence
     */
    record Missed(Handle stream, PeerId peer, int number, String reason) implements PingAction {}

    /** A deadline has come. */
    record Tick() implements PingAction {}

    /** A peer's next ball is to be thrown. */
    record BallDue(PeerId peer) implements PingAction {}

    /**
     * A ball was out for too long.
     *
     * @param number its number on the stream
     */
    record BallTimedOut(Handle stream, PeerId peer, int number) implements PingAction {}

    /**
     * Outcome: all balls came back or were lost.
     *
     * @param rttsMicros of the balls that came back, in their order, microseconds
     * @param lost how many did not come back
     */
    record PingDone(Ticket ticket, PeerId peer, List<Long> rttsMicros, int lost)
            implements PingAction, Action.Ticketed {
        /** Copies the list. */
        public PingDone {
            rttsMicros = List.copyOf(rttsMicros);
        }
    }

    /**
     * Outcome: the wish was not done, or not to its end.
     *
     * @param clause the name of the clause that failed; {@code protocol-is-spoken} and {@code peer-stays-connected}
     *     can fail later
     */
    record PingRefused(Ticket ticket, PeerId peer, String clause) implements PingAction, Action.Ticketed {}

    /**
     * A peer has not answered {@link PingConfig#failures} balls one after the other.
     *
     * @param failures how many
     */
    record PingFailed(PeerId peer, int failures) implements PingAction {}
}
