package dev.dunlin.connection.bench;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionSlice;
import dev.dunlin.connection.identify.IdentifySlice;
import dev.dunlin.connection.ping.PingSlice;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamSlice;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import java.util.Optional;

/**
 * A node without a world: the test says what happens. The invariants of identify and ping are asked after each step.
 */
public final class Bench {

    /** One second in microseconds. */
    public static final long SECOND = 1_000_000;

    private final IdentifySlice identify = new IdentifySlice();
    private final PingSlice ping = new PingSlice();
    private final StoreDriver<Root> driver;
    private long lastHandle;

    /** A booted node with a configuration: keys and values by turns. */
    public Bench(String... config) {
        driver = StoreDriver.of(Store.of(Root.INITIAL)
                .mount(new ConnectionSlice(), Root::connection, Root::withConnection)
                .mount(new StreamSlice(), Root::stream, Root::withStream)
                .mount(identify, Root::identify, Root::withIdentify)
                .mount(ping, Root::ping, Root::withPing)
                .build());
        boot(config);
    }

    /** Boots the next run. */
    public void boot(String... config) {
        Table<String, String> table = Table.empty();
        for (int i = 0; i < config.length; i += 2) {
            table = table.with(config[i], config[i + 1]);
        }
        driver.boot(table);
    }

    /** A peer by its number. */
    public static PeerId peer(int number) {
        return TypeArbitraries.peer(number);
    }

    /** The address of a peer by its number, in a group of its own. */
    public static Multiaddr address(int number) {
        return Multiaddr.parse("/ip4/8.8." + number + ".1/tcp/4001");
    }

    /** Gives the store an input. */
    public Turn say(Action action) {
        Turn turn = driver.dispatch(action);
        check(identify, root().identify());
        check(ping, root().ping());
        return turn;
    }

    private static <S> void check(Slice<?, S, ?> slice, S state) {
        for (Invariant<S> invariant : slice.invariants()) {
            invariant.violation().apply(state).ifPresent(why -> {
                throw new AssertionError(invariant.name() + ": " + why);
            });
        }
    }

    /** Lets time pass, with the ticks that become due. */
    public void pass(long micros) {
        driver.advanceBy(micros);
        check(identify, root().identify());
        check(ping, root().ping());
    }

    /** Now, microseconds since the Unix epoch. */
    public long now() {
        return driver.now();
    }

    /** The state. */
    public Root root() {
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
        say(new ConnectionAction.Closed(connection, peer(peer), CloseReason.REMOTE));
    }

    /** A peer opens a stream to us. */
    public Handle acceptStream(Handle connection, int peer, String protocol) {
        Handle stream = handle("stream");
        say(new StreamAction.StreamAccepted(stream, connection, peer(peer), protocol, 2));
        return stream;
    }

    /** A stream ends. */
    public Turn end(Handle stream, Handle connection, int peer) {
        return say(new StreamAction.StreamClosed(stream, connection, peer(peer), EndReason.REMOTE_RESET));
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
