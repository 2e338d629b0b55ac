package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.Connection;
import dev.dunlin.connection.ConnectionState.ConnectionFailed;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.connection.ConnectionState.Listener;
import dev.dunlin.connection.ConnectionState.Listening;
import dev.dunlin.connection.ConnectionState.Phase;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
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
                            ConnectionAction.Started.class,
                            ConnectionAction.Connect.class,
                            ConnectionAction.Retry.class,
                            ConnectionAction.Connected.class,
                            ConnectionAction.ConnectionFailed.class,
                            ConnectionAction.Accepted.class,
                            ConnectionAction.Closed.class,
                            ConnectionAction.Listen.class,
                            ConnectionAction.Listening.class),
            new Invariant<>("phases-fit", ConnectionInvariants::phases)
                    .brokenBy(
                            ConnectionAction.Started.class,
                            ConnectionAction.Connect.class,
                            ConnectionAction.Await.class,
                            ConnectionAction.Retry.class,
                            ConnectionAction.Connected.class,
                            ConnectionAction.ConnectionFailed.class,
                            ConnectionAction.Accepted.class,
                            ConnectionAction.Closed.class,
                            ConnectionAction.IdleTimedOut.class,
                            ConnectionAction.CloseTimedOut.class),
            new Invariant<>("open-connections-are-listed", ConnectionInvariants::listed)
                    .brokenBy(
                            ConnectionAction.Started.class,
                            ConnectionAction.Disconnect.class,
                            ConnectionAction.Reset.class,
                            ConnectionAction.Connected.class,
                            ConnectionAction.ConnectionFailed.class,
                            ConnectionAction.Accepted.class,
                            ConnectionAction.Closed.class,
                            ConnectionAction.IdleTimedOut.class,
                            ConnectionAction.CloseTimedOut.class),
            new Invariant<>("counts-are-right", ConnectionInvariants::counts),
            new Invariant<>("deadlines-are-right", ConnectionInvariants::deadlines));

    private static Optional<String> limits(ConnectionState own) {
        ConnectionConfig config = own.config();
        if (own.peers().size() > config.maxPeers()) {
            return Optional.of(own.peers().size() + " peers");
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
            if (entry.getValue() < 1 || entry.getValue() > config.maxPerPeer()) {
                return Optional.of(entry.getKey() + " holds " + entry.getValue() + " connections");
            }
        }
        for (Map.Entry<PeerId, Phase> entry : own.peers()) {
            boolean mayComeUp = own.dialOf(entry.getKey()) != 0 || entry.getValue() instanceof ConnectionFailed;
            if (mayComeUp && own.open().held().or(entry.getKey(), 0) >= config.maxPerPeer()) {
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
                case ConnectionFailed failure
                when failure.hasGivenUp() && !failure.tickets().isEmpty() -> Optional.of("somebody waits for nothing");
                case ConnectionFailed failure when failure.addresses().isEmpty() -> Optional.of("nothing to retry");
                case ConnectionFailed _ -> Optional.empty();
            };
            if (wrong.isPresent()) {
                return Optional.of(entry.getKey() + ": " + wrong.get());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> dial(PeerId peer, Connecting dialling) {
        boolean fits = dialling.peer().equals(peer)
                && dialling.dial() > 0
                && dialling.attempts() >= 1
                && dialling.attempts() <= dialling.maxAttempts()
                && dialling.addresses().get(dialling.index()).equals(dialling.address());
        return fits ? Optional.empty() : Optional.of("an odd dial: " + dialling);
    }

    private static Optional<String> listed(ConnectionState own) {
        Set<Handle> listed = new TreeSet<>();
        for (Map.Entry<PeerId, Phase> entry : own.peers()) {
            if (entry.getValue() instanceof Connected connected) {
                if (connected.open().isEmpty()) {
                    return Optional.of(entry.getKey() + " is connected by nothing");
                }
                for (Handle handle : connected.open()) {
                    Optional<Connection> connection = own.connections().find(handle);
                    if (!own.isOpen(handle)
                            || !connection.orElseThrow().peer().equals(entry.getKey())
                            || !listed.add(handle)) {
                        return Optional.of(entry.getKey() + " is connected by " + handle);
                    }
                }
            }
        }
        for (Map.Entry<Handle, Connection> entry : own.connections()) {
            if (!entry.getValue().closing() && !listed.contains(entry.getKey())) {
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
        for (PeerId peer : own.peers().keys()) {
            dialling += own.dialOf(peer) == 0 ? 0 : 1;
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
            boolean waits = own.dialOf(entry.getKey()) != 0 || entry.getValue() instanceof ConnectionFailed;
            if (waits != own.due().peers().at(entry.getKey()).isPresent()) {
                return Optional.of(entry.getKey() + (waits ? " waits for ever" : " waits for nothing"));
            }
        }
        for (PeerId peer : own.due().peers().times().keys()) {
            if (!own.peers().has(peer)) {
                return Optional.of(peer + " has a deadline and no phase");
            }
        }
        for (Map.Entry<Handle, Connection> entry : own.connections()) {
            Connection connection = entry.getValue();
            boolean waits = connection.closing()
                    || (connection.users() == 0 && own.config().idleTimeout() > 0);
            if (waits != own.due().connections().at(entry.getKey()).isPresent()) {
                return Optional.of(entry.getKey() + (waits ? " waits for ever" : " waits for nothing"));
            }
        }
        for (Handle handle : own.due().connections().times().keys()) {
            if (!own.connections().has(handle)) {
                return Optional.of(handle + " has a deadline and is gone");
            }
        }
        for (Map.Entry<Multiaddr, Listener> entry : own.listeners()) {
            boolean waits = !(entry.getValue() instanceof Listening);
            if (waits != own.due().listeners().at(entry.getKey()).isPresent()) {
                return Optional.of(entry.getKey() + (waits ? " waits for ever" : " waits for nothing"));
            }
        }
        return own.due().listeners().size() > own.listeners().size()
                ? Optional.of("a listener's deadline outlives it")
                : Optional.empty();
    }
}
