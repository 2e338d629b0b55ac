package dev.dunlin.connection.stream;

import dev.dunlin.connection.ConnectionError;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/**
 * The actions of the stream machine.
 *
 * <p>Each {@link OpenStream} with a ticket has exactly one outcome that echoes it: {@link StreamOpened},
 * {@link OpenFailed} or {@link StreamRefused}. One with {@link Ticket#NONE} that is refused is disabled by the clause
 * that a refusal would name. An asker observes the three and takes those whose ticket is of its name.
 */
public sealed interface StreamAction extends Action {

    /** The most protocols offered for one stream. */
    int MAX_PROTOCOLS = 16;

    /** The longest name of a protocol, in characters. */
    int MAX_PROTOCOL = 128;

    /** The highest number of a stream on a connection: it has 32 bits (yamux specification, "StreamID Field"). */
    long MAX_WIRE_ID = 0xFFFF_FFFFL;

    private static void boundedId(long wireId) {
        if (wireId < 0 || wireId > MAX_WIRE_ID) {
            throw new IllegalArgumentException("a stream's number is 0 to " + MAX_WIRE_ID + ", not " + wireId);
        }
    }

    private static void bounded(String protocol) {
        if (protocol.isEmpty() || protocol.length() > MAX_PROTOCOL) {
            throw new IllegalArgumentException(
                    "a protocol's name has 1 to " + MAX_PROTOCOL + " characters, not " + protocol.length());
        }
    }

    /**
     * The node has booted: streams of the last run are gone.
     *
     * @param config what the boot said
     */
    record Started(StreamConfig config) implements StreamAction {}

    /**
     * Wish: open a stream to a peer that is connected, or being dialled: then it waits for the dial. Never dials by
     * itself.
     *
     * @param ticket echoed in the outcome
     * @param protocols the protocols offered, best first; 1 to {@link #MAX_PROTOCOLS}
     */
    record OpenStream(Ticket ticket, PeerId peer, List<String> protocols) implements StreamAction {
        /** Copies the list and checks the bounds. */
        public OpenStream {
            protocols = List.copyOf(protocols);
            if (protocols.isEmpty() || protocols.size() > MAX_PROTOCOLS) {
                throw new IllegalArgumentException(
                        "a stream is opened with 1 to " + MAX_PROTOCOLS + " protocols, not " + protocols.size());
            }
            protocols.forEach(StreamAction::bounded);
        }
    }

    /** The connection that an opening waited for is there. */
    record ConnectionReady(long number, PeerId peer, Handle connection) implements StreamAction {}

    /** The connection that an opening waited for will not come. */
    record ConnectionMissing(long number, PeerId peer, ConnectionError error) implements StreamAction {}

    /**
     * Fact and outcome: a stream is open, and its protocol agreed.
     *
     * @param number the number of {@link StreamEffect.OpenInit}
     * @param ticket who asked, as in {@link StreamEffect.OpenInit}
     * @param protocol the one agreed
     * @param wireId the stream's number on its connection, as at {@link StreamAccepted}
     */
    record StreamOpened(
            long number, Ticket ticket, Handle stream, Handle connection, PeerId peer, String protocol, long wireId)
            implements StreamAction, BringsHandle, Ticketed {
        /** Checks the bounds. */
        public StreamOpened {
            bounded(protocol);
            boundedId(wireId);
        }

        @Override
        public Handle brought() {
            return stream;
        }
    }

    /**
     * Fact and outcome: a stream could not be opened.
     *
     * @param number the number of {@link StreamEffect.OpenInit}
     * @param ticket who asked, as in {@link StreamEffect.OpenInit}
     */
    record OpenFailed(long number, Ticket ticket, PeerId peer, ConnectionError error)
            implements StreamAction, Ticketed {}

    /**
     * Outcome: nothing was tried.
     *
     * @param clause the name of the clause that failed
     */
    record StreamRefused(Ticket ticket, PeerId peer, String clause) implements StreamAction, Ticketed {}

    /**
     * Fact: the other side opened a stream, and its protocol is agreed.
     *
     * @param wireId the stream's number on its connection, the same at both ends: 1 to {@link #MAX_WIRE_ID} (yamux
     *     specification, "StreamID Field": odd if the dialler opened it, even if the listener did); 0 if it is unknown,
     *     as in logs of builds that did not record it
     */
    record StreamAccepted(Handle stream, Handle connection, PeerId peer, String protocol, long wireId)
            implements StreamAction, BringsHandle {
        /** Checks the bounds. */
        public StreamAccepted {
            bounded(protocol);
            boundedId(wireId);
        }

        @Override
        public Handle brought() {
            return stream;
        }
    }

    /** Wish: close a stream. A closing one can still be reset. */
    record CloseStream(Handle stream, CloseMode mode) implements StreamAction {}

    /** Fact: a stream is closed, whoever closed it. */
    record StreamClosed(Handle stream, Handle connection, PeerId peer, EndReason reason)
            implements StreamAction, EndsHandle {
        @Override
        public Handle ended() {
            return stream;
        }
    }

    /** A deadline has come. */
    record Tick() implements StreamAction {}

    /** Opening took too long. */
    record OpenTimedOut(long number, PeerId peer) implements StreamAction {}

    /** An orderly close took too long. */
    record CloseTimedOut(Handle stream) implements StreamAction {}
}
