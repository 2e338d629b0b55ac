package dev.dunlin.connection.sim;

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
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One node's store on the bench: the test itself is the world. Audited after each input. */
public final class Bench {

    /** A second. */
    public static final long SECOND = 1_000_000;

    private final Set<String> seen;
    private final Map<Class<?>, String> names = new HashMap<>();
    private final Map<Class<?>, Slice<?, ?, ?>> owners = new HashMap<>();
    private final Store<SimRoot> store;
    private long now = SimNetwork.START;
    private long run;
    private long handles;
    private Turn last;

    /** A booted node; its configuration is pairs of keys and values. */
    public Bench(String... config) {
        this(new LinkedHashSet<>(), config);
    }

    /** As above; what is seen of transitions and clauses is added to a set. */
    public Bench(Set<String> seen, String... config) {
        this.seen = seen;
        this.store = SimRoot.store(seen);
        for (Slice<?, ?, ?> slice : store.slices()) {
            slice.types().actions().forEach((name, type) -> {
                names.put(type, slice.name() + "/" + name);
                owners.put(type, slice);
            });
        }
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
        for (int i = 0; i < turn.size(); i++) {
            note(turn, i);
        }
        last = turn;
        return turn;
    }

    private void note(Turn turn, int index) {
        Action entry = turn.entry(index);
        if (entry instanceof Effect) {
            return;
        }
        Verdict.Disabled disabled = turn.rejection(index);
        String name = names.getOrDefault(entry.getClass(), "?");
        for (String clause : clausesOf(entry.getClass())) {
            boolean failed = disabled != null && disabled.clause().equals(clause);
            seen.add(name + " " + clause + (failed ? " fails" : " holds"));
            if (failed) {
                return;
            }
        }
    }

    private List<String> clausesOf(Class<?> type) {
        Slice<?, ?, ?> owner = owners.get(type);
        return owner == null ? List.of() : owner.guards().clausesOf(type);
    }

    /** All transitions and clauses that there are, as they are noted when seen. */
    public Set<String> all() {
        Set<String> all = new TreeSet<>();
        for (Slice<?, ?, ?> slice : store.slices().subList(1, store.slices().size())) {
            for (Transition transition : slice.transitions()) {
                all.add(Watching.text(slice.name(), transition));
            }
            slice.types().actions().forEach((name, type) -> {
                for (String clause : slice.guards().clausesOf(type)) {
                    all.add(slice.name() + "/" + name + " " + clause + " holds");
                    all.add(slice.name() + "/" + name + " " + clause + " fails");
                }
            });
        }
        return all;
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
