package dev.dunlin.connection.sim;

import dev.dunlin.connection.Connection;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.identify.IdentifyMachine;
import dev.dunlin.connection.peer.PeerMachine;
import dev.dunlin.connection.ping.PingAction;
import dev.dunlin.connection.ping.PingMachine;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.standard.StandardProtocols;
import dev.dunlin.connection.stream.StreamConfig;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.sim.Faults;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.SimNode;
import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.sim.Wish;
import dev.dunlin.core.sim.World;
import dev.dunlin.core.sim.WorldCheck;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.TypeTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Nodes that connect to one another, ping, and part; some of them by {@link RogueDeed}s instead of rules. */
public final class ConnectionScenario implements Scenario<SimRoot> {

    private static final long SECOND = 1_000_000;

    /**
     * After the faults, every dial has ended within so many microseconds: its attempts, their back-offs, and a silent peer's
     * time-out.
     */
    public static final long BOUND = 240 * SECOND;

    private static final String KEPT = "a simulated wish";

    private final Profile profile;
    private final Supplier<Store<SimRoot>> stores;

    /** What a run is like. */
    public enum Profile {
        /** The seed draws how faulty the run is, and who does not keep the rules. */
        SWARM,
        /** Nothing goes wrong. */
        CALM,
        /** Nothing goes wrong, and each node keeps some twenty connections of ten minutes each; without identify. */
        CHURN
    }

    private ConnectionScenario(Profile profile, Supplier<Store<SimRoot>> stores) {
        this.profile = profile;
        this.stores = stores;
    }

    /** With the machines of production. */
    public static ConnectionScenario of(Profile profile) {
        return new ConnectionScenario(
                profile, profile == Profile.CHURN ? ConnectionScenario::light : ConnectionScenario::production);
    }

    /** With other machines, such as some that are broken on purpose. */
    public static ConnectionScenario of(Profile profile, Supplier<Store<SimRoot>> stores) {
        return new ConnectionScenario(profile, stores);
    }

    // As the node mounts them, so that the program opens these logs.
    private static Store<SimRoot> production() {
        return Store.of(SimRoot.INITIAL)
                .mount(ConnectionMachine.CONNECTION, SimRoot::connection, SimRoot::withConnection)
                .mount(PeerMachine.PEER, SimRoot::peer, SimRoot::withPeer)
                .mount(StreamMachine.STREAM, SimRoot::stream, SimRoot::withStream)
                .mount(StandardProtocols.EXCHANGE, SimRoot::exchange, SimRoot::withExchange)
                .mount(IdentifyMachine.IDENTIFY, SimRoot::identify, SimRoot::withIdentify)
                .mount(PingMachine.PING, SimRoot::ping, SimRoot::withPing)
                .build();
    }

    private static Store<SimRoot> light() {
        return Store.of(SimRoot.INITIAL)
                .mount(ConnectionMachine.CONNECTION, SimRoot::connection, SimRoot::withConnection)
                .mount(PeerMachine.PEER, SimRoot::peer, SimRoot::withPeer)
                .mount(StreamMachine.STREAM, SimRoot::stream, SimRoot::withStream)
                .mount(StandardProtocols.EXCHANGE, SimRoot::exchange, SimRoot::withExchange)
                .mount(PingMachine.PING, SimRoot::ping, SimRoot::withPing)
                .build();
    }

    @Override
    public String name() {
        return "connections";
    }

    @Override
    public Store<SimRoot> store() {
        return stores.get();
    }

    @Override
    public Table<String, String> config(int node, int nodes) {
        Table<String, String> config = StreamConfig.minded(
                Table.of("node.peerId", SimNet.peer(node).toString()), new Catalogue<>(StandardProtocols.ALL).ids());
        // Its sessions end when they are wished to, and only keep their connections alive before.
        // They are counted by what a connected peer takes: few others are remembered.
        return profile == Profile.CHURN
                ? config.with("connection.idleTimeout", "0").with("peer.maxMet", "32")
                // Who is kept is tried again within the bound after the faults.
                : config.with("connection.retryMax", String.valueOf(BOUND / 4));
    }

    @Override
    public List<TypeTable> misdeeds() {
        return List.of(RogueDeed.TYPES);
    }

    @Override
    public Plan plan(long seed, Size size) {
        return switch (profile) {
            case SWARM -> swarm(seed, size);
            case CALM ->
                Faults.none(name(), seed, size, BOUND).withWishes(sorted(wishes(seed, size, size.nodes() * 4)));
            case CHURN -> Faults.none(name(), seed, size, 0).withWishes(sorted(churn(seed, size)));
        };
    }

