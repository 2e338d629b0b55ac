package dev.dunlin.connection.identify;

import dev.dunlin.connection.Direction;
import dev.dunlin.connection.exchange.AskFailure;
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

    /** The end of an ask of ours, which a push is, too. */
    sealed interface Ended extends AboutPeer {
        /** Its number. */
        long ask();
    }

    /** About the protocols that are told. */
    sealed interface AboutProtocols extends IdentifyAction {
        /** Their ids. */
        List<String> protocols();
    }

    /** Wish: from now on say that we take streams for these protocols, beside those that a machine serves. */
    record Speak(List<String> protocols) implements AboutProtocols {

        /** The most protocols, with those that machines serve. */
        public static final int MAX_PROTOCOLS = 64;

        /** The most bytes of all their names in UTF-8, with four more for each: they must fit into one message. */
        public static final int MAX_BYTES = 2048;

        /** Copies the list. */
        public Speak {
            protocols = List.copyOf(protocols);
        }
    }

    /**
     * Fact: a machine takes streams for these protocols from now on, or no longer.
     *
     * @param served which of the two
     */
    record ProtocolsServed(List<String> protocols, boolean served) implements AboutProtocols {
        /** Copies the list. */
        public ProtocolsServed {
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

    /**
     * A peer has answered who it is.
     *
     * @param connection on which it answered
     */
    record Received(PeerId peer, long ask, Handle connection, Identified identified) implements Ended {}

    /** A push is written. */
    record PushSent(PeerId peer, long ask) implements Ended {}

    /**
     * A peer has not answered who it is, or a push could not be written.
     *
     * @param detail what more is known, for people
     */
    record AskLost(PeerId peer, long ask, AskFailure why, String detail) implements Ended {}

    /**
     * A peer asks who we are.
     *
     * @param question the number of its question
     */
    record Asked(PeerId peer, Handle connection, long question) implements AboutPeer {}

    /**
     * A peer pushes.
     *
     * @param question the number of its question, which the push is
     */
    record PushCame(PeerId peer, Handle connection, long question, Identified identified) implements AboutPeer {}

    /** Due: our last changes are to be pushed. */
    record PushesDue() implements IdentifyAction {}

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
