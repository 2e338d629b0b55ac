package dev.dunlin.core.store;

import dev.dunlin.core.state.Due;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The pure store: owns the state, takes one input at a time, and runs it and all it leads to to completion, in one
 * first-in-first-out queue without recursion. It has no thread, clock, log or service; the runtime, a test and the simulator drive
 * the same store.
 *
 * <p>Order: the guard is asked once, when an action leaves the queue. An enabled action is reduced by its owner; then what the
 * owner dispatched is queued, then what the observers made of it, in mounting order. A wish that its guard disables is answered by
 * the store itself.
 *
 * <p>Not thread-safe: one thread owns it. {@link #state()} is immutable and may be handed to any.
 *
 * @param <R> the root of the state tree, one record of all machines' states
 */
public final class Store<R> {

    /** The most actions and effects that one input may lead to; more is a bug. */
    public static final int MAX_ENTRIES = 10_000;

    /** The most due entries that one tick deals out; what else is due waits for the next. */
    public static final int DUE_PER_TICK = 64;

    /** The most ticks at one time; more is a bug, not work. */
    public static final int MAX_TICKS = 1 << 20;

    private static final Input TICK = Input.of(new NodeAction.Tick());

    private final R initial;
    private final Mounts<R> mounts;
    private final Turning<R> turning;
    private final long[] deadlines;

    private StoreState<R> state;
    private R root;
    private NodeState node = NodeState.INITIAL;
    private long number;
    private long now;
    private long nextDeadline = Due.NEVER;
    private long ticksAt = Long.MIN_VALUE;
    private int ticks;
    private boolean failed;
    private @Nullable Watcher<R> watcher;

    // Which machines take part, by their places; all if there is none.
    private boolean @Nullable [] part;
    private @Nullable Set<String> partakers;

    private Store(R initial, Mounts<R> mounts, Turning<R> turning) {
        this.initial = initial;
        this.root = initial;
        this.mounts = mounts;
        this.turning = turning;
        this.deadlines = new long[mounts.all().size()];
        this.state = new StoreState<>(0, 0, node, root);
        recomputeDeadlines();
    }

    /** Starts a store on an initial root. */
    public static <R> Builder<R> of(R initial) {
        return new Builder<>(initial);
    }

    /** Mounts machines. */
    public static final class Builder<R> {
        private final R initial;
        private final List<Mount<R, ?, ?>> mounts = new ArrayList<>();

        private Builder(R initial) {
            this.initial = initial;
            mounts.add(new Mount<>(0, NodeMachine.NODE, null, null));
        }

        /**
         * Mounts a machine.
         *
         * @param machine the machine
         * @param get its state in the root
         * @param set the root with another state of it
         * @throws IllegalArgumentException if its name is taken, an action has no name or no guard, a type is registered twice, or an
         *     effect is not of exactly one kind
         */
        public <S, A extends Action> Builder<R> mount(
                Machine<? super R, S, A> machine, Function<R, S> get, BiFunction<R, S, R> set) {
            for (Mount<R, ?, ?> other : mounts) {
                if (other.name.equals(machine.name())) {
                    throw new IllegalArgumentException("two machines are named " + machine.name());
                }
            }
            Mounting.check(machine);
            mounts.add(new Mount<>(mounts.size(), machine, get, set));
            return this;
        }

        /** The store, before its first input. */
        public Store<R> build() {
            Mounts<R> all = Mounts.of(mounts);
            return new Store<>(initial, all, new Turning<>(all));
        }
    }

    /**
     * Another store of the same machines, before its first input. It shares with this one all that never changes and the room in
     * which an input is worked on, so that thousands cost little; so one thread must own both.
     */
    public Store<R> another() {
        return new Store<>(initial, mounts, turning);
    }

    /**
     * From the next input on only these machines take part, besides the store's own: the others are not booted, observe nothing,
     * nothing of theirs is due, and what they knew is gone, as when a program goes on without them. So a store replays a run in which
     * fewer machines were mounted.
     *
     * @param machines their names; those that are not mounted are passed over
     */
    public void only(Set<String> machines) {
        if (machines != partakers) {
            boolean[] those = new boolean[deadlines.length];
            boolean areAll = true;
            for (Mount<R, ?, ?> mount : mounts.all()) {
                those[mount.index] = mount.index == 0 || machines.contains(mount.name);
                areAll &= those[mount.index];
            }
            partakers = machines;
            part = areAll ? null : those;
            recomputeDeadlines();
        }
        forgetOthers();
    }

    private void forgetOthers() {
        if (part == null) {
            return;
        }
        R left = root;
        for (Mount<R, ?, ?> mount : mounts.all()) {
            Object initial = mount.machine.initial();
            if (!takesPart(mount.index) && mount.read(node, left) != initial) {
                left = mount.written(left, initial);
            }
        }
        if (left != root) {
            root = left;
            state = new StoreState<>(number, now, node, root);
        }
    }

    /** From the next input on all machines take part. */
    public void all() {
        part = null;
        partakers = null;
        recomputeDeadlines();
    }

    boolean takesPart(int mount) {
        return part == null || part[mount];
    }

    /**
     * Another store of the same machines, before its first input, which another thread may own: only what never changes is shared. It
     * costs little, where to mount them anew means to look at all of their types.
     */
    public Store<R> fresh() {
        return new Store<>(initial, mounts, new Turning<>(mounts));
    }

    /** The state after the last input. */
    public StoreState<R> state() {
        return state;
    }

    /** The mounted machines, the store's own first. */
    public List<Machine<? super R, ?, ?>> machines() {
        List<Machine<? super R, ?, ?>> machines = new ArrayList<>();
        for (Mount<R, ?, ?> mount : mounts.all()) {
            machines.add(mount.machine);
        }
        return machines;
    }

    /** Why an action may be no input, in a sentence; empty if it may. */
    public Optional<String> whyNoInput(Action action) {
        Mounts.Route<R> route = mounts.routes().get(action.getClass());
        if (route == null) {
            return Optional.of(action.getClass().getName()
                    + " is no input of a machine that this node has: give its sealed interface to that machine's"
                    + " actions(…), or mount the machine that has it");
        }
        if (route.owner().index == 0 && !(action instanceof NodeAction.Configure)) {
            return Optional.of(route.type() + " is no input that anybody may give: the node makes it itself");
        }
        return switch (route.kind()) {
            case ACTION -> Optional.empty();
            case DUE -> Optional.of(route.type() + " is no input that anybody may give: it is made of what is due");
            case OUTCOME -> Optional.of(route.type() + " is an outcome and no input: a machine gives it");
            case EFFECT -> Optional.of(route.type() + " is an effect and no input: a machine asks for it");
        };
    }

    /** The name of a mounted machine's action or effect, as logs have it. */
    public String nameOf(Class<? extends Action> type) {
        Mounts.Route<R> route = mounts.routes().get(type);
        if (route == null) {
            throw new IllegalArgumentException(type.getName() + " is of no mounted machine");
        }
        return route.type();
    }

    /** The machines' states, by name in mounting order, the store's own first. */
    public Map<String, Object> statesOf(StoreState<R> of) {
        Map<String, Object> states = new LinkedHashMap<>();
        for (Mount<R, ?, ?> mount : mounts.all()) {
            states.put(mount.name, mount.read(of.node(), of.root()));
        }
        return states;
    }

    /**
     * The state of another moment, of machines' states by name; a machine that is not named gets its initial state.
     *
     * @throws ClassCastException if a state is of another machine's type
     */
    public StoreState<R> stateOf(long input, long at, Map<String, Object> states) {
        R made = root;
        NodeState own = NodeState.INITIAL;
        for (Mount<R, ?, ?> mount : mounts.all()) {
            Object its = states.getOrDefault(mount.name, mount.machine.initial());
            if (mount.index == 0) {
                own = (NodeState) its;
            } else {
                made = mount.written(made, its);
            }
        }
        return new StoreState<>(input, at, own, made);
    }

    /** Goes to another moment: from there the next input has the following number. */
    public void restore(StoreState<R> moment) {
        state = moment;
        root = moment.root();
        node = moment.node();
        number = moment.input();
        now = moment.now();
        failed = false;
        ticksAt = Long.MIN_VALUE;
        recomputeDeadlines();
    }

    /**
     * Takes the number and the time of an input that failed when it was recorded, and changes nothing: as the node did, which
     * went on behind it at its next start.
     */
    public void skip(long input, long at) {
        restore(new StoreState<>(input, at, state.node(), state.root()));
    }

    /** When something is next due, microseconds of the node's time; {@link Due#NEVER} if nothing is. */
    public long nextDeadline() {
        return nextDeadline;
    }

    /** As {@link #nextDeadline()}, of another moment. */
    public long nextDeadline(StoreState<R> of) {
        return least(deadlines(of.node(), of.root(), new long[deadlines.length]));
    }

    /** The tick that is due at a time. The runtime takes it before what is queued. */
    public Optional<Input> dueTick(long at) {
        return nextDeadline > at ? Optional.empty() : Optional.of(TICK);
    }

    /** Is told of each action of an input, when it is done. */
    @FunctionalInterface
    public interface Watcher<R> {
        /**
         * An action was reduced, or disabled.
         *
         * @param index its place in the input's dispatches
         * @param state the state after it
         */
        void after(int index, StoreState<R> state);
    }

    /** As {@link #apply(Input, long)}, watched: for debuggers, which want to know which of an input's actions did something. */
    public Turn apply(Input input, long at, Watcher<R> by) {
        watcher = by;
        try {
            return apply(input, at);
        } finally {
            watcher = null;
        }
    }

    /**
     * Runs one input to completion.
     *
     * @param input the input; its type is of a mounted machine
     * @param at its time, microseconds of the node's time, not before the last input's
     * @return all that it led to
     * @throws IllegalArgumentException if the type is no mounted machine's or time would run backwards; nothing has happened then
     * @throws StoreFailure if a machine has a bug; the store takes no more inputs
     */
    public Turn apply(Input input, long at) {
        if (failed) {
            throw new IllegalStateException("the store has failed and takes no more inputs");
        }
        if (number == Long.MAX_VALUE) {
            throw new IllegalStateException("there is no further input number after " + number);
        }
        if (at < now) {
            throw new IllegalArgumentException("time runs backwards: " + at + " after " + now);
        }
        mounts.of(input.action());
        turning.begin(this, input, number + 1, at);
        R rootBefore = root;
        NodeState nodeBefore = node;
        try {
            turning.toCompletion();
            List<Turn.Changed> changed = settle(rootBefore, nodeBefore);
            countTicks(input, at);
            number++;
            now = at;
            state = new StoreState<>(number, now, node, root);
            return turning.done(changed);
        } catch (Throwable e) {
            restore(state);
            failed = true;
            throw new StoreFailure(input, number + 1, at, turning.current(), turning.whatFailed(e), e);
        } finally {
            turning.end();
        }
    }

    private List<Turn.Changed> settle(R rootBefore, NodeState nodeBefore) {
        List<Turn.Changed> changed = List.of();
        boolean deadlinesMoved = false;
        for (Mount<R, ?, ?> mount : mounts.all()) {
            if (!turning.touched[mount.index]) {
                continue;
            }
            Object after = mount.read(node, root);
            Object before = mount.read(nodeBefore, rootBefore);
            if (after != before) {
                if (changed.isEmpty()) {
                    changed = new ArrayList<>(2);
                }
                changed.add(new Turn.Changed(mount.name, before, after));
                long deadline = mount.nextDue(after);
                deadlinesMoved |= deadline != deadlines[mount.index];
                deadlines[mount.index] = deadline;
            }
        }
        if (deadlinesMoved) {
            nextDeadline = least(deadlines);
        }
        return changed;
    }

    // Each entry that a tick deals out moves on; whoever makes new ones due at once, again and again, would loop for
    // ever.
    private void countTicks(Input input, long at) {
        if (input.action() instanceof NodeAction.Tick) {
            ticks = ticksAt == at ? ticks + 1 : 1;
            ticksAt = at;
            if (nextDeadline <= at && ticks > MAX_TICKS) {
                throw new IllegalStateException(
                        "after " + ticks + " ticks at " + at + " something is still due at " + nextDeadline);
            }
        }
    }

    private void recomputeDeadlines() {
        nextDeadline = least(deadlines(node, root, deadlines));
    }

    private long[] deadlines(NodeState own, R all, long[] into) {
        for (Mount<R, ?, ?> mount : mounts.all()) {
            into[mount.index] = takesPart(mount.index) ? mount.nextDue(mount.read(own, all)) : Due.NEVER;
        }
        return into;
    }

    private static long least(long[] of) {
        long least = Due.NEVER;
        for (long deadline : of) {
            least = Math.min(least, deadline);
        }
        return least;
    }

    // What the input in work sees and changes.

    R root() {
        return root;
    }

    NodeState node() {
        return node;
    }

    @SuppressWarnings("unchecked") // a mount of this very store
    Object stateOf(Mount<?, ?, ?> mount) {
        return ((Mount<R, ?, ?>) mount).read(node, root);
    }

    void write(Mount<R, ?, ?> mount, Object after) {
        if (mount.index == 0) {
            node = (NodeState) after;
        } else {
            root = mount.written(root, after);
            if (mount.read(node, root) != after) {
                throw new IllegalStateException("the mount of the machine " + mount.name
                        + " is wrong: what its setter writes is not what its getter reads");
            }
        }
    }

    void hold(Handle handle, NodeState.Holding by) {
        node = node.withHandles(node.handles().with(handle, by));
    }

    void release(Handle handle) {
        node = node.withHandles(node.handles().without(handle));
    }

    void watched(int index, long input, long at) {
        Watcher<R> watching = watcher;
        if (watching != null) {
            watching.after(index, new StoreState<>(input, at, node, root));
        }
    }
}
