package dev.dunlin.core.testkit;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeState;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Drives a store by hand, step by step, under virtual time: no thread, no clock, no service. The test is the world: it
 * dispatches wishes and facts, answers effects, and lets time pass; due ticks come in order, as the runtime gives them.
 *
 * <pre>{@code
 * var driver = StoreDriver.of(store);
 * driver.boot();
 * driver.dispatch(new Open());
 * driver.answer(driver.awaiting(DoorEffect.Unlock.class).id(), new Unlocked(handle));
 * driver.advanceBy(5_000_000);
 * }</pre>
 *
 * @param <R> the root of the store's state
 */
public final class StoreDriver<R> {

    /** Where virtual time begins: 2026-01-01T00:00:00Z, in microseconds since the Unix epoch. */
    public static final long START = 1_767_225_600_000_000L;

    private final Store<R> store;
    private final Listener<R> listener;
    private final List<Turn> turns = new ArrayList<>();
    private final Map<ActionId, Effect> awaiting = new LinkedHashMap<>();
    private long now;

    /** Is told of each turn. */
    @FunctionalInterface
    interface Listener<R> {
        void turned(StoreState<R> before, Turn turn, StoreState<R> after);
    }

    private StoreDriver(Store<R> store, Listener<R> listener) {
        this.store = store;
        this.listener = listener;
        this.now = Math.max(START, store.state().now());
    }

    /** Drives a store on from where it stands; its time is at least {@link #START}. */
    public static <R> StoreDriver<R> of(Store<R> store) {
        return new StoreDriver<>(store, (before, turn, after) -> {});
    }

    /** As {@link #of(Store)}, and tells of each turn. */
    static <R> StoreDriver<R> of(Store<R> store, Listener<R> listener) {
        return new StoreDriver<>(store, listener);
    }

    /** Boots the next run, with an empty configuration. */
    public Turn boot() {
        return boot(Table.empty());
    }

    /** Boots the next run; its seed is its number. */
    public Turn boot(Table<String, String> config) {
        return boot(config, store.state().node().run() + 1);
    }

    /** Boots the next run with a seed for its random draws; what the last run's services were asked is forgotten. */
    public Turn boot(Table<String, String> config, long seed) {
        awaiting.clear();
        return dispatch(new NodeAction.Booted(store.state().node().run() + 1, "test", config, now, seed));
    }

    /**
     * Gives the store an input that answers no effect.
     *
     * @throws StoreFailure if a machine has a bug
     * @throws IllegalArgumentException if no mounted machine owns the action's type
     */
    public Turn dispatch(Action action) {
        return input(Input.of(action));
    }

    /**
     * Answers an effect. A request is answered once; a subscription gives facts until one of them ends a handle.
     *
     * @param effect the effect's id, see {@link #awaiting()}
     * @param fact what the service says
     * @throws IllegalArgumentException if no such effect awaits an answer: late and double answers go by {@link #input}
     */
    public Turn answer(ActionId effect, Action fact) {
        Effect asked = awaiting.get(effect);
        if (asked == null) {
            throw new IllegalArgumentException("no effect " + effect + " awaits an answer; awaiting: " + awaiting);
        }
        if (asked instanceof Effect.Request || fact instanceof Action.EndsHandle) {
            awaiting.remove(effect);
        }
        return input(new Input(fact, effect));
    }

    /** Answers the oldest effect of a type that awaits an answer; as {@link #answer(ActionId, Action)}. */
    public Turn answer(Class<? extends Effect> effect, Action fact) {
        return answer(awaiting(effect).id(), fact);
    }

    /** Gives the store any input now, such as an answer that comes too late. */
    public Turn input(Input input) {
        StoreState<R> before = store.state();
        Turn turn = store.apply(input, now);
        turns.add(turn);
        for (Turn.Emitted emitted : turn.effects()) {
            if (!(emitted.effect() instanceof Effect.Fire)) {
                awaiting.put(emitted.id(), emitted.effect());
            }
        }
        listener.turned(before, turn, store.state());
        return turn;
    }

