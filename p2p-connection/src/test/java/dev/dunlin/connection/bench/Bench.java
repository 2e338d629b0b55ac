package dev.dunlin.connection.bench;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.identify.IdentifyMachine;
import dev.dunlin.connection.peer.PeerMachine;
import dev.dunlin.connection.ping.PingMachine;
import dev.dunlin.connection.sim.SimNet;
import dev.dunlin.connection.sim.SimRoot;
import dev.dunlin.connection.standard.StandardProtocols;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Audit;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import dev.dunlin.core.testkit.Declared;
import dev.dunlin.core.testkit.StoreDriver;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A node without a world: the test says what happens. Audited after each step, and no machine moves undeclared. */
public final class Bench {

    /** One second in microseconds. */
    public static final long SECOND = 1_000_000;

    private final StoreDriver<SimRoot> driver;
    private final Audit audit;
    private long lastHandle;

    /** A booted node with connections, streams, peers, exchanges, identify and ping; its configuration is keys and values by turns. */
    public Bench(String... config) {
        this(
                mounted()
                        .mount(Declared.only(PeerMachine.PEER), SimRoot::peer, SimRoot::withPeer)
                        .mount(Declared.only(StandardProtocols.EXCHANGE), SimRoot::exchange, SimRoot::withExchange)
                        .mount(Declared.only(IdentifyMachine.IDENTIFY), SimRoot::identify, SimRoot::withIdentify)
                        .mount(Declared.only(PingMachine.PING), SimRoot::ping, SimRoot::withPing)
                        .build(),
                config);
    }

    /** A booted node with connections and streams only. */
    public static Bench streams(String... config) {
        return new Bench(streamStore(), config);
    }

    private Bench(Store<SimRoot> store, String... config) {
        driver = StoreDriver.of(store);
        audit = Audit.of(store);
        boot(config);
    }

    /** A store with connections and streams only, in which no machine moves undeclared. */
    public static Store<SimRoot> streamStore() {
        return mounted().build();
    }

    private static Store.Builder<SimRoot> mounted() {
        return Store.of(SimRoot.INITIAL)
                .mount(Declared.only(ConnectionMachine.CONNECTION), SimRoot::connection, SimRoot::withConnection)
                // An opening that waits is about its peer; only another node's action can have named it before the
                // boot.
                .mount(
                        Declared.only(StreamMachine.STREAM, "waiting > absent: booted"),
                        SimRoot::stream,
                        SimRoot::withStream);
    }

    /** Boots the next run. */
    public void boot(String... config) {
        Table<String, String> table = Table.empty();
        for (int i = 0; i < config.length; i += 2) {
            table = table.with(config[i], config[i + 1]);
        }
        audited(driver.boot(table));
    }

    /** Boots the next run, the wall clock having gone on by so many microseconds while the node was stopped. */
    public void bootLater(long micros) {
        audited(driver.dispatch(new NodeAction.Booted(
                driver.node().run() + 1,
                "test",
                Table.empty(),
                driver.now() + micros,
                driver.node().run())));
    }

    /** A peer by its number; the ids of higher numbers are greater. */
    public static PeerId peer(int number) {
        return SimNet.peer(number);
    }

    /** The address of a peer by its number, in a group of its own. */
    public static Multiaddr address(int number) {
        return Multiaddr.parse("/ip4/8.8." + number + ".1/tcp/4001");
    }

    /** Gives the store an input. */
    public Turn say(Action action) {
        return audited(driver.dispatch(action));
    }

    private Turn audited(Turn turn) {
        audit.after(turn).ifPresent(broken -> {
            throw new AssertionError("after " + turn.input() + " " + broken);
        });
        return turn;
    }

    /** Lets time pass, with the ticks that become due. */
    public void pass(long micros) {
        driver.advanceBy(micros).forEach(this::audited);
    }

    /** Now, microseconds since the Unix epoch. */
    public long now() {
        return driver.now();
    }

    /** The state. */
    public SimRoot root() {
        return driver.root();
    }

    /** A handle never used before. */
    public Handle handle(String kind) {
        return new Handle(kind, driver.node().run(), ++lastHandle);
    }

    /** A peer connects to us from its address. */
    public Handle accept(int peer) {
        return accept(peer(peer), address(peer));
    }

