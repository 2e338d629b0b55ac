package dev.dunlin.connection;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/**
 * The actions of the connection machine.
 *
 * <p>Wishes with a ticket have exactly one outcome: one of {@link ConnectionOutcome}, or
 * {@link dev.dunlin.core.store.NodeOutcome.Refused}.
 */
public sealed interface ConnectionAction extends Action {

    /** The most addresses in one action. */
    int MAX_ADDRESSES = 64;

    /** The longest handshake hash, in bytes. */
    int MAX_HASH = 64;

    /** The longest detail of an end and the longest reason of a {@link Keep}, in characters. */
    int MAX_TEXT = 256;

    /** An action about a listener. */
    interface OfListener extends Action {

        /** The kind of subject that is a listener; its key is the address asked for. */
        String KIND = "listener";

        /** The address asked for. */
        Multiaddr requested();

        @Override
        default Subject about() {
            return Subject.of(KIND, requested());
        }
    }

    /** What a peer's phase becomes when it is due. */
    sealed interface PeerDue extends ConnectionAction, OfPeer {}

    /** What happens to a connection that is due. */
    sealed interface ConnectionDue extends ConnectionAction, OfPeer {}

    /** What happens to a listener that is due. */
    sealed interface ListenerDue extends ConnectionAction, OfListener {}

    /** Refuses more addresses than one action may have. */
    static List<Multiaddr> bounded(List<Multiaddr> addresses) {
        if (addresses.size() > MAX_ADDRESSES) {
            throw new IllegalArgumentException(
                    "at most " + MAX_ADDRESSES + " addresses, not " + addresses.size() + ": leave some out");
        }
        return List.copyOf(addresses);
    }