    /**
     * Lets time pass up to a moment, and gives each tick when it is due.
     *
     * @param at microseconds since the Unix epoch, not before {@link #now()}
     * @return the ticks' turns
     */
    public List<Turn> advanceTo(long at) {
        refusePast(at);
        List<Turn> ticked = new ArrayList<>();
        while (store.nextDeadline() <= at) {
            now = Math.max(now, store.nextDeadline());
            ticked.add(tick());
        }
        now = at;
        return ticked;
    }

    /** Lets microseconds pass; as {@link #advanceTo}. */
    public List<Turn> advanceBy(long micros) {
        return advanceTo(Math.addExact(now, micros));
    }

    /** Lets time pass until the next deadline and gives the ticks due then; does nothing if there is none. */
    public List<Turn> advanceToNextDeadline() {
        long next = store.nextDeadline();
        return next == Long.MAX_VALUE ? List.of() : advanceTo(Math.max(now, next));
    }

    /** As a runtime that was stopped and wakes late: time jumps to a moment, and all that was due is dealt out only then. */
    public List<Turn> oversleepTo(long at) {
        refusePast(at);
        now = at;
        return advanceTo(at);
    }

    private void refusePast(long at) {
        if (at < now) {
            throw new IllegalArgumentException("time runs backwards: " + at + " after " + now);
        }
    }

    private Turn tick() {
        return input(store.dueTick(now).orElseThrow(() -> new IllegalStateException("a deadline without a tick")));
    }

    /** Virtual time, microseconds since the Unix epoch. */
    public long now() {
        return now;
    }

    /** The store. */
    public Store<R> store() {
        return store;
    }

    /** The root after the last input. */
    public R root() {
        return store.state().root();
    }

    /** The store's own state after the last input. */
    public NodeState node() {
        return store.state().node();
    }

    /** The handles that are open in the world, in order. */
    public List<Handle> openHandles() {
        List<Handle> open = new ArrayList<>();
        node().handles().keys().forEach(open::add);
        return open;
    }

    /** All turns so far. */
    public List<Turn> turns() {
        return Collections.unmodifiableList(turns);
    }

    /** The last turn, if there was one. */
    public Optional<Turn> lastTurn() {
        return turns.isEmpty() ? Optional.empty() : Optional.of(turns.getLast());
    }

    /** The requests and subscriptions of this run that await an answer, oldest first. */
    public List<Turn.Emitted> awaiting() {
        return awaiting.entrySet().stream()
                .map(entry -> new Turn.Emitted(entry.getKey(), entry.getValue()))
                .toList();
    }

    /**
     * The oldest effect of a type that awaits an answer.
     *
     * @throws AssertionError if there is none
     */
    public Turn.Emitted awaiting(Class<? extends Effect> type) {
        return awaiting().stream()
                .filter(emitted -> type.isInstance(emitted.effect()))
                .findFirst()
                .orElseThrow(() ->
                        new AssertionError("no " + type.getSimpleName() + " awaits an answer; awaiting: " + awaiting));
    }

    /** All effects of a type so far, in order. */
    public <E extends Effect> List<E> effects(Class<E> type) {
        return turns.stream()
                .flatMap(turn -> turn.effects().stream())
                .map(Turn.Emitted::effect)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** All enabled actions of a type so far, inputs and derived ones, in order. */
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

    /** All that guards disabled so far, in order. */
    public List<Rejection> rejections() {
        return turns.stream().flatMap(turn -> rejections(turn)).toList();
    }

    /** All actions of a type that guards disabled so far, in order. */
    public List<Rejection> rejections(Class<? extends Action> type) {
        return rejections().stream()
                .filter(rejection -> type.isInstance(rejection.action()))
                .toList();
    }

    /** What guards disabled in one turn. */
    static Stream<Rejection> rejections(Turn turn) {
        List<Rejection> found = new ArrayList<>();
        for (int i = 0; i < turn.size(); i++) {
            Verdict.Disabled disabled = turn.rejection(i);
            if (disabled != null) {
                found.add(new Rejection(turn.id(i), turn.entry(i), disabled.clause(), disabled.operands()));
            }
        }
        return found.stream();
    }
}
