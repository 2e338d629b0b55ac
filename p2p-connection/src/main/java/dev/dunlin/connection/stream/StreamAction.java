package dev.dunlin.connection.stream;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/**
 * The actions of the stream machine.
 *
 * <p>Each {@link OpenStream} with a ticket has exactly one outcome that echoes it: {@link StreamOpened},
 * {@link OpenFailed} or {@link dev.dunlin.core.store.NodeOutcome.Refused}. An asker observes the three and takes those
 * whose ticket is of its name.
 */
public sealed interface StreamAction extends Action {

    /** The most protocols offered for one stream. */
    int MAX_PROTOCOLS = 16;

    /** The longest name of a protocol, in characters. */
    int MAX_PROTOCOL = 128;

    /** The highest number of a stream on a connection: it has 32 bits (yamux specification, "StreamID Field"). */
    long MAX_WIRE_ID = 0xFFFF_FFFFL;

    /** An action about a stream that is open. */
    interface OfStream extends Action {

        /** The kind of subject that is a stream; its key is the handle. */
        String KIND = "stream";

        /** The stream. */
        Handle stream();

        @Override
        default Subject about() {
            return Subject.of(KIND, stream());
        }
    }

    /** An action about a stream that is being opened. */
    interface OfOpening extends Action {

        /** The kind of subject that is a stream being opened; its key is the number. */
        String KIND = "opening";

        /** The opening. */
        long number();

        @Override
        default Subject about() {
            return Subject.of(KIND, number());
        }
    }

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
     * Wish: open a stream to a peer that is connected, or being dialled: then it waits for the dial. Never dials by
     * itself.
     *
     * @param ticket echoed in the outcome
     * @param protocols the protocols offered, best first; 1 to {@link #MAX_PROTOCOLS}
     * @param lazy whether the stream counts as open as soon as the one protocol is proposed, so that the first bytes travel with the
     *     proposal and a round trip is saved (multistream-select's lazy form, libp2p/specs connections/README.md). A peer that does not
     *     speak it ends the stream, {@link EndReason#UNSUPPORTED}. With more than one protocol it is not allowed
     */
    record OpenStream(Ticket ticket, PeerId peer, List<String> protocols, boolean lazy)
            implements StreamAction, OfPeer, Wish {
        /** Copies the list and checks the bounds. */
        public OpenStream {
            protocols = List.copyOf(protocols);
            if (protocols.isEmpty() || protocols.size() > MAX_PROTOCOLS) {
                throw new IllegalArgumentException(
                        "a stream is opened with 1 to " + MAX_PROTOCOLS + " protocols, not " + protocols.size());
            }
            protocols.forEach(StreamAction::bounded);
            if (lazy && protocols.size() > 1) {
                throw new IllegalArgumentException(
                        "one protocol can be taken for agreed, not " + protocols.size() + ": say which");
            }
        }

        /** One that is open when a protocol is agreed. */
        public OpenStream(Ticket ticket, PeerId peer, List<String> protocols) {
            this(ticket, peer, protocols, false);
        }
    }

    /** The connection that an opening waited for is there. */
    record ConnectionReady(long number, PeerId peer, Handle connection) implements StreamAction, OfOpening {}

    /** The connection that an opening waited for will not come. */
    record ConnectionMissing(long number, PeerId peer, ConnectionError error) implements StreamAction, OfOpening {}

    /**
     * Fact and outcome: a stream is open, and its protocol agreed, or proposed if the opening was lazy.
     *
     * @param number the number of {@link StreamEffect.OpenInit}
     * @param ticket who asked, as in {@link StreamEffect.OpenInit}
     * @param protocol the one agreed
     * @param wireId the stream's number on its connection, as at {@link StreamAccepted}
     */
    record StreamOpened(
            long number, Ticket ticket, Handle stream, Handle connection, PeerId peer, String protocol, long wireId)
            implements StreamAction, OfStream, BringsHandle, Ticketed {
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
            implements StreamAction, OfOpening, Ticketed {}

    /**
     * Fact: the other side opened a stream, and its protocol is agreed.
     *
     * @param wireId the stream's number on its connection, the same at both ends: 1 to {@link #MAX_WIRE_ID} (yamux
     *     specification, "StreamID Field": odd if the dialler opened it, even if the listener did); 0 if it is unknown,
     *     as in logs of builds that did not record it
     */
    record StreamAccepted(Handle stream, Handle connection, PeerId peer, String protocol, long wireId)
            implements StreamAction, OfPeer, BringsHandle {
        /** Checks the bounds. */
        public StreamAccepted {
            bounded(protocol);
            boundedId(wireId);
        }

        /** The stream, though it is new work of the peer. */
        @Override
        public Subject about() {
            return Subject.of(OfStream.KIND, stream);
        }

        @Override
        public Handle brought() {
            return stream;
        }
    }

    /**
     * Fact: streams that a peer opened were refused before a protocol was agreed. Told in sums, from time to time.
     *
     * @param reason why, as {@link dev.dunlin.connection.gate.StreamGate.Refusal} has it
     * @param count how many since the last time, at least 1
     */
    record StreamsRefused(PeerId peer, String reason, long count) implements StreamAction, OfPeer {
        /** Checks the bounds. */
        public StreamsRefused {
            bounded(reason);
            if (count < 1) {
                throw new IllegalArgumentException("of refused streams there is at least 1, not " + count);
            }
        }
    }

    /** Wish: close a stream. A closing one can still be reset. */
    record CloseStream(Handle stream, CloseMode mode) implements StreamAction, OfStream {}

    /**
     * Fact: the world was asked how long nothing has moved on a stream.
     *
     * @param quiet for so many microseconds no byte has come and none has gone; at least 0
     */
    record StreamSeen(Handle stream, long quiet) implements StreamAction, OfStream {
        /** Checks the range. */
        public StreamSeen {
            if (quiet < 0) {
                throw new IllegalArgumentException("a stream is quiet for 0 microseconds or more, not " + quiet);
            }
        }
    }

    /**
     * Fact: a stream is closed, whoever closed it.
     *
     * @param protocol the one agreed, as at {@link StreamOpened} or {@link StreamAccepted}
     * @param detail what more is known, for people and tools; at most {@link ConnectionAction#MAX_TEXT} characters, and
     *     empty where the reason says all
     */
    record StreamClosed(Handle stream, Handle connection, PeerId peer, String protocol, EndReason reason, String detail)
            implements StreamAction, OfStream, EndsHandle {
        /** Checks the bounds. */
        public StreamClosed {
            bounded(protocol);
            ConnectionAction.boundedDetail(detail);
        }

        @Override
        public Handle ended() {
            return stream;
        }
    }

    /** Due: opening took too long. */
    record OpenTimedOut(long number, PeerId peer) implements StreamAction, OfOpening {}

    /** What happens to an open stream that is due. */
    sealed interface StreamDue extends StreamAction, OfStream {}

    /** Due: it is to be looked whether anything has moved on a stream. */
    record QuietDue(Handle stream) implements StreamDue {}

    /** Due: an orderly close took too long. */
    record CloseTimedOut(Handle stream) implements StreamDue {}
}
