package dev.dunlin.connection.bench;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionSlice;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.identify.IdentifySlice;
import dev.dunlin.connection.identify.IdentifyState;
import dev.dunlin.connection.ping.PingAction;
import dev.dunlin.connection.ping.PingSlice;
import dev.dunlin.connection.ping.PingState;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamSlice;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node without a world: the test says what happens, answers effects and lets time pass. All invariants are asked after each input. */
public final class Bench {

    /** Where time begins, microseconds since the Unix epoch. */
    public static final long START = 1_767_225_600_000_000L;

    /** One second in microseconds. */
    public static final long SECOND = 1_000_000;

    /** Identify, watched. */
    public final Watched<Object, IdentifyState, IdentifyAction> identify = new Watched<>(new IdentifySlice());

    /** Ping, watched. */
    public final Watched<Object, PingState, PingAction> ping = new Watched<>(new PingSlice());

    private final Store<Root> store;
    private final List<Turn> turns = new ArrayList<>();
    private long now = START;
    private long lastHandle;

    /** A booted node with a configuration: keys and values by turns. */
    public Bench(String... config) {
        store = Store.of(Root.INITIAL)
                .mount(new ConnectionSlice(), Root::connection, Root::withConnection)
                .mount(new StreamSlice(), Root::stream, Root::withStream)
                .mount(identify, Root::identify, Root::withIdentify)
                .mount(ping, Root::ping, Root::withPing)
                .build();
        boot(config);
    }

    /** Boots the next run. */
    public void boot(String... config) {
        Table<String, String> table = Table.empty();
        for (int i = 0; i < config.length; i += 2) {
            table = table.with(config[i], config[i + 1]);
        }
        say(new NodeAction.Booted(store.state().node().run() + 1, "test", table, now, 7));
    }

    /** A peer by its number, 0 to 255. */
    public static PeerId peer(int number) {
        byte[] key = new byte[36];
        key[0] = 8;
        key[1] = (byte) (KeyType.ED25519.ordinal());
        key[35] = (byte) number;
        return PeerId.of(Multihash.identity(key));
    }

    /** The address of a peer by its number, in a group of its own. */
    public static Multiaddr address(int number) {
        return Multiaddr.parse("/ip4/8.8." + number + ".1/tcp/4001");
    }

    /** Gives the store an input. */
    public Turn say(Action action) {
        return input(new Input(action, ActionId.NONE));
    }

    private Turn input(Input input) {
        Turn turn = store.apply(input, now);
        turns.add(turn);
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
        long end = now + micros;
        while (store.nextDeadline() <= end) {
            now = Math.max(now, store.nextDeadline());
            input(store.dueTick(now).orElseThrow());
        }
        now = end;
    }

    /** Now, microseconds since the Unix epoch. */
    public long now() {
        return now;
    }

    /** The state. */
    public Root root() {
        return store.state().root();
    }

    /** A handle never used before. */
    public Handle handle(String kind) {
        return new Handle(kind, store.state().node().run(), ++lastHandle);
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
        ConnectionEffect.ConnectInit init = last(ConnectionEffect.ConnectInit.class).orElseThrow();
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
        say(new StreamAction.StreamAccepted(stream, connection, peer(peer), protocol));
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
                init.number(), init.ticket(), stream, init.connection(), init.peer(), protocol));
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
        return turns.stream()
                .flatMap(turn -> turn.effects().stream())
                .map(Turn.Emitted::effect)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** The last effect of a type. */
    public <E extends Effect> Optional<E> last(Class<E> type) {
        List<E> all = effects(type);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /** All enabled actions of a type so far, derived ones too. */
    public <T extends Action> List<T> actions(Class<T> type) {
        List<T> found = new ArrayList<>();
        for (Turn turn : turns) {
            for (int i = 0; i < turn.size(); i++) {
                if (type.isInstance(turn.entry(i)) && turn.rejection(i) == null) {
                    found.add(type.cast(turn.entry(i)));
                }
            }
        }
        return found;
    }

    /** The clause that disabled the input of a turn; empty if it was enabled. */
    public static String clause(Turn turn) {
        Verdict.Disabled disabled = turn.rejection(0);
        return disabled == null ? "" : disabled.clause();
    }

    /** The clauses that have disabled inputs of this type so far, for the record of what tests have reached. */
    public List<Map.Entry<String, String>> clauses() {
        List<Map.Entry<String, String>> all = new ArrayList<>();
        for (Turn turn : turns) {
            for (int i = 0; i < turn.size(); i++) {
                Verdict.Disabled disabled = turn.rejection(i);
                if (disabled != null) {
                    all.add(Map.entry(turn.entry(i).getClass().getSimpleName(), disabled.clause()));
                }
            }
        }
        return all;
    }
}