    /** A peer connects to us. */
    public Handle accept(PeerId peer, Multiaddr from) {
        Handle connection = handle("connection");
        say(new ConnectionAction.Accepted(connection, peer, from, Bytes.EMPTY));
        return connection;
    }

    /** We connect to a peer at its address. */
    public Handle dial(int peer) {
        say(new ConnectionAction.Connect(peer(peer), List.of(address(peer)), Ticket.NONE));
        ConnectionEffect.ConnectInit init =
                last(ConnectionEffect.ConnectInit.class).orElseThrow();
        Handle connection = handle("connection");
        say(new ConnectionAction.Connected(init.dial(), connection, peer(peer), address(peer), Bytes.EMPTY));
        return connection;
    }

    /** A connection closes. */
    public void close(Handle connection, int peer) {
        say(new ConnectionAction.Closed(connection, peer(peer), CloseReason.REMOTE, ""));
    }

    /** A peer opens a stream to us. */
    public Handle acceptStream(Handle connection, int peer, String protocol) {
        Handle stream = handle("stream");
        say(new StreamAction.StreamAccepted(stream, connection, peer(peer), protocol, 2));
        return stream;
    }

    /** A stream ends. */
    public Turn end(Handle stream, Handle connection, int peer) {
        String protocol = root().stream().streams().at(stream).protocol();
        return say(new StreamAction.StreamClosed(stream, connection, peer(peer), protocol, EndReason.REMOTE_RESET, ""));
    }

    /** The streams that wait to be opened, for a protocol. */
    public List<StreamEffect.OpenInit> opens(String protocol) {
        return effects(StreamEffect.OpenInit.class).stream()
                .filter(init -> init.protocols().contains(protocol))
                .filter(init -> root().stream().opens().has(init.number()))
                .toList();
    }

    /** Opens the oldest stream that waits for a peer and a protocol. */
    public Handle open(int peer, String protocol) {
        StreamEffect.OpenInit init = opening(peer, protocol);
        Handle stream = handle("stream");
        say(new StreamAction.StreamOpened(
                init.number(), init.ticket(), stream, init.connection(), init.peer(), protocol, 1));
        return stream;
    }

    /** Fails to open it. */
    public Turn failOpen(int peer, String protocol, ConnectionError.Kind kind) {
        StreamEffect.OpenInit init = opening(peer, protocol);
        return say(new StreamAction.OpenFailed(
                init.number(), init.ticket(), init.peer(), ConnectionError.of(kind, "it failed")));
    }

    private StreamEffect.OpenInit opening(int peer, String protocol) {
        return opens(protocol).stream()
                .filter(init -> init.peer().equals(peer(peer)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + protocol + " stream to " + peer + " is being opened"));
    }

    /** The connections. */
    public ConnectionState connection() {
        return root().connection();
    }

    /** The streams. */
    public StreamState stream() {
        return root().stream();
    }

    /** The handles that the kernel knows. */
    public List<Handle> openHandles() {
        return driver.openHandles();
    }

    /** When the next tick is due, microseconds since the Unix epoch. */
    public long nextDeadline() {
        return driver.store().nextDeadline();
    }

    private Turn lastTurn() {
        return driver.lastTurn().orElseThrow();
    }

    /** The clause that disabled the last input; empty if it was enabled. */
    public String clause() {
        return clause(lastTurn());
    }

    /** The effects of the last input. */
    public List<Effect> emitted() {
        return lastTurn().effects().stream().map(Turn.Emitted::effect).toList();
    }

    /** The enabled derived actions of a type of the last input. */
    public <T extends Action> List<T> derived(Class<T> type) {
        Turn turn = lastTurn();
        return IntStream.range(1, turn.size())
                .filter(i -> turn.rejection(i) == null)
                .mapToObj(turn::entry)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** All effects of a type so far. */
    public <E extends Effect> List<E> effects(Class<E> type) {
        return driver.effects(type);
    }

    /** The last effect of a type. */
    public <E extends Effect> Optional<E> last(Class<E> type) {
        List<E> all = effects(type);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /** All enabled actions of a type so far, derived ones too. */
    public <T extends Action> List<T> actions(Class<T> type) {
        return driver.actions(type);
    }

    /** The clause that disabled the input of a turn; empty if it was enabled. */
    public static String clause(Turn turn) {
        Verdict.Disabled disabled = turn.rejection(0);
        return disabled == null ? "" : disabled.clause();
    }
}
