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
import java.util.Map;
import java.util.Optional;

/**
 * All connections of a node: one phase for each peer, the open connections behind it, and the listeners.
 *
 * @param config what the last boot said, and operators since
 * @param known the peers that are not {@link Disconnected}, and those that are kept
 * @param open every open socket, until the world says that it is closed
 * @param listeners by the address asked for, or by the bound one of a listener on port 0 once another is asked for
 * @param failures addresses at which a dial failed lately; at most {@link ConnectionConfig#MOST_FAILED_ADDRESSES}
 * @param ends how the last connections to peers ended
 * @param bans the peers that are banned
 * @param draining whether the node gets ready to stop
 * @param lastNumber the last number given to a dial or a listen; never falls, not even at a boot
 */
public record ConnectionState(
        ConnectionConfig config,
        Peers known,
        OpenConnections open,
        Table<Multiaddr, Listener> listeners,
        Table<Multiaddr, AddressFailure> failures,
        Ends ends,
        Table<PeerId, Ban> bans,
        boolean draining,
        long lastNumber) {

    /** Before the first boot. */
    public static final ConnectionState INITIAL = new ConnectionState(
            ConnectionConfig.DEFAULT,
            Peers.NONE,
            OpenConnections.NONE,
            Table.empty(),
            Table.empty(),
            Ends.NONE,
            Table.empty(),
            false,
            0);

    /** The most addresses that are left to one attempt. */
    public static final int MOST_LEFT = 2 * ConnectionConfig.MOST_ADDRESSES;

    private static final Disconnected DISCONNECTED = new Disconnected();

    /**
     * What is known of peers.
     *
     * @param phases where each stands that is not {@link Disconnected}
     * @param dialling how many dials are on their way, those beside a connection included
     * @param permanent the peers whose failure is permanent, by the number of the dial that failed last
     * @param kept the peers that are kept
     */
    public record Peers(
            Table<PeerId, Phase> phases, int dialling, Table<Long, PeerId> permanent, Table<PeerId, Kept> kept) {

        static final Peers NONE = new Peers(Table.empty(), 0, Table.empty(), Table.empty());
    }

    /**
     * A peer that is kept.
     *
     * @param why for which reasons, in the order in which they came; at least one
     * @param addresses where it may be, those given last first
     */
    public record Kept(List<String> why, List<Multiaddr> addresses) {
        /** Copies the lists. */
        public Kept {
            why = List.copyOf(why);
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * An address at which dials failed.
     *
     * @param times how often in a row, whoever was expected there
     * @param at until when it is not dialled where there is another
     */
    public record AddressFailure(int times, long at) implements Due {}

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
     * @param attempts which attempt this is, from 1; before the first one 0
     * @param maxAttempts how many there may be; {@link #ENDLESS} for a peer that is kept
     * @param addresses those known, best first
     * @param tickets who waits
     */
    public record Attempt(PeerId peer, int attempts, int maxAttempts, List<Multiaddr> addresses, List<Ticket> tickets) {

        /** As many attempts as it takes. */
        public static final int ENDLESS = Integer.MAX_VALUE;

        /** Copies the lists. */
        public Attempt {
            addresses = List.copyOf(addresses);
            tickets = List.copyOf(tickets);
        }

        Attempt without(Ticket ticket) {
            return withTickets(
                    tickets.stream().filter(waiting -> !waiting.equals(ticket)).toList());
        }

        /** Whether no attempt is left after this one. */
        public boolean isLast() {
            return attempts >= maxAttempts && maxAttempts != ENDLESS;
        }

        Attempt next() {
            int count = attempts == Integer.MAX_VALUE ? attempts : attempts + 1;
            return new Attempt(peer, count, maxAttempts, addresses, tickets);
        }

        Attempt atMost(int changed) {
            return new Attempt(peer, attempts, changed, addresses, tickets);
        }

        Attempt withAddresses(List<Multiaddr> changed) {
            return new Attempt(peer, attempts, maxAttempts, changed, tickets);
        }

        Attempt withTickets(List<Ticket> changed) {
            return new Attempt(peer, attempts, maxAttempts, addresses, changed);
        }
    }

    /**
     * A dial is on its way, or the lookup before it.
     *
     * @param time when this attempt began, microseconds since the Unix epoch
     * @param attempt what it is about
     * @param address the address that is dialled, or looked up if it has a name
     * @param left the addresses that are left to this attempt, in the order in which they are tried
     * @param dial the number that the answer echoes
     * @param at when it is given up at this address
     */
    public record Connecting(long time, Attempt attempt, Multiaddr address, List<Multiaddr> left, long dial, long at)
            implements Phase {
        /** Copies the list. */
        public Connecting {
            left = List.copyOf(left);
        }

        Connecting with(Attempt changed) {
            return new Connecting(time, changed, address, left, dial, at);
        }

        Connecting withLeft(List<Multiaddr> changed) {
            return new Connecting(time, attempt, address, changed, dial, at);
        }
    }

    /**
     * At least one connection is open.
     *
     * @param time when the peer became connected, microseconds since the Unix epoch
     * @param peer to whom
     * @param address the remote address of the current connection
     * @param addresses the addresses at which the peer can be dialled, as far as known; a dialled one that worked first
     * @param open the connections that take new streams, oldest first, at least one
     * @param current the one of them on which new streams are opened
     * @param racing a dial still on its way beside an inbound connection that overtook it; it has no tickets
     */
    public record Connected(
            long time,
            PeerId peer,
            Multiaddr address,
            List<Multiaddr> addresses,
            List<Handle> open,
            Handle current,
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

        Connected withOpen(List<Handle> changed, Handle chosen, Multiaddr remote) {
            return new Connected(time, peer, remote, addresses, changed, chosen, racing);
        }

        Connected withAddresses(List<Multiaddr> changed) {
            return new Connected(time, peer, address, changed, open, current, racing);
        }

        Connected withRacing(Optional<Connecting> changed) {
            return new Connected(time, peer, address, addresses, open, current, changed);
        }
    }

    /**
     * The last attempt failed, or the last connection to a kept peer ended. While attempts are left it is tried again; then
     * the failure is permanent until {@code Connect}, {@code Keep} or {@code Reset}, or until more others fail than are
     * remembered.
     *
     * @param time when it failed, microseconds since the Unix epoch
     * @param attempt the attempt that failed; nobody waits when the failure is permanent
     * @param dial the number of the dial that failed last; 0 if none did
     * @param address the address that failed last
     * @param error how it failed
     * @param at when it is tried again; {@link #NEVER} if the failure is permanent
     */
    public record ConnectionFailed(
            long time, Attempt attempt, long dial, Multiaddr address, ConnectionError error, long at) implements Phase {
        /** Whether no attempt is left. */
        public boolean isPermanent() {
            return attempt.isLast();
        }

        ConnectionFailed until(long changed) {
            return new ConnectionFailed(time, attempt, dial, address, error, changed);
        }

        ConnectionFailed with(Attempt changed) {
            return new ConnectionFailed(time, changed, dial, address, error, at);
        }
    }

    /** The phase of each peer that is not {@link Disconnected}. */
    public Table<PeerId, Phase> peers() {
        return known.phases();
    }

    /** The peers that are kept. */
    public Table<PeerId, Kept> kept() {
        return known.kept();
    }

    /** Whether somebody keeps a peer. */
    public boolean isKept(PeerId peer) {
        return known.kept().has(peer);
    }

    /** Whether a peer is banned. */
    public boolean isBanned(PeerId peer) {
        return bans.has(peer);
    }

    /** How many peers are connected, dialled or to be dialled again. */
    public int activePeers() {
        return known.phases().size() - known.permanent().size();
    }

    /** How many peers are connected. */
    public int connectedPeers() {
        int connected = 0;
        for (Phase phase : known.phases().values()) {
            connected += phase instanceof Connected ? 1 : 0;
        }
        return connected;
    }

    /** How many of those that are kept are not connected. */
    public int lostKept() {
        int lost = 0;
        for (PeerId peer : known.kept().keys()) {
            lost += isConnected(peer) ? 0 : 1;
        }
        return lost;
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

    /** Whether new streams can be opened to the peer. */
    public boolean isConnected(PeerId peer) {
        return phaseOf(peer) instanceof Connected;
    }

    /** Whether streams on a connection may begin and go on: it is known, and not asked to be closed. */
    public boolean isUsable(Handle connection) {
        return connections()
                .find(connection)
                .filter(found -> !found.isClosing())
                .isPresent();
    }

    /** The connection to a peer on which new streams are opened. */
    public Optional<Handle> connectionTo(PeerId peer) {
        return phaseOf(peer) instanceof Connected connected ? Optional.of(connected.current()) : Optional.empty();
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
            default -> draining ? "draining" : "running";
        };
    }

    /** With a peer in a phase; what is remembered of permanent failures follows. */
    ConnectionState withPhase(PeerId peer, Phase phase) {
        Table<Long, PeerId> permanent = withoutPermanent(peer);
        Table<PeerId, Phase> phases = known.phases().with(peer, phase);
        if (phase instanceof ConnectionFailed failure && failure.isPermanent()) {
            permanent = permanent.with(failure.dial(), peer);
            if (permanent.size() > config.maxFailures()) {
                Map.Entry<Long, PeerId> oldest = permanent.first().orElseThrow();
                permanent = permanent.without(oldest.getKey());
                phases = phases.without(oldest.getValue());
            }
        }
        return withKnown(new Peers(phases, known.dialling(), permanent, known.kept()));
    }

    /** With a peer disconnected. */
    ConnectionState withoutPhase(PeerId peer) {
        return withKnown(
                new Peers(known.phases().without(peer), known.dialling(), withoutPermanent(peer), known.kept()));
    }

    private Table<Long, PeerId> withoutPermanent(PeerId peer) {
        return known.phases().find(peer).orElse(null) instanceof ConnectionFailed failure && failure.isPermanent()
                ? known.permanent().without(failure.dial())
                : known.permanent();
    }

    /** With so many more dials on their way. */
    ConnectionState withDials(int change) {
        return withKnown(new Peers(known.phases(), known.dialling() + change, known.permanent(), known.kept()));
    }

    ConnectionState withKept(Table<PeerId, Kept> changed) {
        return withKnown(new Peers(known.phases(), known.dialling(), known.permanent(), changed));
    }

    private ConnectionState withKnown(Peers changed) {
        return new ConnectionState(config, changed, open, listeners, failures, ends, bans, draining, lastNumber);
    }

    ConnectionState withOpen(OpenConnections changed) {
        return new ConnectionState(config, known, changed, listeners, failures, ends, bans, draining, lastNumber);
    }

    ConnectionState withListeners(Table<Multiaddr, Listener> changed) {
        return new ConnectionState(config, known, open, changed, failures, ends, bans, draining, lastNumber);
    }

    ConnectionState withFailures(Table<Multiaddr, AddressFailure> changed) {
        return new ConnectionState(config, known, open, listeners, changed, ends, bans, draining, lastNumber);
    }

    ConnectionState withEnds(Ends changed) {
        return new ConnectionState(config, known, open, listeners, failures, changed, bans, draining, lastNumber);
    }

    ConnectionState withBans(Table<PeerId, Ban> changed) {
        return new ConnectionState(config, known, open, listeners, failures, ends, changed, draining, lastNumber);
    }

    ConnectionState drained() {
        return new ConnectionState(config, known, open, listeners, failures, ends, bans, true, lastNumber);
    }

    ConnectionState with(ConnectionConfig changed) {
        return new ConnectionState(changed, known, open, listeners, failures, ends, bans, draining, lastNumber);
    }

    ConnectionState withLastNumber(long changed) {
        return new ConnectionState(config, known, open, listeners, failures, ends, bans, draining, changed);
    }
}
