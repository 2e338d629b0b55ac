package dev.dunlin.dht.sim;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.sim.EventQueue;
import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.OperationState;
import dev.dunlin.dht.publish.PublishState;
import dev.dunlin.dht.query.QueryState;
import dev.dunlin.dht.record.MemoryStore;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.record.RecordsEffect;
import dev.dunlin.dht.record.RecordsEffects;
import dev.dunlin.dht.record.RecordsState;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingState;
import dev.dunlin.dht.routing.Space;
import dev.dunlin.dht.sim.MessageExchange.Sent;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadProtocol;
import dev.dunlin.dht.wire.KadQuestion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Many nodes with the machines of production, on a network that carries their messages. Under virtual time and from one seed: the same
 * calls give the same world. Not thread-safe.
 */
public final class KadCrowd {

    /** One second of virtual time, in microseconds. */
    public static final long SECOND = 1_000_000;

    private static final int BUILD_SEED = 1;
    private static final int DISK_SEED = 2;
    private static final String LISTENER = "listener";
    private static final int PORT = 4001;

    /** The first ticket of {@link #ask}; callers that choose their own choose smaller ones. */
    private static final long FIRST_TICKET = 1L << 40;

    /** A power of two. */
    private static final int CONNECTIONS = 256;

    private static final int[] NONE = {};

    private final Options options;
    private final EventQueue queue = new EventQueue();
    private final Store<KadRoot> model;
    private final SimRandom random;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<PeerId, Node> byPeer = new HashMap<>();
    private final Map<Long, Pending> pending = new HashMap<>();
    private final Map<Long, Caller> callers = new HashMap<>();
    private final Map<String, String> ids = ids();
    private BiConsumer<Integer, Action.Ticketed> outcomes = (node, outcome) -> {};
    private BiConsumer<Integer, Turn> steps = (node, step) -> {};
    private long now;
    private long questions;
    private long inputs;
    private long tickets = FIRST_TICKET;
    private int up;

    /**
     * How a crowd is.
     *
     * @param seed of all that is random
     * @param least the shortest way of a message from one node to another, microseconds
     * @param most the longest
     * @param config of every node
     * @param validators which judge the values that are stored
     * @param beside machines that each node has beside those of every crowd
     * @param disk the disk of each node, for those whose records are in a file
     */
    public record Options(
            long seed,
            long least,
            long most,
            Table<String, String> config,
            Validators validators,
            List<Machine<Object, ?, ?>> beside,
            SimulatedDisk disk) {

        /** Copies the list. */
        public Options {
            beside = List.copyOf(beside);
        }

        /** 10 to 100 ms from node to node, and the values that the public network has. */
        public static Options of(long seed, Table<String, String> config) {
            return new Options(
                    seed, SECOND / 100, SECOND / 10, config, Validators.STANDARD, List.of(), SimulatedDisk.GOOD);
        }

        /** These, with other values. */
        public Options judgedBy(Validators other) {
            return new Options(seed, least, most, config, other, beside, disk);
        }

        /** These, with more machines in each node. */
        public Options with(List<Machine<Object, ?, ?>> more) {
            return new Options(seed, least, most, config, validators, more, disk);
        }

        /** These, with other disks. */
        public Options on(SimulatedDisk other) {
            return new Options(seed, least, most, config, validators, beside, other);
        }
    }

    private record Pending(Node asker, long run, long ask, long sentAt) {}

    private record Caller(Node node, long run, Predicate<Action.Ticketed> told) {}

    private static final class Node {
        private final int number;
        private final Multiaddr where;

        /** What it says of itself. */
        private final Contact contact;

        private Store<KadRoot> store;
        private Adversary adversary = Adversary.NONE;
        private boolean poses;
        private Table<String, String> config = Table.empty();
        private long run;
        private long tickAt = Due.NEVER;
        private boolean isUp;
        private MemoryStore file = new MemoryStore();
        private SimulatedDisk disk;
        private long diskFreeAt;

        /** With whom it has connections: one more closes that of whoever was in its place. */
        private int[] connected = NONE;

        Node(int number, Multiaddr where, Contact contact, Store<KadRoot> store, SimulatedDisk disk) {
            this.disk = disk;
            this.number = number;
            this.where = where;
            this.contact = contact;
            this.store = store;
        }

        /** Whether who dials one of these addresses reaches it: a name that it gives itself leads to it. */
        boolean isAt(List<Multiaddr> addresses) {
            return addresses.stream()
                    .anyMatch(address -> address.equals(where)
                            || address.host().orElse(null) instanceof Component.Name
                                    && contact.addresses().contains(address));
        }

