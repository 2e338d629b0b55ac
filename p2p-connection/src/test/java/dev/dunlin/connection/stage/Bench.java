package dev.dunlin.connection.stage;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.util.ArrayList;
import java.util.List;

/** One node's store on the bench: the test itself is the world. Audited after each input. */
public final class Bench {

    /** A second. */
    public static final long SECOND = 1_000_000;

    private final Store<SimRoot> store = SimRoot.store();
    private long now = SimNetwork.START;
    private long run;
    private long handles;
    private Turn last;

    /** A booted node; its configuration is pairs of keys and values. */
    public Bench(String... config) {
        this.last = boot(config);
    }

    /** The n-th peer; the ids of higher numbers are greater. */
    public static PeerId peer(int number) {
        byte[] id = new byte[38];
        id[1] = 36;
        id[2] = 8;
        id[3] = 1;
        id[4] = 18;
        id[5] = 32;
        id[6] = (byte) (number >>> 8);
        id[7] = (byte) number;
        return PeerId.fromBytes(id);
    }

    /** An address of the n-th peer. */
    public static Multiaddr address(int number) {
        return Multiaddr.tcp(new byte[] {10, 1, (byte) (number >>> 8), (byte) number}, 4001);
    }

    /** Boots the next run. */
    public final Turn boot(String... config) {
        Table<String, String> table = Table.empty();
        for (int i = 0; i < config.length; i += 2) {
            table = table.with(config[i], config[i + 1]);
        }
        run++;
        handles = 0;
        return say(new NodeAction.Booted(run, "bench", table, now, run));
    }

    /** An input. */
    public Turn say(Action action) {
        Input input = Input.of(action);
        Turn turn = store.apply(input, now);
        Audit.check(store, input);
        last = turn;
        return turn;
    }

    /** Lets time pass; ticks come when they are due. */
    public void pass(long micros) {
        long end = now + micros;
        while (store.nextDeadline() <= end) {
            now = Math.max(now, store.nextDeadline());
            say(store.dueTick(now).orElseThrow().action());
        }
        now = end;
    }

    /** The clause that disabled the last input; empty if it was enabled. */
    public String clause() {
        Verdict.Disabled disabled = last.rejection(0);
        return disabled == null ? "" : disabled.clause();
    }

    /** The effects of the last input. */
    public List<Effect> effects() {
        return last.effects().stream().map(Turn.Emitted::effect).toList();
    }

    /** The effects of a type of the last input. */
    public <E extends Effect> List<E> effects(Class<E> type) {
        return effects().stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The enabled derived actions of a type of the last input. */
    public <T extends Action> List<T> derived(Class<T> type) {
        List<T> found = new ArrayList<>();
        for (int i = 1; i < last.size(); i++) {
            if (type.isInstance(last.entry(i)) && last.rejection(i) == null) {
                found.add(type.cast(last.entry(i)));
            }
        }
        return found;
    }

    /** A fresh handle of this run. */
    public Handle handle(String kind) {
        return new Handle(kind, run, ++handles);
    }

    /** Virtual time, microseconds since the Unix epoch. */
    public long now() {
        return now;
    }

    /** When the next tick is due. */
    public long nextDeadline() {
        return store.nextDeadline();
    }

    /** The connections. */
    public ConnectionState connection() {
        return store.state().root().connection();
    }

    /** The streams. */
    public StreamState stream() {
        return store.state().root().stream();
    }

    /** The handles that the kernel knows. */
    public Table<Handle, ?> handles() {
        return store.state().node().handles();
    }
}