    private Plan swarm(long seed, Size size) {
        Plan plan = Faults.swarm(name(), seed, size, BOUND);
        SimRandom random = SimRandom.of(seed, 0x77);
        return plan.withWishes(sorted(wishes(seed, size, size.nodes() * (1 + random.below(8)))))
                .withMisdeeds(RogueScript.draw(plan));
    }

    private static List<Wish> wishes(long seed, Size size, int count) {
        SimRandom random = SimRandom.of(seed, 0x776973686573L);
        List<Wish> wishes = new ArrayList<>();
        for (int node = 0; node < size.nodes(); node++) {
            wishes.add(listen(node));
        }
        for (int i = 0; i < count && size.nodes() > 1; i++) {
            int node = random.below(size.nodes());
            int other = other(random, node, size.nodes());
            long at = SECOND / 10 + random.below(size.time());
            wishes.add(connect(at, node, other));
            if (random.permille(500)) {
                wishes.add(new Wish(
                        at + random.exponential(size.time() / 4),
                        node,
                        new ConnectionAction.Disconnect(SimNet.peer(other))));
            }
            if (random.permille(300)) {
                wishes.add(new Wish(
                        at + random.exponential(5 * SECOND),
                        node,
                        new PingAction.Ping(Ticket.NONE, SimNet.peer(other), 1 + random.below(5), SECOND)));
            }
            if (random.permille(150)) {
                wishes.addAll(kept(random, node, other, size.time()));
            }
            if (random.permille(300)) {
                wishes.add(new Wish(at + random.exponential(10 * SECOND), node, asks(random, other)));
            }
        }
        wishes.removeIf(wish -> wish.at() >= size.time());
        return wishes;
    }

    // Some are kept to the end.
    private static List<Wish> kept(SimRandom random, int node, int other, long time) {
        long from = SECOND / 10 + random.below(time);
        PeerId peer = SimNet.peer(other);
        Wish keep = new Wish(from, node, new ConnectionAction.Keep(peer, SimNet.addresses(other), KEPT));
        return random.permille(500)
                ? List.of(keep)
                : List.of(
                        keep,
                        new Wish(from + random.exponential(time / 4), node, new ConnectionAction.Unkeep(peer, KEPT)));
    }

    // By way of what is known of the peer, or of where it is.
    private static ExchangeAction.Ask asks(SimRandom random, int other) {
        return new ExchangeAction.Ask(
                Ticket.NONE,
                SimNet.peer(other),
                random.permille(500) ? List.of() : SimNet.addresses(other),
                true,
                PingProtocol.NAME,
                new PingProtocol.PingPayload(Bytes.of(new byte[PingProtocol.BYTES])),
                1 + random.exponential(20 * SECOND));
    }

    // Ten connections that each node makes, and about as many that are made to it.
    private static List<Wish> churn(long seed, Size size) {
        SimRandom random = SimRandom.of(seed, 0x636875726EL);
        List<Wish> wishes = new ArrayList<>();
        for (int node = 0; node < size.nodes(); node++) {
            wishes.add(listen(node));
            for (int slot = 0; slot < 10; slot++) {
                long at = SECOND + random.below(20 * SECOND);
                while (at < size.time()) {
                    int other = other(random, node, size.nodes());
                    wishes.add(connect(at, node, other));
                    at += random.exponential(600 * SECOND);
                    wishes.add(new Wish(at, node, new ConnectionAction.Disconnect(SimNet.peer(other))));
                    at += SECOND;
                }
            }
        }
        wishes.removeIf(wish -> wish.at() >= size.time());
        return wishes;
    }

    private static int other(SimRandom random, int node, int nodes) {
        return (node + 1 + random.below(Math.max(1, nodes - 1))) % nodes;
    }

    /** The wish that a node listens, from the beginning on. */
    public static Wish listen(int node) {
        return new Wish(1, node, new ConnectionAction.Listen(SimNet.address(node), Ticket.NONE));
    }

    /** The wish that a node connects to another. */
    public static Wish connect(long at, int node, int other) {
        return new Wish(
                at, node, new ConnectionAction.Connect(SimNet.peer(other), SimNet.addresses(other), Ticket.NONE));
    }

    private static List<Wish> sorted(List<Wish> wishes) {
        wishes.sort(Comparator.comparingLong(Wish::at));
        return wishes;
    }

    @Override
    public Services<SimRoot> services(World<SimRoot> world) {
        SimNet<SimRoot> net = new SimNet<>(world, StandardProtocols.ALL, List.of());
        return profile == Profile.CHURN ? net : net.compared();
    }

    @Override
    public List<WorldCheck<SimRoot>> checks(World<SimRoot> world) {
        return profile == Profile.CHURN
                ? List.of(new OfThisRun())
                : List.of(new OfThisRun(), new SocketsAgree(netOf(world)));
    }