        boolean isConnected(Node other) {
            return connected.length > 0 && connected[other.number & CONNECTIONS - 1] == other.number;
        }
    }

    /** A world without nodes, at the beginning of its time. */
    public KadCrowd(Options options) {
        this.options = options;
        this.model = KadRoot.store(options.validators(), options.beside(), this::where);
        this.random = SimRandom.of(options.seed(), BUILD_SEED);
    }

    /** What the protocols are called on the wire, by their names. */
    private static Map<String, String> ids() {
        Map<String, String> ids = new TreeMap<>();
        ids.put(KadProtocol.NAME, KadProtocol.wideId(KadProtocol.PREFIX.standard()));
        ids.put(KadProtocol.LAN_NAME, KadProtocol.localId(KadProtocol.PREFIX.standard()));
        return ids;
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
        return add(peer(number), address(number));
    }

    /**
     * Adds a node of this peer id at this address, which is down, and gives its number.
     *
     * @throws IllegalArgumentException if there is one of this id
     */
    public int add(PeerId peer, Multiaddr address) {
        return add(peer, address, List.of(address));
    }

    /**
     * As above, of a node that says of itself that it is elsewhere: whoever has no connection with it reaches it at its address, or by a
     * name that it gives.
     */
    public int add(PeerId peer, Multiaddr address, List<Multiaddr> said) {
        int number = nodes.size();
        if (byPeer.containsKey(peer)) {
            throw new IllegalArgumentException("two nodes have the peer id " + peer);
        }
        Contact contact = Contact.of(peer, said);
        Node node = new Node(number, address, contact, model.another(), options.disk());
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
        return Multiaddr.tcp(ip, PORT);
    }

    /** The seed of all that is random. */
    public long seed() {
        return options.seed();
    }

    /** How many nodes there are, up and down. */
    public int size() {
        return nodes.size();
    }

