package dev.dunlin.dht.sim;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.sim.EventQueue;
import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.OperationState;
import dev.dunlin.dht.query.QueryState;
import dev.dunlin.dht.record.RecordsState;
import dev.dunlin.dht.routing.RoutingState;
import dev.dunlin.dht.sim.MessageExchange.Sent;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadProtocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Many nodes with the machines of production, on a network that carries their messages. Under virtual time and from one seed: the same
 * calls give the same world. Not thread-safe.
 */
public final class KadCrowd {

    /** One second of virtual time, in microseconds. */
    public static final long SECOND = 1_000_000;

    private static final int BUILD_SEED = 1;
    private static final String LISTENER = "listener";

    /** A power of two. */
    private static final int CONNECTIONS = 256;

    private final Options options;
    private final EventQueue queue = new EventQueue();
    private final Store<KadRoot> model;
    private final SimRandom random;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<PeerId, Node> byPeer = new HashMap<>();
    private final Map<Long, Pending> pending = new HashMap<>();
    private final Map<String, String> ids = Map.of(
            KadProtocol.NAME, KadProtocol.wideId(KadProtocol.PREFIX.standard()),
            KadProtocol.LAN_NAME, KadProtocol.localId(KadProtocol.PREFIX.standard()));
    private BiConsumer<Integer, Action.Ticketed> outcomes = (node, outcome) -> {};
    private BiConsumer<Integer, Turn> steps = (node, step) -> {};
    private long now;
    private long questions;
    private long inputs;

    /**
     * How a crowd is.
     *
     * @param seed of all that is random
     * @param least the shortest way of a message from one node to another, microseconds
     * @param most the longest
     * @param config of every node
     * @param validators which judge the values that are stored
     * @param beside machines that each node has beside those of every crowd
     */
    public record Options(
            long seed,
            long least,
            long most,
            Table<String, String> config,
            Validators validators,
            List<Machine<Object, ?, ?>> beside) {

        /** Copies the list. */
        public Options {
            beside = List.copyOf(beside);
        }

        /** 10 to 100 ms from node to node, and the values that the public network has. */
        public static Options of(long seed, Table<String, String> config) {
            return new Options(seed, SECOND / 100, SECOND / 10, config, Validators.STANDARD, List.of());
        }

        /** These, with other values. */
        public Options judgedBy(Validators other) {
            return new Options(seed, least, most, config, other, beside);
        }

        /** These, with more machines in each node. */
        public Options with(List<Machine<Object, ?, ?>> more) {
            return new Options(seed, least, most, config, validators, more);
        }
    }

    private record Pending(Node asker, long run, long ask, long sentAt) {}

    private static final class Node {
        private final int number;
        private final Contact contact;
        private final Store<KadRoot> store;
        private Table<String, String> config = Table.empty();
        private long run;
        private long tickAt = Due.NEVER;
        private boolean isUp;

        /** With whom it has connections: one more closes that of whoever was in its place. */
        private final int[] connected = new int[CONNECTIONS];

        Node(int number, Contact contact, Store<KadRoot> store) {
            this.number = number;
            this.contact = contact;
            this.store = store;
        }
    }

    /** A world without nodes, at the beginning of its time. */
    public KadCrowd(Options options) {
        this.options = options;
        this.model = KadRoot.store(options.validators(), options.beside());
        this.random = SimRandom.of(options.seed(), BUILD_SEED);
    }

    /** Is told of each outcome that a caller of a node gets ({@link Ticket#API}). */
    public void onOutcome(BiConsumer<Integer, Action.Ticketed> listener) {
        outcomes = listener;
    }

    /** Is told of each step of each node. */
    void onStep(BiConsumer<Integer, Turn> listener) {
        steps = listener;
    }

    /** Adds a node, which is down, and gives its number. */
    public int add() {
        int number = nodes.size();
        Contact contact = Contact.of(peer(number), List.of(address(number)));
        Node node = new Node(number, contact, model.another());
        nodes.add(node);
        byPeer.put(contact.peer(), node);
        return number;
    }

