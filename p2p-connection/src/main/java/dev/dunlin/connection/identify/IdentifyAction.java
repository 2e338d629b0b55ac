package dev.dunlin.connection.identify;

import dev.dunlin.connection.Direction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import java.util.List;

/** The actions of the identify machine. */
public sealed interface IdentifyAction extends Action {

    /** About a peer. */
    sealed interface AboutPeer extends IdentifyAction, OfPeer {}

    /** About a stream with a peer. */
    sealed interface AboutStream extends AboutPeer {
        /** The stream. */
        Handle stream();
    }

    /** The fact that a stream is open. */
    sealed interface Begun extends AboutStream {
        /** The connection that it is on. */
        Handle connection();
    }

    /** Wish: from now on say that we take streams for these protocols. */
    record Speak(List<String> protocols) implements IdentifyAction {

        /** The most protocols. */
        public static final int MAX_PROTOCOLS = 64;

        /** The most bytes of all their names in UTF-8, with four more for each: they must fit into one message. */
        public static final int MAX_BYTES = 2048;

        /** Copies the list. */
        public Speak {
            protocols = List.copyOf(protocols);
        }
    }

    /** Fact: we listen at these addresses. */
    record AddressesBound(Handle listener, List<Multiaddr> addresses) implements IdentifyAction {
        /** Copies the list. */
        public AddressesBound {
            addresses = List.copyOf(addresses);
        }
    }

    /** Fact: a listener is closed. */
    record AddressesUnbound(Handle listener) implements IdentifyAction {}

    /**
     * Fact: a connection is open.
     *
     * @param remote the address at its other end
     */
    record Linked(Handle connection, PeerId peer, Multiaddr remote, Direction direction) implements AboutPeer {}

    /** Fact: a connection is closed. */
    record Unlinked(Handle connection, PeerId peer) implements AboutPeer {}

    /** Fact: the stream that we asked for is open; we are to read. */
    record AskOpened(Handle stream, Handle connection, PeerId peer) implements Begun {}

    /** Fact: the stream on which we would have read could not be opened. */
    record AskNotOpened(PeerId peer) implements AboutPeer {}

    /** Fact: the stream that we asked for is open; we are to push. */
    record PushOpened(Handle stream, Handle connection, PeerId peer) implements Begun {}

    /** Fact: the stream on which we would have pushed could not be opened. */
    record PushNotOpened(PeerId peer) implements AboutPeer {}

    /** Fact: a peer asks who we are. */
    record Asked(Handle stream, Handle connection, PeerId peer) implements Begun {}

    /** Fact: a peer is about to push. */
    record PushOffered(Handle stream, Handle connection, PeerId peer) implements Begun {}

    /** Answer: what came on a stream that we read. */
    record Received(Handle stream, PeerId peer, Identified identified) implements AboutStream {}

    /**
     * Answer: nothing good came on a stream that we read.
     *
     * @param reason one sentence
     */
    record ReadFailed(Handle stream, PeerId peer, String reason) implements AboutStream {}

    /** Answer: all was written to a stream. */
    record Sent(Handle stream, PeerId peer) implements AboutStream {}

    /**
     * Answer: not all could be written to a stream.
     *
     * @param reason one sentence
     */
    record SendFailed(Handle stream, PeerId peer, String reason) implements AboutStream {}

    /** Due: reading or sending took too long. */
    record ExchangeTimedOut(Handle stream, PeerId peer) implements AboutStream {}

    /** Due: a peer was remembered without a connection for long enough. */
    record Forgotten(PeerId peer) implements AboutPeer {}

    /** A peer was to be forgotten first where too many are remembered. */
    record Evicted(PeerId peer) implements AboutPeer {}

    /** Due: our last changes are to be pushed. */
    record PushesDue() implements IdentifyAction {}

    /**
     * Fact for others: a peer has told who it is, for the first time or anew.
     *
     * @param told all that is now known of it, as in the state
     */
    record PeerIdentified(PeerId peer, IdentifyState.Told told) implements AboutPeer {}

    /**
     * Fact for others: a peer could not be asked, or did not answer well.
     *
     * @param reason one sentence
     */
    record IdentifyFailed(PeerId peer, String reason) implements AboutPeer {}

    /** Fact for others: enough observers agree that we can be reached here, or no longer. */
    record ObservedChanged(List<Multiaddr> believed) implements IdentifyAction {
        /** Copies the list. */
        public ObservedChanged {
            believed = List.copyOf(believed);
        }
    }
}