    /** How many nodes are up. */
    public int up() {
        return up;
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

    private Optional<Multiaddr> where(PeerId peer) {
        return Optional.ofNullable(byPeer.get(peer)).map(node -> node.where);
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

    /** What a node knows of the network that all are of; it was started. */
    public Space space(int node) {
        return routing(node).spaces().at(Network.WIDE);
    }

    /** What a node keeps for others. */
    public RecordsState records(int node) {
        return nodes.get(node).store.state().root().records();
    }

    /** The lookups of a node. */
    public QueryState queries(int node) {
        return nodes.get(node).store.state().root().query();
    }

    /** The state of one of the machines that each node has beside those of every crowd, by its place among them. */
    public Object beside(int node, int place) {
        return nodes.get(node).store.state().root().beside().get(place);
    }

    /** The operations of a node. */
    public OperationState operations(int node) {
        return nodes.get(node).store.state().root().operation();
    }

    /** The store of a node, to be read. */
    Store<KadRoot> store(int node) {
        return nodes.get(node).store;
    }

    /** What a node keeps published. */
    public PublishState publishing(int node) {
        return nodes.get(node).store.state().root().publish();
    }

    /** The virtual time, microseconds. */
    public long now() {
        return now;
    }

    /** Of what all nodes that are up know, and of how much has happened: equal where the same has happened. */
    public Digest digest() {
        Hasher hasher = new Hasher().putLong(now).putLong(inputs).putLong(questions);
        for (Node node : nodes) {
            hasher.putBoolean(node.isUp);
            if (node.isUp && !node.poses) {
                Content.feed(node.store.state().root(), hasher);
            }
        }
        return hasher.finish();
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
        up += node.isUp ? 0 : 1;
        node.isUp = true;
        node.run++;
        node.connected = NONE;
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
        up -= node.isUp ? 1 : 0;
        node.isUp = false;
        node.tickAt = Due.NEVER;
        node.connected = NONE;
        callers.values().removeIf(caller -> caller.node() == node);
    }

    /** A node stops at once and loses all that it knew: it does not come back. */
    public void remove(int number) {
        stop(number);
        nodes.get(number).store = model.another();
        nodes.get(number).file = new MemoryStore();
    }

    /** From now on a node has another disk, and on it what there was. */
    public void disk(int number, SimulatedDisk other) {
        nodes.get(number).disk = other;
    }

    /** A node's disk is empty, as if somebody had taken its file of records away. */
    public void wipe(int number) {
        nodes.get(number).file = new MemoryStore();
    }

    /** From now on somebody else answers in place of a node's machines. */
    public void corrupt(int number, Adversary by) {
        nodes.get(number).adversary = by;
    }

    /** A node comes up that has no machines: it says that it is a server, and an adversary answers for it, never honestly. */
    public void pose(int number, Adversary by) {
        Node node = nodes.get(number);
        up += node.isUp ? 0 : 1;
        node.isUp = true;
        node.poses = true;
        node.adversary = by;
    }

    /** Gives a node that is up an input. */
    public void say(int number, Action action) {
        apply(nodes.get(number), action);
    }

    /**
     * Gives a node that is up a wish under a ticket of its own.
     *
     * @param told is told of each outcome, and says whether that was the last; nothing more is told once the node has stopped
     */
    public void ask(int number, Function<Ticket, Action> wish, Predicate<Action.Ticketed> told) {
        Node node = nodes.get(number);
        long ticket = tickets++;
        callers.put(ticket, new Caller(node, node.run, told));
        apply(node, wish.apply(new Ticket(Ticket.API, ticket)));
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
        apply(node, Input.of(action));
    }

    private void apply(Node node, Input input) {
        applied(node, node.store.apply(input, now));
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
        for (int i = 0; i < turn.size(); i++) {
            Action entry = turn.entry(i);
            if (entry instanceof Sent sent) {
                send(node, sent);
            } else if (entry instanceof RecordsEffect effect) {
                carryOut(node, turn.id(i), effect);
            } else if (entry instanceof Action.Ticketed outcome
                    && outcome.ticket().isOf(Ticket.API)
                    && turn.rejection(i) == null) {
                outcomes.accept(node.number, outcome);
                tell(node, outcome);
            }
        }
    }

    /** One after the other, as the one thread of a file does. What a node did not hear of before it went down it has done all the same. */
    private void carryOut(Node node, ActionId request, RecordsEffect effect) {
        SimulatedDisk.Deed deed = node.disk.deed(
                SimRandom.of(options.seed(), DISK_SEED, node.number, node.run, request.input(), request.index()));
        node.diskFreeAt = Math.max(node.diskFreeAt, now) + deed.after();
        long run = node.run;
        queue.add(node.diskFreeAt, () -> {
            RecordsAction answer = deed.failure()
                    .<RecordsAction>map(why -> new RecordsAction.DiskFailed(request, why, ""))
                    .orElseGet(() ->
                            RecordsEffects.answer(request, effect, deed.isDone() ? node.file : new MemoryStore()));
            if (deed.isAnswered() && node.isUp && node.run == run) {
                apply(node, new Input(answer, request));
            }
        });
    }

    private void tell(Node node, Action.Ticketed outcome) {
        long ticket = outcome.ticket().key();
        Caller caller = callers.get(ticket);
        if (caller != null
                && caller.node() == node
                && caller.run() == node.run
                && caller.told().test(outcome)) {
            callers.remove(ticket);
        }
    }

    private void send(Node node, Sent sent) {
        switch (sent) {
            case Sent.Question(long ask, PeerId peer, List<Multiaddr> addresses, String protocol, Message message) -> {
                long question = ++questions;
                Node other = byPeer.get(peer);
                if (other != null && (node.isConnected(other) || other.isAt(addresses))) {
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
        if (!node.isUp) {
            pending.remove(question);
            return;
        }
        connect(node, known(asker));
        switch (node.adversary.answers(node.number, asker, (KadQuestion) message)) {
            case Adversary.Reply.Honest(long after)
            when after == 0 -> apply(node, MessageExchange.asked(question, asker, protocol, message));
            case Adversary.Reply.Honest(long after) ->
                queue.add(now + after, () -> asked(node, question, asker, protocol, message, node.run));
            case Adversary.Reply.Silence() -> pending.remove(question);
            case Adversary.Reply.Lie(KadAnswer answer) -> send(node, new Sent.Answer(question, Optional.of(answer)));
        }
    }

    private void asked(Node node, long question, PeerId asker, String protocol, Message message, long run) {
        if (node.isUp && node.run == run) {
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
        if (node.connected.length == 0) {
            node.connected = new int[CONNECTIONS];
            Arrays.fill(node.connected, -1);
        }
        int place = other.number & CONNECTIONS - 1;
        boolean isNew = !node.isConnected(other);
        node.connected[place] = other.number;
        return isNew;
    }

    private void describe(Node to, Node other) {
        if (!to.isUp || !other.isUp || to.poses) {
            return;
        }
        List<String> protocols = new ArrayList<>();
        if (other.poses) {
            protocols.addAll(ids.values());
        } else {
            other.store.state().root().exchange().served().keys().forEach(name -> protocols.add(ids.get(name)));
        }
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
