package dev.dunlin.connection.identify;

import dev.dunlin.connection.Direction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import java.util.List;

/** The actions of the identify machine. */
public sealed interface IdentifyAction extends Action {

    /**
     * The node has booted: connections and streams of the last run are gone, what peers told is remembered.
     *
     * @param config what the boot said
     */
    record Started(IdentifyConfig config) implements IdentifyAction {}

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
    record Linked(Handle connection, PeerId peer, Multiaddr remote, Direction direction) implements IdentifyAction {}

    /** Fact: a connection is closed. */
    record Unlinked(Handle connection, PeerId peer) implements IdentifyAction {}

    /** Fact: the stream that we asked for is open; we are to read. */
    record AskOpened(Handle stream, Handle connection, PeerId peer) implements IdentifyAction {}

    /** Fact: the stream on which we would have read could not be opened. */
    record AskNotOpened(PeerId peer) implements IdentifyAction {}

    /** Fact: the stream that we asked for is open; we are to push. */
    record PushOpened(Handle stream, Handle connection, PeerId peer) implements IdentifyAction {}

    /** Fact: the stream on which we would have pushed could not be opened. */
    record PushNotOpened(PeerId peer) implements IdentifyAction {}

    /** Fact: a peer asks who we are. */
    record Asked(Handle stream, Handle connection, PeerId peer) implements IdentifyAction {}

    /** Fact: a peer is about to push. */
    record PushOffered(Handle stream, Handle connection, PeerId peer) implements IdentifyAction {}

    /** Answer: what came on a stream that we read. */
    record Received(Handle stream, PeerId peer, Identified identified) implements IdentifyAction {}

    /**
     * Answer: nothing good came on a stream that we read.
     *
     * @param reason one sentence
     */
    record ReadFailed(Handle stream, PeerId peer, String reason) implements IdentifyAction {}

    /** Answer: all was written to a stream. */
    record Sent(Handle stream, PeerId peer) implements IdentifyAction {}

    /**
     * Answer: not all could be written to a stream.
     *
     * @param reason one sentence
     */
    record SendFailed(Handle stream, PeerId peer, String reason) implements IdentifyAction {}

    /** A deadline has come. */
    record Tick() implements IdentifyAction {}

    /** Reading or sending took too long. */
    record ExchangeTimedOut(Handle stream, PeerId peer) implements IdentifyAction {}

    /** A peer was remembered without a connection for long enough. */
    record Forgotten(PeerId peer) implements IdentifyAction {}

    /**
     * Fact for others: a peer has told who it is, for the first time or anew.
     *
     * @param told all that is now known of it, as in the state
     */
    record PeerIdentified(PeerId peer, IdentifyState.Told told) implements IdentifyAction {}

    /**
     * Fact for others: a peer could not be asked, or did not answer well.
     *
     * @param reason one sentence
     */
    record IdentifyFailed(PeerId peer, String reason) implements IdentifyAction {}

    /** Fact for others: enough observers agree that we can be reached here, or no longer. */
    record ObservedChanged(List<Multiaddr> believed) implements IdentifyAction {
        /** Copies the list. */
        public ObservedChanged {
            believed = List.copyOf(believed);
        }
    }
}
