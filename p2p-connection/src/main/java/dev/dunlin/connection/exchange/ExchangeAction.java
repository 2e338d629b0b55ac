package dev.dunlin.connection.exchange;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/**
 * The actions of the exchange machine.
 *
 * <p>Who asks says {@link Ask} and gets one {@link ExchangeOutcome}. Who answers says {@link Serve}, observes {@link Asked} of its
 * protocol, and says {@link Reply} or {@link Refuse} of its number.
 */
public sealed interface ExchangeAction extends Action {

    /** The longest that an ask may take, in microseconds: an hour. */
    long MOST_WITHIN = 3_600_000_000L;

    /** An action about an ask of this node. */
    interface OfAsk extends Action {

        /** The kind of subject that is an ask; its key is the number. */
        String KIND = "ask";

        /** The ask. */
        long ask();

        @Override
        default Subject about() {
            return Subject.of(KIND, ask());
        }
    }

    // Asking

    /**
     * Wish: ask a peer and tell me its answer. Waits for a place where there is none. On a stream that was used before ({@link
     * dev.dunlin.connection.protocol.ProtocolLimits#reuseStream}) the question may reach the peer twice; on a stream of its own it never
     * does.
     *
     * @param addresses where the peer may be, beside what is known of it; at most {@link ConnectionAction#MAX_ADDRESSES}
     * @param dial whether to dial the peer if there is no connection; without it such an ask fails
     * @param protocol the name of a {@link dev.dunlin.connection.protocol.Protocol}
     * @param message of the protocol's questions
     * @param within how long it may take, microseconds, 1 to {@link #MOST_WITHIN}
     */
    record Ask(
            Ticket ticket,
            PeerId peer,
            List<Multiaddr> addresses,
            boolean dial,
            String protocol,
            Message message,
            long within)
            implements ExchangeAction, OfPeer, Wish {
        /** Copies the list and checks the bounds. */
        public Ask {
            addresses = List.copyOf(addresses);
            if (addresses.size() > ConnectionAction.MAX_ADDRESSES) {
                throw new IllegalArgumentException("a peer is asked at " + ConnectionAction.MAX_ADDRESSES
                        + " addresses at most, not " + addresses.size());
            }
            if (within < 1 || within > MOST_WITHIN) {
                throw new IllegalArgumentException("an ask takes 1 to " + MOST_WITHIN + " microseconds, not " + within);
            }
        }
    }

    /**
     * Wish: the answer to an ask is no longer wanted; its outcome is told all the same.
     *
     * @param ticket that of the ask
     */
    record Cancel(Ticket ticket) implements ExchangeAction {}

    /** There is a connection to the peer of an ask. */
    record Reached(long ask) implements ExchangeAction, OfAsk {}

    /** There will be none. */
    record Unreached(long ask, AskFailure why, String detail) implements ExchangeAction, OfAsk {}

    /**
     * There is no room now for the dial or the stream of an ask.
     *
     * @param want which of them
     */
    record Crowded(long ask, ExchangeState.Want want) implements ExchangeAction, OfAsk {}

    /** The stream of an ask is open. */
    record StreamReady(long ask, Handle stream, Handle connection) implements ExchangeAction, OfAsk {}

    /** The stream of an ask could not be opened. */
    record StreamMissing(long ask, AskFailure why, String detail) implements ExchangeAction, OfAsk {}

    /**
     * Fact: the answer came.
     *
     * @param took how long after the question was written, microseconds: the round trip and what the peer took
     */
    record AnswerCame(long ask, Handle stream, Message message, long took) implements ExchangeAction, OfAsk {}

    /**
     * Fact: no answer will come on this stream.
     *
     * @param why {@link AskFailure#RESET}, {@link AskFailure#MALFORMED}, {@link AskFailure#UNENCODABLE} or {@link
     *     AskFailure#UNSUPPORTED}
     * @param detail what more is known, for people; at most {@link ConnectionAction#MAX_TEXT} characters
     */
    record AnswerMissing(long ask, Handle stream, AskFailure why, String detail) implements ExchangeAction, OfAsk {
        /** Checks the bound. */
        public AnswerMissing {
            ConnectionAction.boundedDetail(detail);
        }
    }

    /** Due: an ask's time is over, or there may be a place for it. */
    record AskDue(long ask) implements ExchangeAction, OfAsk {}

