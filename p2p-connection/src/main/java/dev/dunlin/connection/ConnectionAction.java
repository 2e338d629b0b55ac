package dev.dunlin.connection;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/**
 * The actions of the connection machine.
 *
 * <p>Wishes with a ticket have exactly one outcome: one of {@link ConnectDone}, {@link ConnectGaveUp},
 * {@link ConnectRefused}, or one of {@link ListenDone}, {@link ListenGaveUp}, {@link ListenRefused}. A wish with
 * {@link Ticket#NONE} that is refused is disabled by the clause that a refusal would name.
 */
public sealed interface ConnectionAction extends Action {

    /** The most addresses in one action. */
    int MAX_ADDRESSES = 64;

    /** The longest handshake hash, in bytes. */
    int MAX_HASH = 64;

    private static List<Multiaddr> bounded(List<Multiaddr> addresses) {
        if (addresses.size() > MAX_ADDRESSES) {
            throw new IllegalArgumentException(
                    "at most " + MAX_ADDRESSES + " addresses, not " + addresses.size() + ": leave some out");
        }
        return List.copyOf(addresses);
    }

    private static void bounded(Bytes handshakeHash) {
        if (handshakeHash.size() > MAX_HASH) {
            throw new IllegalArgumentException(
                    "a handshake hash has at most " + MAX_HASH + " bytes, not " + handshakeHash.size());
        }
    }

    /**
     * The node has booted: handles and dials of the last run are gone, known addresses and back-offs are kept.
     *
     * @param config what the boot said
     */
    record Started(ConnectionConfig config) implements ConnectionAction {}

    /**
     * Wish: be connected to a peer. Dials the addresses in order; joins a dial on its way; is done at once where a
     * connection is open; begins anew, with the known addresses behind the given ones, after a failure.
     *
     * @param addresses where the peer may be, best first; at most {@link #MAX_ADDRESSES}
     */
    record Connect(PeerId peer, List<Multiaddr> addresses, Ticket ticket) implements ConnectionAction {
        /** Copies the list and checks the bounds. */
        public Connect {
            addresses = bounded(addresses);
        }
    }

    /** Wish: tell me the connection to a peer, now or when the dial on its way ends; never dials. */
    record Await(PeerId peer, Ticket ticket) implements ConnectionAction {
}

    /** Wish: close all connections to a peer, give up the dial to it. */
    record Disconnect(PeerId peer) implements ConnectionAction {}

    /** Wish, also of the machine itself when a back-off ends: try a failed peer again. */
    record Retry(PeerId peer) implements ConnectionAction {}

    /** Wish, also of the machine itself when a permanent failure grows old: forget a peer, whatever its phase. */
    record Reset(PeerId peer) implements ConnectionAction {}

    /**
     * Fact: a dial succeeded.
     *
     * @param dial the number of {@link ConnectionEffect.ConnectInit}
     * @param connection what was opened
     * @param address the address dialled
     * @param handshakeHash the hash of the handshake
     */
    record Connected(long dial, Handle connection, PeerId peer, Multiaddr address, Bytes handshakeHash)
            implements ConnectionAction, BringsHandle {
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
            implements ConnectionAction {}

    /**
     * Fact: somebody connected to this node and proved who it is.
     *
     * @param remoteAddress the address it came from
     * @param handshakeHash the hash of the handshake
     */
    record Accepted(Handle connection, PeerId peer, Multiaddr remoteAddress, Bytes handshakeHash)
            implements ConnectionAction, BringsHandle {
        /** Checks the bounds. */
        public Accepted {
            bounded(handshakeHash);
        }

        @Override
        public Handle brought() {
            return connection;
        }
    }

    /** Fact: a connection is closed, whoever closed it. Comes after the end of all its streams. */
    record Closed(Handle connection, PeerId peer, CloseReason reason) implements ConnectionAction, EndsHandle {
        @Override
        public Handle ended() {
            return connection;
        }
    }

    /** Wish of whoever uses a connection: count me, so that it is not idle. */
    record Hold(Handle connection, PeerId peer) implements ConnectionAction {}

    /** Wish of whoever used a connection: count me no longer. */
    record Release(Handle connection, PeerId peer) implements ConnectionAction {}

    /** Wish: listen on an address. */
    record Listen(Multiaddr address, Ticket ticket) implements ConnectionAction {
}

    /**
     * Wish: listen no longer.
     *
     * @param address the address that was asked for
     */
    record StopListening(Multiaddr address) implements ConnectionAction {}

    /**
     * Fact: a listener is open.
     *
     * @param number the number of {@link ConnectionEffect.ListenInit}
     * @param requested the address asked for
     * @param bound the addresses it has in truth; at most {@link #MAX_ADDRESSES}
     */
    record Listening(long number, Handle listener, Multiaddr requested, List<Multiaddr> bound)
            implements ConnectionAction, BringsHandle {
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
     * Fact: a listener could not be opened.
     *
     * @param number the number of {@link ConnectionEffect.ListenInit}
     */
    record ListenFailed(long number, Multiaddr requested, ConnectionError error) implements ConnectionAction {}

    /** Fact: a listener is closed, whoever closed it. Its connections live on. */
    record ListenerClosed(Handle listener, Multiaddr requested, CloseReason reason)
            implements ConnectionAction, EndsHandle {
        @Override
        public Handle ended() {
            return listener;
        }
    }

    /** A deadline has come. */
    record Tick() implements ConnectionAction {}

    /** A dial took too long at one address. */
    record DialTimedOut(long dial, PeerId peer) implements ConnectionAction {}

    /** A connection without users has been so for too long. */
    record IdleTimedOut(Handle connection, PeerId peer) implements ConnectionAction {}

    /** An orderly close took too long. */
    record CloseTimedOut(Handle connection, PeerId peer) implements ConnectionAction {}

    /** Opening a listener took too long. */
    record ListenTimedOut(long number, Multiaddr requested) implements ConnectionAction {}

    /** Closing a listener took too long. */
    record StopTimedOut(Handle listener, Multiaddr requested) implements ConnectionAction {}

    /**
     * Outcome: there is a connection.
     *
     * @param connection the newest one
     */
    record ConnectDone(Ticket ticket, PeerId peer, Handle connection) implements ConnectionAction, Ticketed {}

    /** Outcome: all attempts failed, or the wish was cancelled. */
    record ConnectGaveUp(Ticket ticket, PeerId peer, ConnectionError error) implements ConnectionAction, Ticketed {}

    /**
     * Outcome: nothing was tried.
     *
     * @param clause the name of the clause that failed
     */
    record ConnectRefused(Ticket ticket, PeerId peer, String clause) implements ConnectionAction, Ticketed {}

    /** Outcome: the listener is open. */
    record ListenDone(Ticket ticket, Multiaddr requested, List<Multiaddr> bound) implements ConnectionAction, Ticketed {
        /** Copies the list and checks its bound. */
        public ListenDone {
            bound = bounded(bound);
        }
    }

    /** Outcome: the listener could not be opened. */
    record ListenGaveUp(Ticket ticket, Multiaddr requested, ConnectionError error)
            implements ConnectionAction, Ticketed {}

    /**
     * Outcome: nothing was tried.
     *
     * @param clause the name of the clause that failed
     */
    record ListenRefused(Ticket ticket, Multiaddr requested, String clause) implements ConnectionAction, Ticketed {}
}
