package dev.dunlin.connection;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * All connections of a node: one phase for each peer, the open connections behind it, and the listeners.
 *
 * @param config what the last boot said
 * @param known the peers that are not {@link Disconnected}, and how many dials are on their way to them
 * @param open every open socket, until the world says that it is closed
 * @param listeners by the address asked for
 * @param lastNumber the last number given to a dial or a listen; never falls, not even at a boot
 * @param due when something must happen if nothing else does
 */
public record ConnectionState(
        ConnectionConfig config,
        Peers known,
        OpenConnections open,
        Table<Multiaddr, Listener> listeners,
        long lastNumber,
        ConnectionDeadlines due) {

    /** Before the first boot. */
    public static final ConnectionState INITIAL = new ConnectionState(
            ConnectionConfig.DEFAULT,
            new Peers(Table.empty(), 0),
            OpenConnections.NONE,
            Table.empty(),
            0,
            ConnectionDeadlines.NONE);

    /**
     * The peers that are not {@link Disconnected}.
     *
     * @param phases where each stands
     * @param dialling how many dials are on their way, those beside a connection included
     */
    public record Peers(Table<PeerId, Phase> phases, int dialling) {}

    /** Where a peer stands. */
    public sealed interface Phase {}

    /** Not connected. Such peers are forgotten: this is what {@link #phaseOf} says of every peer not in the table. */
    public record Disconnected() implements Phase {}

    /**
     * A dial is on its way.
     *
     * @param time when this attempt began, microseconds since the Unix epoch
     * @param peer whom
     * @param address the address being dialled
     * @param attempts which attempt this is, from 1
     * @param maxAttempts how many there may be
     * @param addresses all addresses of the attempt, in the order they are tried; the address is one of them
     * @param index the place of the address among them
     * @param dial the number that the answer echoes
     * @param tickets who waits
     */
    public record Connecting(
            long time,
            PeerId peer,
            Multiaddr address,
            int attempts,
            int maxAttempts,
            List<Multiaddr> addresses,
            int index,
            long dial,
            List<Ticket> tickets)
            implements Phase {
        /** Copies the lists. */
        public Connecting {
            addresses = List.copyOf(addresses);
            tickets = List.copyOf(tickets);
        }

        /** Whether another address is left to this attempt. */
        public boolean hasNext() {
            return index + 1 < addresses.size();
        }

        Connecting withTickets(List<Ticket> changed) {
            return new Connecting(time, peer, address, attempts, maxAttempts, addresses, index, dial, changed);
        }

        Connecting withAddresses(List<Multiaddr> changed) {
            return new Connecting(time, peer, address, attempts, maxAttempts, changed, index, dial, tickets);
        }
    }

    /**
     * At least one connection is open.
     *
     * @param time when the peer became connected, microseconds since the Unix epoch
     * @param peer to whom
     * @param address the remote address of the newest connection
     * @param addresses the addresses at which the peer can be dialled, as far as known; a dialled one that worked first
     * @param open the open connections, oldest first, at least one
     * @param racing a dial still on its way beside an inbound connection that overtook it; it has no tickets
     */
    public record Connected(
            long time,
            PeerId peer,
            Multiaddr address,
            List<Multiaddr> addresses,
            List<Handle> open,
            Optional<Connecting> racing)
            implements Phase {
        /** Copies the lists. */
        public Connected {
            addresses = List.copyOf(addresses);
            open = List.copyOf(open);
        }

        /** The newest connection: after a restart of the other side it is the one that lives. */
        public Handle newest() {
            return open.getLast();
        }

        Connected withOpen(List<Handle> changed) {
            return new Connected(time, peer, address, addresses, changed, racing);
        }

        Connected withRacing(Optional<Connecting> changed) {
            return new Connected(time, peer, address, addresses, open, changed);
        }
    }

    /**
     * The last attempt failed. While attempts are left, a retry stands in the deadlines; then the failure is permanent
     * until {@code Connect} or {@code Reset}.
     *
     * @param time when it failed, microseconds since the Unix epoch
     * @param peer whom
     * @param address the address that failed last
     * @param error how it failed
     * @param attempts attempts made so far; 0 after a restart of this node
     * @param maxAttempts how many there may be
     * @param addresses all addresses, in the order they are tried
     * @param tickets who waits for the last attempt; none when the failure is permanent
     */
    public record ConnectionFailed(
            long time,
            PeerId peer,
            Multiaddr address,
            ConnectionError error,
            int attempts,
            int maxAttempts,
            List<Multiaddr> addresses,
            List<Ticket> tickets)
            implements Phase {
        /** Copies the lists. */
        public ConnectionFailed {
            addresses = List.copyOf(addresses);
            tickets = List.copyOf(tickets);
        }

        /** Whether no attempt is left. */
        public boolean hasGivenUp() {
            return attempts >= maxAttempts;
        }
    }

    /**
     * One open socket, secured and multiplexed.
     *
     * @param peer who is at the other end, as its handshake proved
     * @param direction who dialled
     * @param remoteAddress the address at the other end
     * @param handshakeHash the hash of the handshake, the same at both ends (Noise channel binding)
     * @param openedAt microseconds since the Unix epoch
     * @param lastUsed when somebody last began or ended to use it, microseconds since the Unix epoch
     * @param users how many use it now: its streams
     * @param closing whether this node has asked for it to be closed
     */
    public record Connection(
            PeerId peer,
            Direction direction,
            Multiaddr remoteAddress,
            Bytes handshakeHash,
            long openedAt,
            long lastUsed,
            int users,
            boolean closing) {

        Connection used(long now, int change) {
            return new Connection(
                    peer, direction, remoteAddress, handshakeHash, openedAt, now, users + change, closing);
        }

        Connection asClosing() {
            return new Connection(peer, direction, remoteAddress, handshakeHash, openedAt, lastUsed, users, true);
        }
    }

    /** Where a listener stands. */
    public sealed interface Listener {}

    /**
     * The world was asked to open it.
     *
     * @param number the number that the answer echoes
     * @param ticket who waits
     */
    public record Opening(long number, Ticket ticket) implements Listener {}

    /**
     * Connections are accepted.
     *
     * @param listener its handle
     * @param bound the addresses it has in truth: a port 0 is a real one here
     */
    public record Listening(Handle listener, List<Multiaddr> bound) implements Listener {
        /** Copies the list. */
        public Listening {
            bound = List.copyOf(bound);
        }
    }

    /**
     * The world was asked to close it.
     *
     * @param listener its handle
     */
    public record Stopping(Handle listener) implements Listener {}

    private static final Disconnected DISCONNECTED = new Disconnected();

    /** The phase of each peer that is not {@link Disconnected}. */
    public Table<PeerId, Phase> peers() {
        return known.phases();
    }

    /** How many dials are on their way. */
    public int dialling() {
        return known.dialling();
    }

    /** Every open socket. */
    public Table<Handle, Connection> connections() {
        return open.connections();
    }

    /** The phase of any peer. */
    public Phase phaseOf(PeerId peer) {
        return known.phases().or(peer, DISCONNECTED);
    }

    /** Whether a connection to the peer is open and stays so. */
    public boolean isConnected(PeerId peer) {
        return phaseOf(peer) instanceof Connected;
    }

    /** Whether a connection is open and stays so. */
    public boolean isOpen(Handle connection) {
        return open.connections()
                .find(connection)
                .filter(known -> !known.closing())
                .isPresent();
    }

    /** The newest connection to a peer that stays open. */
    public Optional<Handle> connectionTo(PeerId peer) {
        return phaseOf(peer) instanceof Connected connected ? Optional.of(connected.newest()) : Optional.empty();
    }

    /** The addresses at which this node listens. */
    public List<Multiaddr> listenAddresses() {
        List<Multiaddr> all = new ArrayList<>();
        for (Listener listener : listeners.values()) {
            if (listener instanceof Listening listening) {
                all.addAll(listening.bound());
            }
        }
        return all;
    }

    /** The number of the dial that the peer's phase waits for; 0 if it waits for none. */
    public long dialOf(PeerId peer) {
        return switch (phaseOf(peer)) {
            case Connecting connecting -> connecting.dial();
            case Connected connected -> connected.racing().map(Connecting::dial).orElse(0L);
            case Disconnected _, ConnectionFailed _ -> 0;
        };
    }

    /** How many more dials may begin now. */
    public int freeDials() {
        return Math.min(
                config.maxDials() - dialling(),
                config.maxConnections() - connections().size() - dialling());
    }

    /** When a tick is due. */
    public long nextDeadline() {
        return due.next();
    }

    ConnectionState withPhase(PeerId peer, Phase phase) {
        return withKnown(new Peers(known.phases().with(peer, phase), known.dialling()));
    }

    ConnectionState withoutPhase(PeerId peer) {
        return withKnown(new Peers(known.phases().without(peer), known.dialling()));
    }

    /** With so many more dials on their way. */
    ConnectionState withDials(int change) {
        return withKnown(new Peers(known.phases(), known.dialling() + change));
    }

    private ConnectionState withKnown(Peers changed) {
        return new ConnectionState(config, changed, open, listeners, lastNumber, due);
    }

    ConnectionState withOpen(OpenConnections changed) {
        return new ConnectionState(config, known, changed, listeners, lastNumber, due);
    }

    ConnectionState withListeners(Table<Multiaddr, Listener> changed) {
        return new ConnectionState(config, known, open, changed, lastNumber, due);
    }

    ConnectionState withLastNumber(long changed) {
        return new ConnectionState(config, known, open, listeners, changed, due);
    }

    ConnectionState withDue(UnaryOperator<ConnectionDeadlines> change) {
        return new ConnectionState(config, known, open, listeners, lastNumber, change.apply(due));
    }
}