    /** A detail, cut where it is too long. */
    static String shortened(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT - 1) + "…";
    }

    /** Refuses a detail that is too long. */
    static void boundedDetail(String text) {
        if (text.length() > MAX_TEXT) {
            throw new IllegalArgumentException(
                    "a detail has at most " + MAX_TEXT + " characters, not " + text.length() + ": shorten it");
        }
    }

    private static void reason(String why) {
        if (why.isEmpty() || why.length() > MAX_TEXT) {
            throw new IllegalArgumentException(
                    "why a peer is kept is told in 1 to " + MAX_TEXT + " characters, not " + why.length());
        }
    }

    private static void bounded(Bytes handshakeHash) {
        if (handshakeHash.size() > MAX_HASH) {
            throw new IllegalArgumentException(
                    "a handshake hash has at most " + MAX_HASH + " bytes, not " + handshakeHash.size());
        }
    }

    /**
     * Wish: be connected to a peer. Dials the addresses in order; joins a dial on its way; is done at once where a
     * connection is open; begins anew, with the known addresses behind the given ones, after a failure.
     *
     * @param addresses where the peer may be, best first; at most {@link #MAX_ADDRESSES}
     */
    record Connect(PeerId peer, List<Multiaddr> addresses, Ticket ticket) implements ConnectionAction, OfPeer, Wish {
        /** Copies the list and checks the bounds. */
        public Connect {
            addresses = bounded(addresses);
        }
    }

    /** Wish: tell me the connection to a peer, now or when the dial on its way ends; never dials. */
    record Await(PeerId peer, Ticket ticket) implements ConnectionAction, OfPeer, Wish {}

    /** Wish: whoever waits for a peer by this ticket waits no longer, and is told nothing. A dial goes on; its outcome is for others. */
    record Withdraw(PeerId peer, Ticket ticket) implements ConnectionAction, OfPeer {}

    /**
     * Wish: close all connections to a peer, give up the dial to it or the retry. Connections take no new streams from
     * now on and are closed when the last one ends, or when that takes too long. Refused while somebody keeps the peer.
     */
    record Disconnect(PeerId peer) implements ConnectionAction, OfPeer {}

    /** Wish: try a failed peer again, now. */
    record Retry(PeerId peer) implements ConnectionAction, OfPeer {}

    /** Wish: forget a peer, whatever its phase and whoever keeps it; as {@link Disconnect} otherwise. */
    record Reset(PeerId peer) implements ConnectionAction, OfPeer {}

    /**
     * Wish: stay connected to a peer. It is dialled, its connection is not closed for being idle, and it is dialled again,
     * with growing delays and for ever, whenever the last connection ends or a dial fails; until all who keep it have said
     * {@link Unkeep}, or the node's run ends. It has no ticket and no outcome.
     *
     * @param addresses where the peer may be, best first, beside those that are known; at most {@link #MAX_ADDRESSES}
     * @param why who keeps it and what for, 1 to {@link #MAX_TEXT} characters; the same again adds addresses
     */
    record Keep(PeerId peer, List<Multiaddr> addresses, String why) implements ConnectionAction, OfPeer {
        /** Copies the list and checks the bounds. */
        public Keep {
            addresses = bounded(addresses);
            reason(why);
        }
    }

    /**
     * Wish of whoever knows it: a peer may be at these addresses, too. Matters to those who keep it; of others nothing is noted.
     *
     * @param addresses best first; at most {@link #MAX_ADDRESSES}
     */
    record AddressesLearned(PeerId peer, List<Multiaddr> addresses) implements ConnectionAction, OfPeer {
        /** Copies the list and checks the bound. */
        public AddressesLearned {
            addresses = bounded(addresses);
        }
    }

    /**
     * Wish: have nothing to do with a peer. Its connections are closed at once, the dial to it is given up, nobody keeps it
     * any more; from now on it is not dialled and nothing that it opens is taken, until the time is over or somebody says
     * {@link Unban}, also in later runs of the node. Of a banned peer, the time and the reason become these.
     *
     * @param span for how long, in microseconds; 0 or less for ever
     * @param why what for, at most {@link #MAX_TEXT} characters; may be empty
     */
    record Ban(PeerId peer, long span, String why) implements ConnectionAction, OfPeer {
        /** Checks the bound. */
        public Ban {
            boundedDetail(why);
        }
    }

    /** Wish: a peer is banned no longer. Nobody dials it because of that. */
    record Unban(PeerId peer) implements ConnectionAction, OfPeer {}

    /** Wish: keep a peer no longer for this reason. */
    record Unkeep(PeerId peer, String why) implements ConnectionAction, OfPeer {
        /** Checks the bound. */
        public Unkeep {
            reason(why);
        }
    }

    /**
     * Wish: get ready to stop. Nothing is dialled, listened on or accepted from now on; connections are left to
     * {@link Disconnect}.
     */
    record Drain() implements ConnectionAction, Control {}

    /**
     * Fact: a name was looked up.
     *
     * @param dial the number of {@link ConnectionEffect.ResolveInit}
     * @param address the address with the name
     * @param found the addresses that it leads to, in order; 1 to {@link #MAX_ADDRESSES}, none with a name. Which of them
     *     are worth a dial is decided when this is reduced, as for every other address
     */
    record Resolved(long dial, PeerId peer, Multiaddr address, List<Multiaddr> found)
            implements ConnectionAction, OfPeer {
        /** Copies the list and checks its bound. */
        public Resolved {
            found = bounded(found);
        }
    }

    /**
     * Fact: a dial succeeded.
     *
     * @param dial the number of {@link ConnectionEffect.ConnectInit}
     * @param connection what was opened
     * @param address the address dialled
     * @param handshakeHash the hash of the handshake
     */
    record Connected(long dial, Handle connection, PeerId peer, Multiaddr address, Bytes handshakeHash)
            implements ConnectionAction, OfPeer, BringsHandle {
        /** Checks the bounds. */
        public Connected {
            bounded(handshakeHash);
        }

        @Override
        public Handle brought() {
            return connection;
        }
    }

    /**
     * Fact: a dial failed at one address.
     *
     * @param dial the number of {@link ConnectionEffect.ConnectInit}
     */
    record ConnectionFailed(long dial, PeerId peer, Multiaddr address, ConnectionError error)
            implements ConnectionAction, OfPeer {}

    /**
     * Fact: somebody connected to this node and proved who it is.
     *
     * @param remoteAddress the address it came from
     * @param handshakeHash the hash of the handshake
     */
    record Accepted(Handle connection, PeerId peer, Multiaddr remoteAddress, Bytes handshakeHash)
            implements ConnectionAction, OfPeer, BringsHandle {
        /** Checks the bounds. */
        public Accepted {
            bounded(handshakeHash);
        }

        @Override
        public Handle brought() {
            return connection;
        }
    }

    /**
     * Fact: the other side takes no new streams on a connection; those that run go on (yamux specification, "GoAway").
     *
     * @param code 0 normal, 1 protocol error, 2 internal error; others are possible
     */
    record WentAway(Handle connection, PeerId peer, long code) implements ConnectionAction, OfPeer {}

    /**
     * Fact: a connection is closed, whoever closed it. Comes after the end of all its streams.
     *
     * @param detail what more is known, for people and tools: of a broken protocol the rule, of a broken socket its error;
     *     at most {@link #MAX_TEXT} characters, and empty where the reason says all
     */
    record Closed(Handle connection, PeerId peer, CloseReason reason, String detail)
            implements ConnectionAction, OfPeer, EndsHandle {
        /** Checks the bound. */
        public Closed {
            ConnectionAction.boundedDetail(detail);
        }

        @Override
        public Handle ended() {
            return connection;
        }
    }

    /** Wish of whoever uses a connection: count me, so that it is not idle. */
    record Hold(Handle connection, PeerId peer) implements ConnectionAction, OfPeer {}

    /** Wish of whoever used a connection: count me no longer. */
    record Release(Handle connection, PeerId peer) implements ConnectionAction, OfPeer {}

    /**
     * Wish: listen on an address. On port 0, which is any free port, as often as wished; each is a listener of its own, and all but
     * the newest go by the addresses they got.
     */
    record Listen(Multiaddr address, Ticket ticket) implements ConnectionAction, OfListener, Wish {
        @Override
        public Multiaddr requested() {
            return address;
        }
    }

    /**
     * Wish: listen no longer.
     *
     * @param address the address that was asked for, or one that the listener has got
     */
    record StopListening(Multiaddr address) implements ConnectionAction, OfListener {
        @Override
        public Multiaddr requested() {
            return address;
        }
    }

    /**
     * Fact: a listener is open.
     *
     * @param number the number of {@link ConnectionEffect.ListenInit}
     * @param requested the address asked for
     * @param bound the addresses it has in truth; at most {@link #MAX_ADDRESSES}
     */
    record Listening(long number, Handle listener, Multiaddr requested, List<Multiaddr> bound)
            implements ConnectionAction, OfListener, BringsHandle {
        /** Copies the list and checks its bound. */
        public Listening {
            bound = bounded(bound);
        }

        @Override
        public Handle brought() {
            return listener;
        }
    }

    /**
     * Fact: an open listener has other addresses than it had, because the interfaces of this machine have changed.
     *
     * @param requested the address asked for
     * @param bound the addresses it has now; at most {@link #MAX_ADDRESSES}
     */
    record Rebound(Handle listener, Multiaddr requested, List<Multiaddr> bound)
            implements ConnectionAction, OfListener {
        /** Copies the list and checks its bound. */
        public Rebound {
            bound = bounded(bound);
        }
    }

    /** Fact: this machine has an address that it had not: who could not be reached may be reachable now. */
    record NetworkCame() implements ConnectionAction {}

    /**
     * Fact: a listener could not be opened.
     *
     * @param number the number of {@link ConnectionEffect.ListenInit}
     */
    record ListenFailed(long number, Multiaddr requested, ConnectionError error)
            implements ConnectionAction, OfListener {}

    /** Fact: a listener is closed, whoever closed it. Its connections live on. */
    record ListenerClosed(Handle listener, Multiaddr requested, CloseReason reason)
            implements ConnectionAction, OfListener, EndsHandle {
        @Override
        public Handle ended() {
            return listener;
        }
    }

    /** Due: a dial took too long at one address. */
    record DialTimedOut(long dial, PeerId peer) implements PeerDue {}

    /** Due: a failed peer has waited long enough, and is dialled again if a dial is free. */
    record BackOffEnded(PeerId peer) implements PeerDue {}

    /** Due: the time of a ban is over. */
    record BanEnded(PeerId peer) implements ConnectionAction, OfPeer {}

    /** Due: what is known of an address that failed is old, and forgotten. */
    record AddressForgiven(Multiaddr address) implements ConnectionAction {}

    /** Due: a connection without users has been so for too long. */
    record IdleTimedOut(Handle connection, PeerId peer) implements ConnectionDue {}

    /** Due: a connection that takes no new streams has some still, after too long. */
    record DrainTimedOut(Handle connection, PeerId peer) implements ConnectionDue {}

    /** Due: an orderly close took too long. */
    record CloseTimedOut(Handle connection, PeerId peer) implements ConnectionDue {}

    /** Due: opening a listener took too long. */
    record ListenTimedOut(long number, Multiaddr requested) implements ListenerDue {}

    /** Due: closing a listener took too long. */
    record StopTimedOut(Handle listener, Multiaddr requested) implements ListenerDue {}
}