    private static PeerId peer(int number) {
        return PeerId.of(Multihash.identity(
                ByteBuffer.allocate(Integer.BYTES).putInt(number).array()));
    }

    /** Addresses of the internet, spread over its networks. */
    private Multiaddr address(int number) {
        SimRandom draw = SimRandom.of(options.seed(), BUILD_SEED, number);
        byte[] ip = {
            (byte) draw.between(11, 126), (byte) draw.below(256), (byte) draw.below(256), (byte) draw.between(1, 254)
        };
        return Multiaddr.tcp(ip, 4001);
    }

    /** How many nodes there are, up and down. */
    public int size() {
        return nodes.size();
    }

    /** Who a node is and where. */
    public Contact contact(int node) {
        return nodes.get(node).contact;
    }

    /**
     * Which node a peer is.
     *
     * @throws IllegalArgumentException if it is none
     */
    public int number(PeerId peer) {
        return known(peer).number;
    }

    private Node known(PeerId peer) {
        Node node = byPeer.get(peer);
        if (node == null) {
            throw new IllegalArgumentException("no node of this crowd is " + peer);
        }
        return node;
    }

    /** Whether a node is up. */
    public boolean isUp(int node) {
        return nodes.get(node).isUp;
    }

    /** What a node knows of its networks. */
    public RoutingState routing(int node) {
        return nodes.get(node).store.state().root().routing();
    }

    /** What a node keeps for others. */
    public RecordsState records(int node) {
        return nodes.get(node).store.state().root().records();
    }

    /** The lookups of a node. */
    public QueryState queries(int node) {
        return nodes.get(node).store.state().root().query();
    }

    /** The operations of a node. */
    public OperationState operations(int node) {
        return nodes.get(node).store.state().root().operation();
    }

    /** The store of a node, to be read. */
    Store<KadRoot> store(int node) {
        return nodes.get(node).store;
    }

    /** The virtual time, microseconds. */
    public long now() {
        return now;
    }

    /** How many inputs all nodes have taken. */
    public long inputs() {
        return inputs;
    }

    /** How many questions were asked. */
    public long questions() {
        return questions;
    }

    /** A node starts, and joins by these nodes. What it knew it knows still. */
    public void start(int number, List<Integer> bootstrap) {
        start(number, bootstrap, Table.empty());
    }

    /** As above, with more in its configuration than all have. */
    public void start(int number, List<Integer> bootstrap, Table<String, String> more) {
        Node node = nodes.get(number);
        List<String> known = new ArrayList<>();
        for (int other : bootstrap) {
            Contact contact = contact(other);
            known.add(contact.addresses().getFirst().withPeer(contact.peer()).toString());
        }
        node.config = options.config()
                .with("node.peerId", node.contact.peer().toString())
                .with("routing.bootstrap", String.join(",", known));
        for (Map.Entry<String, String> each : more) {
            node.config = node.config.with(each.getKey(), each.getValue());
        }
        node.isUp = true;
        node.run++;
        Arrays.fill(node.connected, -1);
        apply(
                node,
                new NodeAction.Booted(
                        node.run,
                        "simulated",
                        node.config,
                        now,
                        SimRandom.of(options.seed(), number, node.run).next()));
        apply(node, new IdentifyAction.AddressesBound(new Handle(LISTENER, node.run, 1), node.contact.addresses()));
    }

    /** A node stops at once; whoever asks it has no answer. */
    public void stop(int number) {
        Node node = nodes.get(number);
        node.isUp = false;
        node.tickAt = Due.NEVER;
    }

    /** Gives a node that is up an input. */
    public void say(int number, Action action) {
        apply(nodes.get(number), action);
    }

    /** Something is to happen later. */
    public void at(long time, Runnable what) {
        queue.add(time, what);
    }