    /** A node never holds a handle of a run that is over. */
    private static final class OfThisRun implements WorldCheck<SimRoot> {
        @Override
        public String name() {
            return "handles-are-of-this-run";
        }

        @Override
        public Optional<String> after(SimNode<SimRoot> node, Turn turn) {
            for (Turn.Changed change : turn.changed()) {
                if (change.machine().equals("connection") && change.state() instanceof ConnectionState state) {
                    for (Handle handle : state.connections().keys()) {
                        if (handle.run() != node.run()) {
                            return Optional.of("the state holds " + handle + " in run " + node.run());
                        }
                    }
                }
            }
            return Optional.empty();
        }
    }

    /** After each turn the state holds what is open, but for what the store has not read yet. */
    private record SocketsAgree(SimNet<SimRoot> net) implements WorldCheck<SimRoot> {
        @Override
        public String name() {
            return "state-and-sockets-agree";
        }

        @Override
        public Optional<String> after(SimNode<SimRoot> node, Turn turn) {
            return net.differenceAfter(node, turn);
        }
    }

    @Override
    public Optional<String> unfinished(World<SimRoot> world) {
        if (profile == Profile.CHURN) {
            return Optional.empty();
        }
        SimNet<SimRoot> net = netOf(world);
        Set<PeerId> rogues = new TreeSet<>();
        world.plan().byzantine().forEach(rogue -> rogues.add(SimNet.peer(rogue)));
        Map<String, Integer> links = new TreeMap<>();
        for (SimNode<SimRoot> node : world.nodes()) {
            if (!node.isUp()) {
                continue;
            }
            Optional<String> hanging =
                    hanging(node).or(() -> net.difference(node)).or(() -> lost(world, node, rogues));
            if (hanging.isPresent()) {
                return hanging;
            }
            node.root().connection().connections().each((handle, connection) -> {
                if (rogues.contains(connection.peer()) || net.isEnding(node, handle)) {
                    return;
                }
                PeerId self = SimNet.peer(node.number());
                boolean first = self.compareTo(connection.peer()) < 0;
                String pair = first ? self + " " + connection.peer() : connection.peer() + " " + self;
                links.merge(pair, first ? 1 : -1, Integer::sum);
            });
        }
        return links.entrySet().stream()
                .filter(entry -> entry.getValue() != 0)
                .map(entry -> "one of two nodes has a connection that the other does not have: " + entry.getKey())
                .findFirst();
    }

    @SuppressWarnings("unchecked")
    private static SimNet<SimRoot> netOf(World<SimRoot> world) {
        return (SimNet<SimRoot>) world.services();
    }

    private static Optional<String> hanging(SimNode<SimRoot> node) {
        for (Map.Entry<Handle, Connection> entry : node.root().connection().connections()) {
            if (!entry.getValue().isOpen()) {
                return Optional.of("node " + node.number() + " still closes " + entry.getKey());
            }
        }
        for (Map.Entry<PeerId, ConnectionState.Phase> entry :
                node.root().connection().peers()) {
            switch (entry.getValue()) {
                case ConnectionState.Connecting dialling -> {
                    if (!node.root().connection().isKept(entry.getKey())) {
                        return Optional.of("node " + node.number() + " still dials "
                                + dialling.attempt().peer());
                    }
                }
                case ConnectionState.ConnectionFailed failure -> {
                    if (!failure.isPermanent() && !node.root().connection().isKept(entry.getKey())) {
                        return Optional.of("node " + node.number() + " neither tries "
                                + failure.attempt().peer() + " again nor gives it up");
                    }
                }
                case ConnectionState.Connected _, ConnectionState.Disconnected _ -> {
                    // At rest.
                }
            }
        }
        return Optional.empty();
    }

    /** A peer that is kept, and that could be reached, and that the node has not reached. */
    private static Optional<String> lost(World<SimRoot> world, SimNode<SimRoot> node, Set<PeerId> rogues) {
        for (PeerId peer : node.root().connection().kept().keys()) {
            SimNode<SimRoot> there = world.nodes().get(SimNet.nodeOf(peer));
            boolean isReachable = !rogues.contains(peer)
                    && there.isUp()
                    && there.root().connection().listeners().values().iterator().hasNext();
            boolean hasJustLost = node.root()
                    .connection()
                    .failureOf(peer)
                    .filter(failure -> node.clock() - failure.time() < BOUND / 4)
                    .isPresent();
            if (isReachable && !hasJustLost && !node.root().connection().isConnected(peer)) {
                return Optional.of("node " + node.number() + " keeps " + peer + " and is not connected to it");
            }
        }
        return Optional.empty();
    }
}
