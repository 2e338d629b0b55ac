package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.ConnectionFailed;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.connection.ConnectionState.Phase;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Invariant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What always holds of the connection machine's state. */
final class ConnectionInvariants {

    private ConnectionInvariants() {}

    static final List<Invariant<ConnectionState>> ALL = List.of(
            new Invariant<>("within-limits", ConnectionInvariants::limits)
                    .brokenBy(
                            ConnectionAction.Connect.class,
                            ConnectionAction.Keep.class,
                            ConnectionAction.Unkeep.class,
                            ConnectionAction.Disconnect.class,
                            ConnectionAction.Reset.class,
                            ConnectionAction.Ban.class,
                            ConnectionAction.Retry.class,
                            ConnectionAction.BackOffEnded.class,
                            ConnectionAction.Connected.class,
                            ConnectionAction.ConnectionFailed.class,
                            ConnectionAction.Accepted.class,
                            ConnectionAction.WentAway.class,
                            ConnectionAction.Closed.class,
                            ConnectionAction.IdleTimedOut.class,
                            ConnectionAction.Listen.class,
                            ConnectionAction.Listening.class),
            new Invariant<>("phases-fit", ConnectionInvariants::phases),
            new Invariant<>("kept-are-dialled-for-ever", ConnectionInvariants::endless)
                    .brokenBy(
                            ConnectionAction.Connect.class,
                            ConnectionAction.Await.class,
                            ConnectionAction.Keep.class,
                            ConnectionAction.Unkeep.class,
                            ConnectionAction.Retry.class,
                            ConnectionAction.BackOffEnded.class,
                            ConnectionAction.Resolved.class,
                            ConnectionAction.Connected.class,
                            ConnectionAction.ConnectionFailed.class,
                            ConnectionAction.Accepted.class,
                            ConnectionAction.WentAway.class,
                            ConnectionAction.Closed.class,
                            ConnectionAction.IdleTimedOut.class),
            new Invariant<>("open-connections-are-listed", ConnectionInvariants::listed)
                    .brokenBy(
                            ConnectionAction.Disconnect.class,
                            ConnectionAction.Reset.class,
                            ConnectionAction.Ban.class,
                            ConnectionAction.Connected.class,
                            ConnectionAction.ConnectionFailed.class,
                            ConnectionAction.Accepted.class,
                            ConnectionAction.WentAway.class,
                            ConnectionAction.Closed.class,
                            ConnectionAction.Hold.class,
                            ConnectionAction.Release.class,
                            ConnectionAction.IdleTimedOut.class,
                            ConnectionAction.DrainTimedOut.class,
                            ConnectionAction.CloseTimedOut.class),
            new Invariant<>("banned-are-apart", ConnectionInvariants::apart)
                    .brokenBy(
                            ConnectionAction.Connect.class,
                            ConnectionAction.Keep.class,
                            ConnectionAction.Ban.class,
                            ConnectionAction.Accepted.class,
                            ConnectionAction.Connected.class),
            new Invariant<>("counts-are-right", ConnectionInvariants::counts),
            new Invariant<>("deadlines-are-right", ConnectionInvariants::deadlines));

