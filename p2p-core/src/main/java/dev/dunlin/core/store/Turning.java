package dev.dunlin.core.store;

import dev.dunlin.core.state.Text;
import dev.dunlin.core.store.Mounts.Route;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one input in work: its queue, which is also the record of all that it led to. Stores that one thread owns may share
 * one, since each has done with it when its input is.
 */
final class Turning<R> implements Context {

    /** The clause that disables what only the store may say, and what it said of an entry that is due no more. */
    static final String IS_DUE = "is-due";

    /** The most characters that the operands of one input's rejections have together. */
    static final int MAX_OPERANDS = 1 << 20;

    private static final int MAX_MESSAGE = 1_000;

    private static final Verdict.Disabled NOT_DUE = new Verdict.Disabled(IS_DUE, List.of());
    private static final Input NOTHING = Input.of(new NodeAction.Tick());

    final boolean[] touched;
    private final Mounts<R> mounts;
    private final Draws[] drawsOf;

    private Action[] entries = new Action[64];
    private @Nullable Route<?>[] routes = new Route<?>[64];
    private int[] causes = new int[64];
    private @Nullable Verdict[] verdicts = new Verdict[64];
    private int size;
    private int current;
    private long number;
    private long at;
    private boolean durable;
    private @Nullable Store<R> owner;
    private Input input = NOTHING;
    private @Nullable Draws draws;
    private long serial;
    private long operandChars;

    // What a tick found due, and the place of the first of its actions.
    private List<DueEntry<?, ?, ?>> due = List.of();
    private int firstDue;