    /**
     * A connection is open.
     *
     * @param remote the address of its other end, of which only the host is known to be right if the peer has dialled
     */
    record Linked(Handle connection, PeerId peer, Multiaddr remote) implements ExchangeAction, OfPeer {}

    /** It is closed. */
    record Unlinked(Handle connection, PeerId peer) implements ExchangeAction, OfPeer {}

    /** A dial to a peer has failed at one address. It may succeed at another: only who gives up for want of time tells of it. */
    record DialMissed(PeerId peer, Multiaddr address, ConnectionError.Kind why) implements ExchangeAction, OfPeer {}

    // Streams of both sides

    /** A stream of a protocol of this machine is over. */
    record StreamEnded(Handle stream, EndReason reason) implements ExchangeAction, StreamAction.OfStream {}

    /** Due: a stream was kept for nothing, or its question or answer takes too long. */
    record StreamDue(Handle stream) implements ExchangeAction, StreamAction.OfStream {}

    /**
     * No new streams are to be opened to a peer, and those end that carry nothing.
     *
     * @param connection on this connection only; empty for all of them
     */
    record Parting(PeerId peer, Optional<Handle> connection) implements ExchangeAction, OfPeer {}

    /** Due: what was remembered of a peer with which nothing is under way. */
    record Forget(PeerId peer) implements ExchangeAction, OfPeer {}

    // Answering

    /** Wish: answer questions of a protocol; nothing changes if they are answered already. */
    record Serve(String protocol) implements ExchangeAction {}

    /** Wish: take no more of them; what was asked before may be answered still. */
    record Unserve(String protocol) implements ExchangeAction {}

    /**
     * Fact for others: questions of a protocol are answered from now on, or no longer. Told at each change, and after a boot of what
     * is answered still.
     *
     * @param ids what the protocol is called on the wire
     * @param served which of the two
     */
    record Served(String protocol, List<String> ids, boolean served) implements ExchangeAction {
        /** Copies the list. */
        public Served {
            ids = List.copyOf(ids);
        }
    }

    /** A peer has opened a stream of a protocol. */
    record Offered(Handle stream, Handle connection, PeerId peer, String id)
            implements ExchangeAction, StreamAction.OfStream {}

    /** Fact: a question came. */
    record AskCame(Handle stream, Message message) implements ExchangeAction, StreamAction.OfStream {}

    /**
     * Fact: no question will come on this stream.
     *
     * @param clean whether the asker has ended its side between two questions
     */
    record AskMissing(Handle stream, boolean clean, String detail) implements ExchangeAction, StreamAction.OfStream {
        /** Checks the bound. */
        public AskMissing {
            ConnectionAction.boundedDetail(detail);
        }
    }

    /**
     * A peer has asked: whoever serves the protocol observes this.
     *
     * @param number for {@link Reply} and {@link Refuse}
     * @param from where the peer is, of which only the host is known to be right if it has dialled; empty in logs of earlier versions
     */
    record Asked(
            long number,
            Handle stream,
            Handle connection,
            PeerId peer,
            Optional<Multiaddr> from,
            String protocol,
            Message message)
            implements ExchangeAction, StreamAction.OfStream {}

    /**
     * Fact for others: how an answer ended, of protocols that ask for it ({@link
     * dev.dunlin.connection.protocol.ProtocolLimits#tellsEnd}). Told once for each {@link Asked} that is not refused.
     *
     * @param number that of the question
     * @param isWritten whether all of it was written; otherwise the asker is gone, or it took too long
     */
    record AnswerEnded(long number, Handle stream, String protocol, boolean isWritten)
            implements ExchangeAction, StreamAction.OfStream {}

    /** Wish: answer a question. */
    record Reply(long number, Message message) implements ExchangeAction {}

    /** Wish: give no answer; the asker sees a reset. On a stream that is used again it may ask once more, on another. */
    record Refuse(long number) implements ExchangeAction {}

    /** Fact: an answer is written. */
    record ReplySent(Handle stream) implements ExchangeAction, StreamAction.OfStream {}

    /** Fact: it could not be. */
    record ReplyMissing(Handle stream, String detail) implements ExchangeAction, StreamAction.OfStream {
        /** Checks the bound. */
        public ReplyMissing {
            ConnectionAction.boundedDetail(detail);
        }
    }
}