    /** Lets the world go on up to a time, microseconds. */
    public void runTo(long time) {
        while (!queue.isEmpty() && queue.time() <= time) {
            now = queue.time();
            queue.remove().run();
        }
        now = time;
    }

    private void apply(Node node, Action action) {
        applied(node, node.store.apply(Input.of(action), now));
        Optional<Input> tick = node.store.dueTick(now);
        while (tick.isPresent()) {
            applied(node, node.store.apply(tick.get(), now));
            tick = node.store.dueTick(now);
        }
        long next = node.store.nextDeadline();
        if (next < node.tickAt) {
            node.tickAt = next;
            queue.add(next, () -> tick(node, next, node.run));
        }
    }

    private void tick(Node node, long at, long run) {
        if (!node.isUp || node.run != run || node.tickAt != at) {
            return;
        }
        node.tickAt = Due.NEVER;
        Optional<Input> tick = node.store.dueTick(now);
        if (tick.isPresent()) {
            apply(node, tick.get().action());
        } else if (node.store.nextDeadline() != Due.NEVER) {
            long next = node.store.nextDeadline();
            node.tickAt = next;
            queue.add(next, () -> tick(node, next, run));
        }
    }

    private void applied(Node node, Turn turn) {
        inputs++;
        steps.accept(node.number, turn);
        for (Turn.Emitted emitted : turn.effects()) {
            if (emitted.effect() instanceof Sent sent) {
                send(node, sent);
            }
        }
        for (int i = 0; i < turn.size(); i++) {
            if (turn.entry(i) instanceof Action.Ticketed outcome
                    && outcome.ticket().isOf(Ticket.API)
                    && turn.rejection(i) == null) {
                outcomes.accept(node.number, outcome);
            }
        }
    }

    private void send(Node node, Sent sent) {
        switch (sent) {
            case Sent.Question(long ask, PeerId peer, String protocol, Message message) -> {
                long question = ++questions;
                Node other = byPeer.get(peer);
                if (other != null) {
                    pending.put(question, new Pending(node, node.run, ask, now));
                    queue.add(now + way(), () -> asked(other, question, node.contact.peer(), protocol, message));
                }
            }
            case Sent.Answer(long question, Optional<Message> message) -> {
                Pending asked = pending.remove(question);
                if (asked != null) {
                    queue.add(now + way(), () -> answered(asked, message));
                }
            }
        }
    }

    private long way() {
        return random.between(options.least(), options.most());
    }

    private void asked(Node node, long question, PeerId asker, String protocol, Message message) {
        if (node.isUp) {
            connect(node, known(asker));
            apply(node, MessageExchange.asked(question, asker, protocol, message));
        } else {
            pending.remove(question);
        }
    }

    /** On a new connection each tells the other who it is, as identify does. */
    private void connect(Node one, Node other) {
        boolean isNew = connects(one, other);
        if (connects(other, one) || isNew) {
            describe(one, other);
            describe(other, one);
        }
    }

    private static boolean connects(Node node, Node other) {
        int place = other.number & CONNECTIONS - 1;
        boolean isNew = node.connected[place] != other.number;
        node.connected[place] = other.number;
        return isNew;
    }

    private void describe(Node to, Node other) {
        if (!to.isUp || !other.isUp) {
            return;
        }
        List<String> protocols = new ArrayList<>();
        other.store.state().root().exchange().served().keys().forEach(name -> protocols.add(ids.get(name)));
        apply(
                to,
                new PeerAction.Describe(
                        other.contact.peer(),
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        protocols,
                        other.contact.addresses(),
                        Optional.empty(),
                        0));
    }

    private void answered(Pending asked, Optional<Message> message) {
        Node node = asked.asker();
        if (node.isUp && node.run == asked.run()) {
            ExchangeAction came = message.isPresent()
                    ? MessageExchange.answered(asked.ask(), message.get(), now - asked.sentAt())
                    : MessageExchange.missed(asked.ask(), AskFailure.RESET);
            apply(node, came);
        }
    }
}
