package dev.dunlin.connection.peer;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/** The actions of the peer machine. */
public sealed interface PeerAction extends OfPeer {

    /** The longest that an address is kept without being heard of again: a year, in microseconds. */
    long MOST_TTL = 365 * 86_400_000_000L;

    /** The most protocols of a {@link Describe}. */
    int MAX_PROTOCOLS = 1024;

    /** The longest text of a {@link Describe}, in characters. */
    int MAX_TEXT = 256;

    /** The most characters of all protocols of a {@link Describe}. */
    int MAX_NAMES = 16_384;

    /**
     * Fact: a connection is open.
     *
     * @param dialled the address at which this node found the peer; empty if the peer dialled
     */
    record Linked(Handle connection, PeerId peer, Optional<Multiaddr> dialled) implements PeerAction {}

    /** Fact: a connection is closed. */
    record Unlinked(PeerId peer) implements PeerAction {}

    /** Fact: a dial failed at an address. */
    record DialFailed(PeerId peer, Multiaddr address, ConnectionError.Kind why) implements PeerAction {}

    /**
     * Wish: a peer may be at these addresses.
     *
     * @param addresses at most {@link ConnectionAction#MAX_ADDRESSES}, the likeliest first
     * @param ttl how long they are kept unless they are heard of again or the peer is found there, microseconds, 1 to
     *     {@link #MOST_TTL}
     */
    record AddAddresses(PeerId peer, List<Multiaddr> addresses, Source source, long ttl) implements PeerAction {
        /** Copies the list and checks the bounds. */
        public AddAddresses {
            addresses = ConnectionAction.bounded(addresses);
            if (ttl < 1 || ttl > MOST_TTL) {
                throw new IllegalArgumentException("an address is kept 1 to " + MOST_TTL + " microseconds, not " + ttl);
            }
        }
    }

    /** Wish: forget all that is known of a peer that is not connected. */
    record Forget(PeerId peer) implements PeerAction {}

    /**
     * Wish: be connected to a peer, at these addresses or at those that are known. It becomes a
     * {@link ConnectionAction.Connect} with the same ticket, whose outcome is the outcome of both.
     *
     * @param addresses tried first, best first; at most {@link ConnectionAction#MAX_ADDRESSES}
     */
    record Reach(PeerId peer, List<Multiaddr> addresses, Ticket ticket) implements PeerAction, Action.Wish {
        /** Copies the list and checks the bound. */
        public Reach {
            addresses = ConnectionAction.bounded(addresses);
        }
    }

    /** Wish: say where a peer may be, of what is known. It ends in a {@link PeerOutcome.Located}. */
    record Locate(Ticket ticket, PeerId peer) implements PeerAction, Action.Wish {}

    /** Somebody stays connected to a peer: wherever else it may be is told. */
    record Sought(PeerId peer) implements PeerAction {}

    /**
     * Wish of whoever a connected peer told of itself.
     *
     * @param whole whether it told all: what it left out is gone, but for a signed record, which only a newer one replaces
     *     (libp2p/specs RFC/0003-routing-records.md); otherwise what it left out is unchanged
     * @param protocolVersion as in {@link Description}
     * @param agentVersion likewise
     * @param protocols none if it did not say
     * @param addresses where it listens, without the peer at their end; none if it did not say; not used while there is a signed
     *     record
     * @param record the addresses that it signed
     * @param skipped how many entries were left out
     */
    record Describe(
            PeerId peer,
            boolean whole,
            Optional<String> protocolVersion,
            Optional<String> agentVersion,
            List<String> protocols,
            List<Multiaddr> addresses,
            Optional<Certified> record,
            int skipped)
            implements PeerAction {
        /** Copies the lists. */
        public Describe {
            protocols = List.copyOf(protocols);
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * The addresses of a record that a peer has signed.
     *
     * @param seq the record's number, unsigned
     * @param addresses without the peer at their end
     */
    record Certified(long seq, List<Multiaddr> addresses) {
        /** Copies the list. */
        public Certified {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Wish of whoever measured it: a connected peer answered after so long.
     *
     * @param rttMicros microseconds, at least 0
     */
    record Measured(PeerId peer, long rttMicros) implements PeerAction {}

    /** Due: an address of a peer, or all that is known of it, is too old. */
    record Expired(PeerId peer) implements PeerAction {}

    /** A peer was to be forgotten first where too many are known. */
    record Evicted(PeerId peer) implements PeerAction {}
}