    private static Optional<String> limits(ConnectionState own) {
        ConnectionConfig config = own.config();
        if (own.activePeers() > config.maxPeers()) {
            return Optional.of(own.activePeers() + " peers");
        }
        if (own.known().permanent().size() > config.maxFailures()) {
            return Optional.of(own.known().permanent().size() + " permanent failures");
        }
        if (own.kept().size() > config.maxKept()) {
            return Optional.of(own.kept().size() + " peers are kept");
        }
        if (own.bans().size() > config.maxBans()) {
            return Optional.of(own.bans().size() + " peers are banned");
        }
        if (own.failures().size() > ConnectionConfig.MOST_FAILED_ADDRESSES) {
            return Optional.of(own.failures().size() + " addresses that failed");
        }
        if (own.ends().of().size() > config.maxEnds()
                || own.ends().of().size() != own.ends().order().size()) {
            return Optional.of(
                    own.ends().of().size() + " ends, " + own.ends().order().size() + " in order");
        }
        if (own.connections().size() + own.dialling() > config.maxConnections()) {
            return Optional.of(own.connections().size() + " connections and " + own.dialling() + " dials");
        }
        if (own.dialling() > config.maxDials()) {
            return Optional.of(own.dialling() + " dials");
        }
        if (own.open().inbound() > config.maxInbound()) {
            return Optional.of(own.open().inbound() + " inbound connections");
        }
        if (own.listeners().size() > config.maxListeners()) {
            return Optional.of(own.listeners().size() + " listeners");
        }
        for (Map.Entry<PeerId, Integer> entry : own.open().held()) {
            if (entry.getValue() < 1
                    || entry.getValue() > 2 * config.maxPerPeer()
                    || ConnectionGuards.placesTaken(own, entry.getKey()) > config.maxPerPeer()) {
                return Optional.of(entry.getKey() + " holds " + entry.getValue() + " connections");
            }
        }
        for (Map.Entry<PeerId, Phase> entry : own.peers()) {
            boolean mayComeUp = own.dialOf(entry.getKey()) != 0;
            if (mayComeUp && own.open().held().or(entry.getKey(), 0) >= 2 * config.maxPerPeer()) {
                return Optional.of(entry.getKey() + " has no room for the connection that may come up");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> phases(ConnectionState own) {
        for (Map.Entry<PeerId, Phase> entry : own.peers()) {
            Optional<String> wrong = switch (entry.getValue()) {
                case Disconnected _ -> Optional.of("a disconnected peer is kept");
                case Connecting dialling -> dial(entry.getKey(), dialling);
                case Connected connected ->
                    connected.racing().isPresent()
                            ? dial(entry.getKey(), connected.racing().get())
                            : Optional.empty();
                case ConnectionFailed failure -> attempt(failure.attempt());
            };
            if (wrong.isPresent()) {
                return Optional.of(entry.getKey() + ": " + wrong.get());
            }
        }
        return Optional.empty();
    }

    /** Who is kept is dialled for ever, and nobody else is. */
    private static Optional<String> endless(ConnectionState own) {
        for (Map.Entry<PeerId, Phase> entry : own.peers()) {
            Optional<ConnectionState.Attempt> attempt = switch (entry.getValue()) {
                case Disconnected _ -> Optional.empty();
                case Connecting dialling -> Optional.of(dialling.attempt());
                case Connected connected -> connected.racing().map(Connecting::attempt);
                case ConnectionFailed failure -> Optional.of(failure.attempt());
            };
            boolean kept = own.isKept(entry.getKey());
            if (attempt.isPresent() && kept != (attempt.get().maxAttempts() == ConnectionState.Attempt.ENDLESS)) {
                return Optional.of(entry.getKey() + (kept ? " is kept and given up in time" : " is dialled for ever"));
            }
        }
        return Optional.empty();
    }

    /** Of who is banned nothing is left but connections that are being closed. */
    private static Optional<String> apart(ConnectionState own) {
        for (PeerId peer : own.bans().keys()) {
            if (own.peers().has(peer) || own.isKept(peer)) {
                return Optional.of(peer + " is banned, and " + own.phaseOf(peer));
            }
        }
        if (own.bans().isEmpty()) {
            return Optional.empty();
        }
        for (Connection open : own.connections().values()) {
            if (own.isBanned(open.peer()) && !open.isClosing()) {
                return Optional.of(open.peer() + " is banned and has a connection that is not being closed");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> attempt(ConnectionState.Attempt failed) {
        if (failed.isLast() && !failed.tickets().isEmpty()) {
            return Optional.of("somebody waits for nothing");
        }
        return failed.addresses().isEmpty() ? Optional.of("nothing to retry") : Optional.empty();
    }

    private static Optional<String> dial(PeerId peer, Connecting dialling) {
        ConnectionState.Attempt attempt = dialling.attempt();
        boolean fits = attempt.peer().equals(peer)
                && dialling.dial() > 0
                && attempt.attempts() >= 1
                && attempt.attempts() <= attempt.maxAttempts()
                && dialling.left().size() <= ConnectionState.MOST_LEFT;
        return fits ? Optional.empty() : Optional.of("an odd dial: " + dialling);
    }

    private static Optional<String> listed(ConnectionState own) {
        Set<Handle> listed = new TreeSet<>();
        for (Map.Entry<PeerId, Phase> entry : own.peers()) {
            if (entry.getValue() instanceof Connected connected) {
                if (!connected.open().contains(connected.current())) {
                    return Optional.of(entry.getKey() + " is connected by nothing");
                }
                for (Handle handle : connected.open()) {
                    Optional<Connection> connection = own.connections().find(handle);
                    if (!connection.map(Connection::isOpen).orElse(false)
                            || !connection.orElseThrow().peer().equals(entry.getKey())
                            || !listed.add(handle)) {
                        return Optional.of(entry.getKey() + " is connected by " + handle);
                    }
                }
            }
        }
        for (Map.Entry<Handle, Connection> entry : own.connections()) {
            if (entry.getValue().isOpen() && !listed.contains(entry.getKey())) {
                return Optional.of(entry.getKey() + " is open and in no phase");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> counts(ConnectionState own) {
        Table<PeerId, Integer> held = Table.empty();
        int inbound = 0;
        for (Connection connection : own.connections().values()) {
            held = held.with(connection.peer(), held.or(connection.peer(), 0) + 1);
            inbound += connection.direction() == Direction.INBOUND ? 1 : 0;
            if (connection.users() < 0) {
                return Optional.of("a connection has " + connection.users() + " users");
            }
        }
        int dialling = 0;
        int permanent = 0;
        for (PeerId peer : own.peers().keys()) {
            dialling += own.dialOf(peer) == 0 ? 0 : 1;
            boolean isPermanent =
                    own.failureOf(peer).filter(ConnectionFailed::isPermanent).isPresent();
            permanent += isPermanent ? 1 : 0;
            if (isPermanent
                    && !own.known()
                            .permanent()
                            .find(own.failureOf(peer).orElseThrow().dial())
                            .filter(peer::equals)
                            .isPresent()) {
                return Optional.of("the failure of " + peer + " is not remembered");
            }
        }
        if (permanent != own.known().permanent().size()) {
            return Optional.of(own.known().permanent() + " are remembered, which are not " + permanent);
        }
        if (inbound != own.open().inbound()
                || dialling != own.dialling()
                || !held.equals(own.open().held())) {
            return Optional.of("inbound " + inbound + ", dialling " + dialling + ", held " + held + " were counted");
        }
        return Optional.empty();
    }

    private static Optional<String> deadlines(ConnectionState own) {
        for (Map.Entry<PeerId, Phase> entry : own.peers()) {
            boolean waits = own.dialOf(entry.getKey()) != 0
                    || (entry.getValue() instanceof ConnectionFailed failure && !failure.isPermanent());
            Optional<String> wrong = waiting(entry.getKey(), entry.getValue(), waits);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        for (Map.Entry<Handle, Connection> entry : own.connections()) {
            Connection connection = entry.getValue();
            boolean waits = switch (connection.stage()) {
                case OPEN -> connection.users() == 0 && isTimed(own, entry.getKey(), connection);
                case DRAINING ->
                    connection.reason().filter(CloseReason.WENT_AWAY::equals).isEmpty();
                case CLOSING -> true;
            };
            Optional<String> wrong = waiting(entry.getKey(), connection, waits);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        for (Map.Entry<Multiaddr, Listener> entry : own.listeners()) {
            boolean waits = !(entry.getValue() instanceof Listener.Listening);
            Optional<String> wrong = waiting(entry.getKey(), entry.getValue(), waits);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private static boolean isTimed(ConnectionState own, Handle handle, Connection connection) {
        boolean isSpare =
                !own.connectionTo(connection.peer()).filter(handle::equals).isPresent();
        return isSpare || (own.config().idleTimeout() > 0 && !own.isKept(connection.peer()));
    }

    private static Optional<String> waiting(Object of, Due value, boolean waits) {
        return waits == (value.at() != Due.NEVER)
                ? Optional.empty()
                : Optional.of(of + (waits ? " waits for ever" : " waits for nothing"));
    }
}
