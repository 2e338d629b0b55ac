package dev.dunlin.connection;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Names;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All connections of a node: one phase for each peer, the open connections behind it, and the listeners.
 *
 * @param config what the last boot said
 * @param known the peers that are not {@link Disconnected}, and how many dials are on their way to them
 * @param open every open socket, until the world says that it is closed
 * @param listeners by the address asked for
 * @param lastNumber the last number given to a dial or a listen; never falls, not even at a boot
 */
public record ConnectionState(
        ConnectionConfig config,
        Peers known,
        OpenConnections open,
        Table<Multiaddr, Listener> listeners,
        long lastNumber) {

    /** Before the first boot. */
    public static final ConnectionState INITIAL = new ConnectionState(
            ConnectionConfig.DEFAULT, new Peers(Table.empty(), 0), OpenConnections.NONE, Table.empty(), 0);

    private static final Disconnected DISCONNECTED = new Disconnected();

    /**
     * The peers that are not {@link Disconnected}.
     *
     * @param phases where each stands
     * @param dialling how many dials are on their way, those beside a connection included
     */
    public record Peers(Table<PeerId, Phase> phases, int dialling) {}

    /** Where a peer stands. */
    public sealed interface Phase extends Due {
        /** The dial that it waits for, if any. */
        default Optional<Connecting> dialling() {
            return switch (this) {
                case Connecting connecting -> Optional.of(connecting);
                case Connected connected -> connected.racing();
                case Disconnected _, ConnectionFailed _ -> Optional.empty();
            };
        }
    }

    /** Not connected. Such peers are forgotten: this is what {@link #phaseOf} says of every peer not in the table. */
    public record Disconnected() implements Phase {
        @Override
        public long at() {
            return NEVER;
        }
    }

    /**
     * One attempt to connect, of all addresses.
     *
     * @param peer whom
     * @param attempts which attempt this is, from 1; after a restart of this node 0, since none was made yet
     * @param maxAttempts how many there may be
     * @param addresses in the order they are tried
     * @param tickets who waits
     */
    public record Attempt(PeerId peer, int attempts, int maxAttempts, List<Multiaddr> addresses, List<Ticket> tickets) {
        /** Copies the lists. */
        public Attempt {
            addresses = List.copyOf(addresses);
            tickets = List.copyOf(tickets);
        }

        /** Whether no attempt is left after this one. */
        public boolean isLast() {
            return attempts >= maxAttempts;
        }

        Attempt next() {
            return new Attempt(peer, attempts + 1, maxAttempts, addresses, tickets);
        }

        Attempt withAddresses(List<Multiaddr> changed) {
            return new Attempt(peer, attempts, maxAttempts, changed, tickets);
        }

        Attempt withTickets(List<Ticket> changed) {
            return new Attempt(peer, attempts, maxAttempts, addresses, changed);
        }
    }

    /**
     * A dial is on its way.
     *
     * @param time when this attempt began, microseconds since the Unix epoch
     * @param attempt what it is about
     * @param index the place of the address being dialled among those of the attempt
     * @param dial the number that the answer echoes
     * @param at when the dial of this address is given up
     */
    public record Connecting(long time, Attempt attempt, int index, long dial, long at) implements Phase {
        /** The address being dialled. */
        public Multiaddr address() {
            return attempt.addresses().get(index);
        }

        /** Whether another address is left to this attempt. */
        public boolean hasNext() {
            return index + 1 < attempt.addresses().size();
        }

        Connecting with(Attempt changed) {
            return new Connecting(time, changed, index, dial, at);
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

        /** When the dial beside the connection is given up, if there is one. */
        @Override
        public long at() {
            return racing.isPresent() ? racing.get().at() : NEVER;
        }

        /** The newest connection: after a restart of the other side it is the one that lives. */
        public Handle newest() {
            return open.getLast();
        }

        Connected withOpen(List<Handle> changed, Multiaddr newest) {
            return new Connected(time, peer, newest, addresses, changed, racing);
        }

        Connected withNewest(Handle handle, Multiaddr remote) {
            List<Handle> all = new ArrayList<>(open);
            all.add(handle);
            return withOpen(all, remote);
        }

        Connected withAddresses(List<Multiaddr> changed) {
            return new Connected(time, peer, address, changed, open, racing);
        }

        Connected withRacing(Optional<Connecting> changed) {
            return new Connected(time, peer, address, addresses, open, changed);
        }
    }

    /**
     * The last attempt failed. While attempts are left it is tried again; then the failure is permanent until
     * {@code Connect} or {@code Reset}, or until it is old.
     *
     * @param time when it failed, microseconds since the Unix epoch
     * @param attempt the attempt that failed; nobody waits when the failure is permanent
     * @param address the address that failed last
     * @param error how it failed
     * @param at when it is tried again; of a permanent failure, when it is forgotten
     */
    public record ConnectionFailed(long time, Attempt attempt, Multiaddr address, ConnectionError error, long at)
            implements Phase {
        /** Whether no attempt is left. */
        public boolean hasGivenUp() {
            return attempt.isLast();
        }

        ConnectionFailed until(long changed) {
            return new ConnectionFailed(time, attempt, address, error, changed);
        }

        ConnectionFailed with(Attempt changed) {
            return new ConnectionFailed(time, changed, address, error, at);
        }
    }

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
        return connections().find(connection).filter(found -> !found.closing()).isPresent();
    }

    /** The newest connection to a peer that stays open. */
    public Optional<Handle> connectionTo(PeerId peer) {
        return phaseOf(peer) instanceof Connected connected ? Optional.of(connected.newest()) : Optional.empty();
    }

    /** The addresses at which this node listens. */
    public List<Multiaddr> listenAddresses() {
        List<Multiaddr> all = new ArrayList<>();
        for (Listener listener : listeners.values()) {
            if (listener instanceof Listener.Listening listening) {
                all.addAll(listening.bound());
            }
        }
        return all;
    }

    /** The dial that the peer's phase waits for, if any. */
    public Optional<Connecting> diallingTo(PeerId peer) {
        return phaseOf(peer).dialling();
    }

    /** The failure of a peer whose last attempt failed. */
    public Optional<ConnectionFailed> failureOf(PeerId peer) {
        return phaseOf(peer) instanceof ConnectionFailed failure ? Optional.of(failure) : Optional.empty();
    }

    /** The number of the dial that the peer's phase waits for; 0 if it waits for none. */
    public long dialOf(PeerId peer) {
        return diallingTo(peer).map(Connecting::dial).orElse(0L);
    }

    /** How many more dials may begin now. */
    public int freeDials() {
        return Math.min(
                config.maxDials() - dialling(),
                config.maxConnections() - connections().size() - dialling());
    }

    /** The phase of a peer or listener, as the diagram names it. */
    String nameOf(Subject subject) {
        return switch (subject.kind()) {
            case OfPeer.KIND -> Names.of(phaseOf(PeerId.parse(subject.key())).getClass());
            case ConnectionAction.OfListener.KIND ->
                listeners
                        .find(Multiaddr.parse(subject.key()))
                        .map(listener -> Names.of(listener.getClass()))
                        .orElse("notListening");
            default -> "";
        };
    }

    ConnectionState withPhase(PeerId peer, Phase phase) {
        return withKnown(new Peers(known.phases().with(peer, phase), known.dialling()));
    }

    /** With a peer disconnected. */
    ConnectionState withoutPhase(PeerId peer) {
        return withKnown(new Peers(known.phases().without(peer), known.dialling()));
    }

    /** With so many more dials on their way. */
    ConnectionState withDials(int change) {
        return withKnown(new Peers(known.phases(), known.dialling() + change));
    }

    private ConnectionState withKnown(Peers changed) {
        return new ConnectionState(config, changed, open, listeners, lastNumber);
    }

    ConnectionState withOpen(OpenConnections changed) {
        return new ConnectionState(config, known, changed, listeners, lastNumber);
    }

    ConnectionState withListeners(Table<Multiaddr, Listener> changed) {
        return new ConnectionState(config, known, open, changed, lastNumber);
    }

    ConnectionState withLastNumber(long changed) {
        return new ConnectionState(config, known, open, listeners, changed);
    }
}
