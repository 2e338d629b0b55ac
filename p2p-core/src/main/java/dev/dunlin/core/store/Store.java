package dev.dunlin.core.store;

import dev.dunlin.core.state.Deadlines;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The pure store: owns the state, takes one input at a time, and runs it and all it leads to to completion, in one
 * first-in-first-out queue without recursion. It has no thread, clock, log or service; the runtime, a test and the simulator drive
 * the same store.
 *
 * <p>Order: the guard is asked once, when an action leaves the queue. An enabled action is reduced by its owner; then what the
 * owner dispatched is queued, then what the observers made of it, in mounting order.
 *
 * <p>Not thread-safe: one thread owns it. {@link #state()} is immutable and may be handed to any.
 *
 * @param <R> the root of the state tree, one record of all slices' states
 */
public final class Store<R> {

    /** The most actions and effects that one input may lead to; more is a bug. */
    public static final int MAX_ENTRIES = 10_000;

    /** The most ticks of one slice at one time; more is a bug, not work. */
    public static final int MAX_TICKS = 10_000;

    private final R initial;
    private final List<Mount<R, ?, ?>> mounts;

    // Lookup only, never iterated.
    private final Map<Class<?>, Route<R>> routes;

    private final Mount<R, NodeState, NodeAction> nodeMount;
    private final Turning<R> turning;
    private final long[] deadlines;
    private final long[] ticksAt;
    private final int[] ticks;

    private StoreState<R> state;
    private R root;
    private NodeState node = NodeState.INITIAL;
    private long number;
    private long now;
    private long nextDeadline = Deadlines.NEVER;
    private boolean failed;
    private @Nullable Watcher<R> watcher;

    private Store(R initial, List<Mount<R, ?, ?>> mounts, Map<Class<?>, Route<R>> routes, Turning<R> turning) {
        this.initial = initial;
        this.root = initial;
        this.mounts = mounts;
        @SuppressWarnings("unchecked")
        Mount<R, NodeState, NodeAction> first = (Mount<R, NodeState, NodeAction>) mounts.getFirst();
        this.nodeMount = first;
        this.routes = routes;
        this.turning = turning;
        this.deadlines = new long[mounts.size()];
        this.ticks = new int[mounts.size()];
        this.ticksAt = new long[mounts.size()];
        Arrays.fill(ticksAt, Long.MIN_VALUE);
        this.state = new StoreState<>(0, 0, node, root);
        recomputeDeadlines();
    }

    /** Starts a store on an initial root. */
    public static <R> Builder<R> of(R initial) {
        return new Builder<>(initial);
    }

    /** Mounts slices. */
    public static final class Builder<R> {
        private final R initial;
        private final List<Mount<R, ?, ?>> mounts = new ArrayList<>();

        private Builder(R initial) {
            this.initial = initial;
            mounts.add(new Mount<>(0, new NodeSlice(), null, null));
        }

        /**
         * Mounts a machine.
         *
         * @param slice the machine
         * @param get its state in the root
         * @param set the root with another state of it
         * @throws IllegalArgumentException if its name is taken, an action has no name or no guard, a type is registered twice, or an
         *     effect is not of exactly one kind
         */
        public <S, A extends Action> Builder<R> mount(
                Slice<? super R, S, A> slice, Function<R, S> get, BiFunction<R, S, R> set) {
            for (Mount<R, ?, ?> other : mounts) {
                if (other.name.equals(slice.name())) {
                    throw new IllegalArgumentException("two slices are named " + slice.name());
                }
            }
            Mounting.check(slice);
            mounts.add(new Mount<>(mounts.size(), slice, get, set));
            return this;
        }

        /** The store, before its first input. */
        public Store<R> build() {
            List<Mount<R, ?, ?>> all = List.copyOf(mounts);
            Map<Class<?>, Route<R>> routes = routes();
            return new Store<>(initial, all, routes, new Turning<>(all));
        }

        private Map<Class<?>, Route<R>> routes() {
            Map<Class<?>, Route<R>> routes = new HashMap<>();
            for (Mount<R, ?, ?> mount : mounts) {
                mount.slice.types().actions().forEach((name, type) -> {
                    Route<R> before = routes.put(type, new Route<>(mount, new ArrayList<>()));
                    if (before != null) {
                        throw new IllegalArgumentException(type.getName() + " is registered by the slices "
                                + before.owner.name + " and " + mount.name);
                    }
                });
            }
            for (Mount<R, ?, ?> mount : mounts) {
                for (On<?, ? extends Action> on : mount.slice.observes()) {
                    Route<R> route = routes.get(on.fact());
                    if (Effect.class.isAssignableFrom(on.fact())) {
                        throw new IllegalArgumentException(
                                mount.name + " observes " + on.fact().getName() + ", which is an effect and no fact");
                    }
                    if (route == null) {
                        throw new IllegalArgumentException(
                                mount.name + " observes " + on.fact().getName() + ", which no mounted slice owns");
                    }
                    route.observers.add(on);
                }
            }
            return routes;
        }
    }

    /** One mounted slice. */
    private static final class Mount<R, S, A extends Action> {
        final int index;
        final String name;
        final Slice<? super R, S, A> slice;
        final @Nullable Function<R, S> get;
        final @Nullable BiFunction<R, S, R> set;
        final Guards<? super R, S, A> guards;
        final Optional<A> tick;

        Mount(
                int index,
                Slice<? super R, S, A> slice,
                @Nullable Function<R, S> get,
                @Nullable BiFunction<R, S, R> set) {
            this.index = index;
            this.name = slice.name();
            this.slice = slice;
            this.get = get;
            this.set = set;
            this.guards = slice.guards();
            this.tick = slice.tick();
        }
    }

    private record Route<R>(Mount<R, ?, ?> owner, List<On<?, ?>> observers) {}

    /**
     * Another store of the same machines, before its first input. It shares with this one all that never changes and the room in
     * which an input is worked on, so that thousands cost little; so one thread must own both.
     */
    public Store<R> another() {
        return new Store<>(initial, mounts, routes, turning);
    }

    /** The state after the last input. */
    public StoreState<R> state() {
        return state;
    }

    /** The mounted slices, the store's own first. */
    public List<Slice<? super R, ?, ?>> slices() {
        List<Slice<? super R, ?, ?>> slices = new ArrayList<>();
        for (Mount<R, ?, ?> mount : mounts) {
            slices.add(mount.slice);
        }
        return slices;
    }

    /** The slices' states, by name in mounting order, the store's own first. */
    public Map<String, Object> statesOf(StoreState<R> of) {
        Map<String, Object> states = new LinkedHashMap<>();
        for (Mount<R, ?, ?> mount : mounts) {
            states.put(mount.name, read(mount, of.node(), of.root()));
        }
        return states;
    }

    /**
     * The state of another moment, of slices' states by name; a slice that is not named gets its initial state.
     *
     * @throws ClassCastException if a state is of another slice's type
     */
    public StoreState<R> stateOf(long input, long at, Map<String, Object> states) {
        R made = root;
        NodeState own = NodeState.INITIAL;
        for (Mount<R, ?, ?> mount : mounts) {
            Object slice = states.getOrDefault(mount.name, mount.slice.initial());
            if (mount == nodeMount) {
                own = (NodeState) slice;
            } else {
                made = written(mount, made, slice);
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
        Arrays.fill(ticksAt, Long.MIN_VALUE);
        recomputeDeadlines();
    }

    /** When a tick is next due, microseconds since the Unix epoch; {@link Deadlines#NEVER} if none is. */
    public long nextDeadline() {
        return nextDeadline;
    }

    /** The tick that is due at a time: the earliest deadline's, then by mounting order. It is to be the next input. */
    public Optional<Input> dueTick(long at) {
        if (nextDeadline > at) {
            return Optional.empty();
        }
        for (Mount<R, ?, ?> mount : mounts) {
            if (deadlines[mount.index] == nextDeadline && mount.tick.isPresent()) {
                return Optional.of(Input.of(mount.tick.get()));
            }
        }
        return Optional.empty();
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
     * @param input the input; its type is of a mounted slice
     * @param at its time, microseconds since the Unix epoch, not before the last input's
     * @return all that it led to
     * @throws IllegalArgumentException if the type is no mounted slice's or time would run backwards; nothing has happened then
     * @throws StoreFailure if a machine has a bug; the store takes no more inputs
     */
    public Turn apply(Input input, long at) {
        if (failed) {
            throw new IllegalStateException("the store has failed and takes no more inputs");
        }
        if (at < now) {
            throw new IllegalArgumentException("time runs backwards: " + at + " after " + now);
        }
        if (!routes.containsKey(input.action().getClass())) {
            throw new IllegalArgumentException(
                    input.action().getClass().getName() + " is of no mounted slice: mount its slice first");
        }
        turning.begin(this, input, number + 1, at);
        R rootBefore = root;
        NodeState nodeBefore = node;
        try {
            turning.toCompletion();
            number = turning.number;
            now = at;
            List<Turn.Changed> changed = settle(rootBefore, nodeBefore);
            checkTicks(input, at);
            state = new StoreState<>(number, now, node, root);
            return turning.done(changed);
        } catch (Throwable e) {
            restore(state);
            failed = true;
            throw new StoreFailure(input, number + 1, at, turning.current, turning.whatFailed(e), e);
        } finally {
            turning.end();
        }
    }

    private List<Turn.Changed> settle(R rootBefore, NodeState nodeBefore) {
        List<Turn.Changed> changed = List.of();
        boolean deadlinesMoved = false;
        for (int i = 0; i < mounts.size(); i++) {
            if (!turning.touched[i]) {
                continue;
            }
            Mount<R, ?, ?> mount = mounts.get(i);
            Object after = read(mount, node, root);
            Object before = read(mount, nodeBefore, rootBefore);
            if (after != before) {
                if (changed.isEmpty()) {
                    changed = new ArrayList<>(2);
                }
                changed.add(new Turn.Changed(mount.name, before, after));
                long deadline = deadlineOf(mount, after);
                if (deadline != deadlines[i]) {
                    deadlines[i] = deadline;
                    deadlinesMoved = true;
                }
            }
        }
        if (deadlinesMoved) {
            nextDeadline = least(deadlines);
        }
        return changed;
    }

    // A tick must move its deadline beyond now, or at least make progress; a machine that does neither would loop for
    // ever.
    private void checkTicks(Input input, long at) {
        Mount<R, ?, ?> mount = route(input.action()).owner;
        if (mount.tick.isEmpty()
                || mount.tick.get().getClass() != input.action().getClass()) {
            return;
        }
        if (deadlines[mount.index] > at) {
            return;
        }
        ticks[mount.index] = ticksAt[mount.index] == at ? ticks[mount.index] + 1 : 1;
        ticksAt[mount.index] = at;
        if (ticks[mount.index] > MAX_TICKS || read(mount, node, root) == read(mount, state.node(), state.root())) {
            throw new IllegalStateException("after its tick at " + at + " the slice " + mount.name
                    + " still has the deadline " + deadlines[mount.index] + " and made no progress");
        }
    }

    private void recomputeDeadlines() {
        for (Mount<R, ?, ?> mount : mounts) {
            deadlines[mount.index] = deadlineOf(mount, read(mount, node, root));
        }
        nextDeadline = least(deadlines);
    }

    private static <S> long deadlineOf(Mount<?, S, ?> mount, Object of) {
        @SuppressWarnings("unchecked")
        S typed = (S) of;
        long deadline = mount.slice.nextDeadline(typed);
        if (deadline != Deadlines.NEVER && mount.tick.isEmpty()) {
            throw new IllegalStateException("the slice " + mount.name + " has a deadline and no tick");
        }
        return deadline;
    }

    private static long least(long[] of) {
        long least = Deadlines.NEVER;
        for (long deadline : of) {
            least = Math.min(least, deadline);
        }
        return least;
    }

    private Route<R> route(Action action) {
        Route<R> route = routes.get(action.getClass());
        if (route == null) {
            throw new IllegalArgumentException(action.getClass().getName() + " is of no mounted slice");
        }
        return route;
    }

    @SuppressWarnings("unchecked")
    private <S> S read(Mount<R, S, ?> mount, NodeState own, R from) {
        return mount.get == null ? (S) own : mount.get.apply(from);
    }

    @SuppressWarnings("unchecked")
    private <S> R written(Mount<R, S, ?> mount, R into, Object slice) {
        return mount.set == null ? into : mount.set.apply(into, (S) slice);
    }

    /**
     * The one input in work: its queue, which is also the record of all that it led to. Stores that one thread owns may share
     * one, since each has done with it when its input is.
     */
    private static final class Turning<R> implements Context {
        final boolean[] touched;
        private final Draws[] drawsOf;

        private Action[] entries = new Action[64];
        private int[] causes = new int[64];
        private @Nullable Verdict[] verdicts = new Verdict[64];
        private int size;
        private int current;
        private long number;
        private long at;
        private boolean durable;
        private @Nullable Store<R> owner;
        private Input input = new Input(new NodeAction.ClockStepped(0, 0), ActionId.NONE);
        private @Nullable Draws draws;
        private long serial;

        Turning(List<Mount<R, ?, ?>> mounts) {
            touched = new boolean[mounts.size()];
            drawsOf = new Draws[mounts.size()];
            for (Mount<R, ?, ?> mount : mounts) {
                drawsOf[mount.index] = new Draws(mount.name);
            }
        }

        private Store<R> store() {
            return Objects.requireNonNull(owner, "no input is being worked on");
        }

        void begin(Store<R> store, Input next, long nextNumber, long time) {
            if (owner != null) {
                throw new IllegalStateException("an input is being worked on already");
            }
            owner = store;
            Arrays.fill(touched, false);
            input = next;
            number = nextNumber;
            at = time;
            size = 0;
            current = 0;
            durable = false;
            serial++;
            push(next.action());
        }

        void end() {
            owner = null;
            draws = null;
            Arrays.fill(entries, 0, size, null);
            Arrays.fill(verdicts, 0, size, null);
        }

        void toCompletion() {
            for (current = 0; current < size; current++) {
                Action action = entries[current];
                if (!(action instanceof Effect)) {
                    step(store(), action);
                    Watcher<R> watching = store().watcher;
                    if (watching != null) {
                        watching.after(current, new StoreState<>(number, at, store().node, store().root));
                    }
                }
            }
            current = 0;
        }

        @SuppressWarnings("unchecked")
        private <S, A extends Action> void step(Store<R> in, Action untyped) {
            Route<R> route = in.route(untyped);
            Mount<R, S, A> mount = (Mount<R, S, A>) route.owner;
            A action = (A) untyped;
            S before = in.read(mount, in.node, in.root);
            Verdict verdict = ((Guards<R, S, A>) mount.guards).ask(in.root, before, action, at);
            if (verdict instanceof Verdict.Disabled) {
                verdicts[current] = verdict;
                if (current == 0) {
                    trackHandles(in, action, false);
                }
                return;
            }
            draws = drawsOf[mount.index];
            draws.turnTo(in.node.seed(), number, serial);
            S after = mount.slice.reduce(before, action, this);
            if (after != before) {
                touched[mount.index] = true;
                if (mount == (Object) in.nodeMount) {
                    in.node = (NodeState) after;
                } else {
                    in.root = in.written(mount, in.root, after);
                }
            }
            if (current == 0) {
                trackHandles(in, action, true);
            }
            for (On<?, ?> on : route.observers) {
                observed(on, action).ifPresent(this::push);
            }
        }

        @SuppressWarnings("unchecked")
        private <F extends Action> Optional<? extends Action> observed(On<F, ?> on, Action fact) {
            return on.as().apply((F) fact);
        }

        private void trackHandles(Store<R> in, Action action, boolean enabled) {
            if (action instanceof Action.BringsHandle brings) {
                Handle handle = brings.brought();
                if (in.node.handles().has(handle)) {
                    // Told twice, against the contract: what the state holds already is not closed behind its back.
                    return;
                }
                touched[in.nodeMount.index] = true;
                in.node = in.node.withHandles(
                        in.node.handles().with(handle, enabled ? NodeState.Holding.STATE : NodeState.Holding.ORPHAN));
                if (!enabled) {
                    effect(new NodeEffect.CloseHandle(handle));
                }
            } else if (action instanceof Action.EndsHandle ends) {
                touched[in.nodeMount.index] = true;
                in.node = in.node.withHandles(in.node.handles().without(ends.ended()));
            }
        }

        private void push(Action action) {
            if (size == MAX_ENTRIES) {
                throw new IllegalStateException("one input leads to more than " + MAX_ENTRIES + " actions");
            }
            if (size == entries.length) {
                entries = Arrays.copyOf(entries, size * 2);
                causes = Arrays.copyOf(causes, size * 2);
                verdicts = Arrays.copyOf(verdicts, size * 2);
            }
            entries[size] = action;
            causes[size] = current;
            verdicts[size] = null;
            size++;
        }

        Turn done(List<Turn.Changed> changed) {
            return new Turn(
                    number,
                    at,
                    input,
                    Arrays.copyOf(entries, size),
                    Arrays.copyOf(causes, size),
                    Arrays.copyOf(verdicts, size),
                    changed,
                    durable);
        }

        String whatFailed(Throwable e) {
            return current < size
                    ? entries[current].getClass().getSimpleName() + " failed: " + e
                    : "the input failed: " + e;
        }

        @Override
        public long now() {
            return at;
        }

        @Override
        public ActionId id() {
            return new ActionId(number, current);
        }

        @Override
        public long run() {
            return store().node.run();
        }

        @Override
        public Draws random() {
            return Objects.requireNonNull(draws, "no action is being reduced");
        }

        @Override
        public void then(Action action) {
            if (action instanceof Effect) {
                throw new IllegalArgumentException(
                        action.getClass().getSimpleName() + " is an effect: emit it with effect()");
            }
            store().route(action);
            push(action);
        }

        @Override
        public ActionId effect(Effect effect) {
            store().route(effect);
            durable |= effect instanceof Effect.Durable;
            push(effect);
            return new ActionId(number, size - 1);
        }
    }
}
