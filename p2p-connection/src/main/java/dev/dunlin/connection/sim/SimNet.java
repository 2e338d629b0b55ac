package dev.dunlin.connection.sim;

import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.SimNode;
import dev.dunlin.core.sim.World;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Turn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Who listens where, and the transports of the nodes that are up. Plans that are written by hand name nodes by
 * {@link #peer} and {@link #address}.
 *
 * @param <R> the root of a node's state tree
 */
public final class SimNet<R> implements Scenario.Services<R> {

    /** A protocol of whose streams every node takes what comes and sends nothing: for plans that are about streams. */
    public static final String PLAIN_PROTOCOL = "/plain/1";

    // Ids and addresses are a function of the number, and stand in every wish, link and state: each is made once.
    private static final int SHARED = 1 << 17;
    private static final String NAMES = ".sim";
    private static final AtomicReferenceArray<PeerId> PEERS = new AtomicReferenceArray<>(SHARED);
    private static final AtomicReferenceArray<List<Multiaddr>> ADDRESSES = new AtomicReferenceArray<>(SHARED);

    // Lookup only.
    private final Map<Multiaddr, Host> listening = new HashMap<>();
    private final Map<Integer, Rogue> rogues = new HashMap<>();
    private final World<R> world;

    // Of those nodes that are up, by number.
    private final @Nullable SimTransport[] transports;
    private boolean compared;

    private final Catalogue<Protocol<?, ?>> exchanges;
    private final Catalogue<ChannelProtocol<?, ?>> channels;

    /**
     * The network of a simulated world.
     *
     * @param exchanges the protocols of its nodes' exchange machine
     * @param channels those of their channel machine
     */
    public SimNet(World<R> world, List<Protocol<?, ?>> exchanges, List<ChannelProtocol<?, ?>> channels) {
        this.exchanges = new Catalogue<>(exchanges);
        this.channels = new Catalogue<>(channels);
        this.world = world;
        this.transports = new @Nullable SimTransport[world.plan().nodes()];
    }

    /** From now on notes what is on its way to each store: {@link #differenceAfter} asks for it, and must be asked after each turn. */
    SimNet<R> compared() {
        compared = true;
        return this;
    }

    /** Whoever can be dialled. */
    interface Host {
        int node();

        PeerId id();

        /** Somebody dials; gives the side that answers, or nothing if it does not. */
        Optional<Link.Side> dialled(Link link, PeerId from);
    }

    World<R> world() {
        return world;
    }

    Catalogue<Protocol<?, ?>> exchanges() {
        return exchanges;
    }

    Catalogue<ChannelProtocol<?, ?>> channels() {
        return channels;
    }

    /** The n-th node's id; the ids of higher numbers are greater. The first {@value #SHARED} nodes' are one object each. */
    public static PeerId peer(int node) {
        return isShared(node) ? shared(PEERS, node, SimNet::newPeer) : newPeer(node);
    }

    /**
     * Where the n-th node listens: a host of its own, or with more nodes than hosts a port of its own there. The first
     * {@value #SHARED} nodes' are one object each.
     */
    public static Multiaddr address(int node) {
        return addresses(node).getFirst();
    }

    /** {@link #address} as a list. */
    static List<Multiaddr> addresses(int node) {
        return isShared(node) ? shared(ADDRESSES, node, SimNet::newAddress) : newAddress(node);
    }

    /** An address of the n-th node with a name, as the simulated DNS knows it. */
    public static Multiaddr name(int node) {
        return Multiaddr.parse(
                "/dns4/n" + node + NAMES + "/tcp/" + address(node).port().orElseThrow());
    }

    /** The node whose {@link #name} an address is. */
    static OptionalInt named(Multiaddr address) {
        if (address.host().orElse(null) instanceof Component.Name(var _, String name)
                && name.matches("n[0-9]{1,9}\\.sim")) {
            return OptionalInt.of(Integer.parseInt(name.substring(1, name.length() - NAMES.length())));
        }
        return OptionalInt.empty();
    }

    private static boolean isShared(int node) {
        return node >= 0 && node < SHARED;
    }

    private static <T> T shared(AtomicReferenceArray<T> all, int node, IntFunction<T> maker) {
        T known = all.get(node);
        if (known != null) {
            return known;
        }
        T made = maker.apply(node);
        return all.compareAndSet(node, null, made) ? made : all.get(node);
    }

    private static PeerId newPeer(int node) {
        // An identity multihash of an Ed25519 key's protobuf, as real ids of such keys are.
        byte[] id = new byte[38];
        id[1] = 36;
        id[2] = 8;
        id[3] = 1;
        id[4] = 18;
        id[5] = 32;
        id[6] = (byte) (node >>> 24);
        id[7] = (byte) (node >>> 16);
        id[8] = (byte) (node >>> 8);
        id[9] = (byte) node;
        return PeerId.fromBytes(id);
    }

    /** The node whose id it is: {@link #peer} the other way round. */
    static int nodeOf(PeerId peer) {
        byte[] id = peer.toBytes();
        return (id[6] & 0xFF) << 24 | (id[7] & 0xFF) << 16 | (id[8] & 0xFF) << 8 | id[9] & 0xFF;
    }

    private static List<Multiaddr> newAddress(int node) {
        byte[] host = {10, (byte) (node >>> 16), (byte) (node >>> 8), (byte) node};
        return List.of(Multiaddr.tcp(host, 4001 + (node >>> 24)));
    }

    @Override
    public Scenario.Running begin(SimNode<R> node) {
        SimTransport transport = new SimTransport(this, node, peer(node.number()), node.run() + 1, compared);
        transports[node.number()] = transport;
        transport.handlers();
        return power -> {
            transports[node.number()] = null;
            transport.ended(power);
        };
    }

    @Override
    public void beginByzantine(int node) {
        Rogue rogue = new Rogue(this, node);
        rogues.put(node, rogue);
        rogue.begin();
    }

    @Override
    public void misbehave(int node, Action deed) {
        if (!(deed instanceof RogueDeed step)) {
            throw new IllegalArgumentException("a peer cannot do " + deed + ": a rogue's deeds are those of RogueDeed");
        }
        Rogue rogue = rogues.get(node);
        if (rogue != null) {
            rogue.act(step);
        }
    }

    @Nullable
    Host at(Multiaddr address) {
        return listening.get(address);
    }

    boolean listen(Multiaddr address, Host host) {
        return listening.putIfAbsent(address, host) == null;
    }

    void unlisten(Multiaddr address) {
        listening.remove(address);
    }

    /** What carries out the effects of a node that is up. */
    Optional<SimTransport> transport(int node) {
        return Optional.ofNullable(transports[node]);
    }

    /** What is open at a node that its state does not hold, or the other way round; when nothing is on its way. */
    Optional<String> difference(SimNode<R> node) {
        return transport(node.number()).flatMap(transport -> transport.difference());
    }

    /** Whether the other side of a connection of a node has closed it, and the node cannot know yet. */
    boolean isEnding(SimNode<R> node, Handle connection) {
        return transport(node.number())
                .filter(transport -> transport.isEnding(connection))
                .isPresent();
    }

    /** The same after a turn, but for what the node's store has not read yet. */
    Optional<String> differenceAfter(SimNode<R> node, Turn turn) {
        return transport(node.number()).flatMap(transport -> transport.differenceAfter(turn));
    }
}