    Turning(Mounts<R> mounts) {
        this.mounts = mounts;
        int count = mounts.all().size();
        touched = new boolean[count];
        drawsOf = new Draws[count];
        for (Mount<R, ?, ?> mount : mounts.all()) {
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
        due = List.of();
        firstDue = 0;
        operandChars = 0;
        serial++;
        push(next.action());
    }

    void end() {
        owner = null;
        draws = null;
        due = List.of();
        Arrays.fill(entries, 0, size, null);
        Arrays.fill(verdicts, 0, size, null);
    }

    void toCompletion() {
        Store<R> in = store();
        for (current = 0; current < size; current++) {
            Action action = entries[current];
            @SuppressWarnings("unchecked") // of these mounts
            Route<R> route = (Route<R>) Objects.requireNonNull(routes[current]);
            if (route.kind() != Mounts.Kind.EFFECT) {
                step(in, route, action);
                in.watched(current, number, at);
            }
        }
        current = 0;
        checkProgress(in);
    }

    private void step(Store<R> in, Route<R> route, Action action) {
        if (route.kind() != Mounts.Kind.OUTCOME && !reduced(in, route, action)) {
            return;
        }
        List<Mounts.Observer> observers = route.observers();
        for (int i = 0; i < observers.size(); i++) {
            Mounts.Observer observer = observers.get(i);
            if (in.takesPart(observer.mount())) {
                observe(observer.on(), action);
            }
        }
    }

    @SuppressWarnings("unchecked") // observers are filed under the fact's own class
    private <F extends Action> void observe(On<F, ?> on, Action action) {
        F fact = (F) action;
        if (on.matters().test(fact)) {
            Action made = on.as().apply(fact);
            if (made == null) {
                throw new IllegalStateException(
                        "a machine that observes it made null of it: filter what does not matter");
            }
            push(made);
        }
    }

    @SuppressWarnings("unchecked") // actions are filed under their owner
    private <S, A extends Action> boolean reduced(Store<R> in, Route<R> route, Action untyped) {
        Mount<R, S, A> mount = (Mount<R, S, A>) route.owner();
        A action = (A) untyped;
        S before = mount.read(in.node(), in.root());
        Verdict verdict = route.kind() == Mounts.Kind.DUE && !isStillDue(before)
                ? NOT_DUE
                : Guards.ask((Guards.Clause<R, S, A>[]) route.clauses(), in.root(), before, action, at, wallTime());
        if (verdict == Verdict.ENABLED && untyped instanceof NodeAction.Configure change) {
            verdict = Reconfiguring.verdict(mounts, in.node(), in.root(), change.changes(), at);
        }
        if (verdict instanceof Verdict.Disabled told) {
            Verdict.Disabled disabled = bounded(told);
            verdicts[current] = disabled;
            track(in, action, false);
            refuse(route, action, disabled);
            return false;
        }
        turnDraws(in, mount);
        S after = mount.machine.reduce(before, action, this);
        if (after == null) {
            throw new IllegalStateException("its reducer returned null");
        }
        if (after != before) {
            touched[mount.index] = true;
            in.write(mount, after);
        }
        if (mount.index == 0) {
            own(in, untyped);
        }
        track(in, action, true);
        return true;
    }

    // All that one input's rejections looked at has a bound: what is beyond it is told without operands.
    private Verdict.Disabled bounded(Verdict.Disabled told) {
        for (Operand operand : told.operands()) {
            operandChars += operand.name().length() + operand.value().length();
        }
        return operandChars <= MAX_OPERANDS || told.operands().isEmpty()
                ? told
                : new Verdict.Disabled(told.clause(), List.of());
    }

    private void turnDraws(Store<R> in, Mount<R, ?, ?> mount) {
        draws = drawsOf[mount.index];
        draws.turnTo(in.node().seed(), number, serial);
    }

    // What the store's own actions do to the others.
    private void own(Store<R> in, Action action) {
        if (action instanceof NodeAction.Booted booted) {
            for (Mount<R, ?, ?> mount : mounts.all()) {
                if (in.takesPart(mount.index)) {
                    boot(in, mount, booted);
                }
            }
        } else if (action instanceof NodeAction.Configure) {
            for (Mount<R, ?, ?> mount : mounts.all()) {
                if (in.takesPart(mount.index)) {
                    configure(in, mount);
                }
            }
        } else if (action instanceof NodeAction.Tick) {
            due = DueEntry.of(mounts, in, at, Store.DUE_PER_TICK);
            firstDue = size;
            for (DueEntry<?, ?, ?> entry : due) {
                push(entry.action());
            }
        }
    }

    private <S> void boot(Store<R> in, Mount<R, S, ?> mount, NodeAction.Booted booted) {
        turnDraws(in, mount);
        S before = mount.read(in.node(), in.root());
        S after = mount.machine.boot(before, booted, this);
        if (after != before) {
            touched[mount.index] = true;
            in.write(mount, after);
        }
    }

    private <S> void configure(Store<R> in, Mount<R, S, ?> mount) {
        S before = mount.read(in.node(), in.root());
        S after = mount.machine.configured(before, in.node().config(), at);
        if (after != before) {
            touched[mount.index] = true;
            in.write(mount, after);
        }
    }

    private boolean isStillDue(Object own) {
        int place = current - firstDue;
        return firstDue > 0
                && place >= 0
                && place < due.size()
                && due.get(place).isAsDealt(own, at);
    }

    // What was due and is due still would be dealt out again for ever.
    private void checkProgress(Store<R> in) {
        for (int i = 0; i < due.size(); i++) {
            DueEntry<?, ?, ?> entry = due.get(i);
            Verdict verdict = verdicts[firstDue + i];
            // What another replaced is dealt out again as it is now.
            if (verdict != NOT_DUE && entry.isDue(in.stateOf(entry.mount()), at)) {
                current = firstDue + i;
                throw new IllegalStateException("the entry " + entry.key() + " of the machine "
                        + entry.mount().name + " is due at " + at + " and was not moved on by its action"
                        + (verdict == null ? "" : ", which was disabled: " + verdict));
            }
        }
    }

    private void refuse(Route<R> route, Action action, Verdict.Disabled why) {
        if (action instanceof Action.Wish wish && !wish.ticket().isNone()) {
            push(new NodeOutcome.Refused(wish.ticket(), route.type(), action.about(), why.clause(), why.operands()));
        }
    }

    private void track(Store<R> in, Action action, boolean enabled) {
        if (action instanceof Action.BringsHandle brings) {
            Handle handle = brings.brought();
            if (in.node().handles().has(handle)) {
                // Told twice, against the contract: what the state holds already is not closed behind its back.
                return;
            }
            touched[0] = true;
            in.hold(handle, enabled ? NodeState.Holding.STATE : NodeState.Holding.ORPHAN);
            if (!enabled) {
                effect(new NodeEffect.CloseHandle(handle));
            }
        } else if (action instanceof Action.EndsHandle ends && current == 0) {
            // A derived end is what a machine thinks; the world says itself when a thing is closed.
            touched[0] = true;
            in.release(ends.ended());
        }
    }

    private void push(Action action) {
        push(action, mounts.of(action));
    }

    private void push(Action action, Route<R> route) {
        if (size == Store.MAX_ENTRIES) {
            throw new IllegalStateException("one input leads to more than " + Store.MAX_ENTRIES + " actions");
        }
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, size * 2);
            routes = Arrays.copyOf(routes, size * 2);
            causes = Arrays.copyOf(causes, size * 2);
            verdicts = Arrays.copyOf(verdicts, size * 2);
        }
        entries[size] = action;
        routes[size] = route;
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

    /** The place of the action in work. */
    int current() {
        return current;
    }

    /** What failed and why, in at most some 1,000 characters. */
    String whatFailed(Throwable e) {
        Route<?> route = current < size ? routes[current] : null;
        String told = (route == null ? "the input" : route.type()) + " failed: " + e;
        return told.length() <= MAX_MESSAGE ? told : Text.head(told, MAX_MESSAGE) + "…";
    }

    @Override
    public long now() {
        return at;
    }

    @Override
    public long wallTime() {
        return at + store().node().wallOffset();
    }

    @Override
    public ActionId id() {
        return new ActionId(number, current);
    }

    @Override
    public long run() {
        return store().node().run();
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
        push(action);
    }

    @Override
    public ActionId effect(Effect effect) {
        durable |= effect instanceof Effect.Durable;
        push(effect);
        return new ActionId(number, size - 1);
    }
}
