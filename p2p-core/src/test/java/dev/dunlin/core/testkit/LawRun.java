package dev.dunlin.core.testkit;

import dev.dunlin.core.state.Content;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One sequence played on one store, one law asked after each input. The world of the sequence keeps the services' contract:
 * each handle is brought once, fresh, of this run, and ended at most once.
 */
final class LawRun<R, S, A extends Action> {

    /** A deadline a century away is as good as none: nobody waits for it, and sums of times do not overflow. */
    static final long FAR = StoreDriver.START + 3_155_760_000_000_000L;

    private static final int TRAIL = 12;
    private static final int MAX_TICKS = 50;

    private final MachineLaws<R, S, A> laws;
    private final String law;
    private final Consumer<Step<R, S, A>> check;
    private final Watched<? super R, S, A> watched;
    private final Machine<? super R, S, A> machine;
    private final StoreDriver<R> driver;
    private final List<StoreState<R>> afters = new ArrayList<>();
    private @Nullable Store<R> fork;
    private long handles;

    /** One input: what was before, what it led to, what is after. */
    record Step<R, S, A extends Action>(
            LawRun<R, S, A> run,
            StoreState<R> before,
            S ownBefore,
            Turn turn,
            StoreState<R> after,
            S own,
            List<Watched.Reduction<S>> reductions) {}

    LawRun(MachineLaws<R, S, A> laws, String law, Consumer<Step<R, S, A>> check) {
        this(laws, law, laws.sameMachine(), check);
    }

    LawRun(MachineLaws<R, S, A> laws, String law, Machine<? super R, S, A> machine, Consumer<Step<R, S, A>> check) {
        this.laws = laws;
        this.law = law;
        this.check = check;
        this.watched = new Watched<>(machine);
        this.machine = watched.machine();
        this.driver = StoreDriver.of(laws.store(this.machine), this::turned);
    }

    StoreDriver<R> driver() {
        return driver;
    }

    Machine<? super R, S, A> machine() {
        return machine;
    }

    MachineLaws<R, S, A> laws() {
        return laws;
    }

    /** Another store of the same machine, for what might have been. */
    Store<R> fork() {
        Store<R> known = fork;
        if (known == null) {
            known = laws.store(machine);
            fork = known;
        }
        return known;
    }

    /** What an input at a time would lead to from a state; the run itself goes on from where it is. */
    Turn foreseen(StoreState<R> from, Action input, long at) {
        Store<R> store = fork();
        store.restore(from);
        Turn turn = store.apply(Input.of(input), at);
        watched.taken();
        return turn;
    }

    S own(StoreState<R> state) {
        Object own = Objects.requireNonNull(driver.store().statesOf(state).get(machine.name()), machine.name());
        return machine.state().cast(own);
    }

    LawRun<R, S, A> play(List<Move> moves) {
        return guarded(() -> {
            driver.boot(laws.config());
            moves.forEach(this::make);
        });
    }

    LawRun<R, S, A> play(Script<R> script) {
        return guarded(() -> {
            driver.boot(laws.config());
            script.steps().accept(driver);
        });
    }

    private LawRun<R, S, A> guarded(Runnable play) {
        try {
            play.run();
        } catch (StoreFailure failure) {
            throw new LawBroken(
                    law,
                    describe(failure.getMessage() + ", at the input "
                            + failure.input().action()),
                    failure);
        } catch (LawBroken broken) {
            throw new LawBroken(law, describe(String.valueOf(broken.getMessage())), broken);
        } catch (RuntimeException thrown) {
            throw new LawBroken(law, describe("the law met " + thrown), thrown);
        }
        return this;
    }

    LawBroken broken(String why) {
        return new LawBroken(law, why);
    }

    private void turned(StoreState<R> before, Turn turn, StoreState<R> after) {
        afters.add(after);
        check.accept(new Step<>(this, before, own(before), turn, after, own(after), watched.taken()));
    }

    private void make(Move move) {
        switch (move) {
            case Move.Say(Action action) ->
                laws.fitted(action, driver).flatMap(this::placed).ifPresent(driver::dispatch);
            case Move.Answer(int effect, int answer) -> answer(effect, answer);
            case Move.Wait(Move.Pace pace, long micros) -> elapse(pace, micros);
            case Move.Reboot() -> driver.boot(laws.config());
        }
    }

    private void answer(int effect, int answer) {
        List<Turn.Emitted> awaiting = driver.awaiting();
        if (awaiting.isEmpty()) {
            return;
        }
        Turn.Emitted asked = awaiting.get(Math.floorMod(effect, awaiting.size()));
        List<? extends Action> answers = laws.answers(asked, driver);
        if (!answers.isEmpty()) {
            placed(answers.get(Math.floorMod(answer, answers.size())))
                    .ifPresent(fact -> driver.answer(asked.id(), fact));
        }
    }

    private void elapse(Move.Pace pace, long micros) {
        long now = driver.now();
        long next = driver.store().nextDeadline();
        boolean waits = next < FAR;
        switch (pace) {
            case TO_DEADLINE -> driver.advanceTo(waits ? Math.max(now, next) : now);
            case BEFORE_DEADLINE -> driver.advanceTo(waits ? Math.max(now, next - 1) : now);
            case BY -> advance(now + micros);
            case LATE -> driver.oversleepTo((waits ? Math.max(now, next) : now) + micros);
        }
    }

    // A machine with a heartbeat ticks for ever: some of it is enough.
    private void advance(long until) {
        int ticks = 0;
        while (driver.store().nextDeadline() <= until && ticks < MAX_TICKS) {
            ticks += driver.advanceToNextDeadline().size();
        }
        if (driver.store().nextDeadline() > until) {
            driver.advanceTo(until);
        }
    }

    // Placeholders become what a service that keeps its contract would say; an end of nothing is not said.
    private Optional<Action> placed(Action action) {
        Optional<Handle> brought =
                action instanceof Action.BringsHandle brings ? Optional.of(brings.brought()) : Optional.empty();
        Optional<Handle> ended =
                action instanceof Action.EndsHandle ends ? Optional.of(ends.ended()) : Optional.empty();
        if (ended.isPresent() && open(ended.get()).isEmpty()) {
            return Optional.empty();
        }
        Optional<Handle> fresh = brought.map(handle -> TypeArbitraries.isPlaceholder(handle)
                ? new Handle(handle.kind(), driver.node().run(), ++handles)
                : handle);
        Action placed = (Action) Values.mapped(action, part -> switch (part) {
            case Handle handle when brought.isPresent() && handle.equals(brought.get()) -> fresh.orElseThrow();
            case Handle handle
            when ended.isPresent() && handle.equals(ended.get()) -> open(handle).orElseThrow();
            case Handle handle
            when TypeArbitraries.isPlaceholder(handle) ->
                handle.number() == 0 ? stale(handle) : open(handle).orElse(stale(handle));
            case ActionId id when TypeArbitraries.isPlaceholder(id) -> id(id);
            default -> part;
        });
        return Optional.of(placed);
    }

    private Handle stale(Handle placeholder) {
        return new Handle(placeholder.kind(), driver.node().run(), 0);
    }

    private Optional<Handle> open(Handle wanted) {
        List<Handle> open = driver.openHandles().stream()
                .filter(handle -> handle.kind().equals(wanted.kind()))
                .toList();
        if (!TypeArbitraries.isPlaceholder(wanted)) {
            return open.contains(wanted) ? Optional.of(wanted) : Optional.empty();
        }
        return open.isEmpty()
                ? Optional.empty()
                : Optional.of(open.get(Math.floorMod((int) wanted.number() - 1, open.size())));
    }

    private ActionId id(ActionId placeholder) {
        List<Turn.Emitted> awaiting = driver.awaiting();
        return placeholder.index() == 0 || awaiting.isEmpty()
                ? ActionId.NONE
                : awaiting.get((placeholder.index() - 1) % awaiting.size()).id();
    }

    /**
     * Plays the same inputs on another store that stands where this one stood at first; before each the input, and the states
     * that the one before it changed, go through the round trip.
     */
    void replay(Store<R> other, RoundTrip trip, String how) {
        guarded(() -> {
            Map<String, Object> tripped = new HashMap<>();
            for (int i = 0; i < afters.size(); i++) {
                Turn turn = driver.turns().get(i);
                other.restore(tripped(other, trip, tripped));
                Input input = new Input(
                        trip.action(turn.input().action()), turn.input().answers());
                Turn again = other.apply(input, turn.now());
                difference(turn, again).or(differingState(afters.get(i), other)).ifPresent(what -> {
                    throw broken(how + ", the input " + turn.number() + " "
                            + turn.input().action() + " leads to " + what);
                });
            }
            watched.taken();
        });
    }

    // All machines, and not only those that a turn names as changed: that is told by reference, and an equal state read
    // from
    // a snapshot is another object.
    private Supplier<Optional<String>> differingState(StoreState<R> expected, Store<R> found) {
        return () -> {
            Map<String, Object> states = found.statesOf(found.state());
            for (Map.Entry<String, Object> entry : found.statesOf(expected).entrySet()) {
                Object other = states.get(entry.getKey());
                if (other == null || !Content.digest(entry.getValue()).equals(Content.digest(other))) {
                    return Optional.of("the state " + other + " where it led to " + entry.getValue());
                }
            }
            return Optional.empty();
        };
    }

    private static <R> StoreState<R> tripped(Store<R> store, RoundTrip trip, Map<String, Object> before) {
        StoreState<R> state = store.state();
        Map<String, Object> states = store.statesOf(state);
        states.replaceAll((name, own) -> own == before.get(name) ? own : trip.state(name, own));
        before.putAll(states);
        return store.stateOf(state.input(), state.now(), states);
    }

    static Optional<String> difference(Turn expected, Turn found) {
        for (int i = 0; i < Math.min(expected.size(), found.size()); i++) {
            if (!expected.entry(i).equals(found.entry(i))) {
                return Optional.of(found.entry(i) + " where it led to " + expected.entry(i));
            }
            if (!Objects.equals(expected.rejection(i), found.rejection(i))) {
                return Optional.of("the verdict " + found.rejection(i) + " of " + found.entry(i) + " where it was "
                        + expected.rejection(i));
            }
        }
        if (expected.size() != found.size()) {
            return Optional.of(found.size() + " entries where it led to " + expected.size());
        }
        if (!expected.derived().equals(found.derived())) {
            return Optional.of("the digest " + found.derived() + " where it was " + expected.derived());
        }
        return Optional.empty();
    }

    private String describe(String why) {
        StringBuilder text = new StringBuilder("the machine ")
                .append(machine.name())
                .append(" breaks the law '")
                .append(law)
                .append("': ")
                .append(why)
                .append("\nlast inputs:");
        List<Turn> turns = driver.turns();
        for (Turn turn : turns.subList(Math.max(0, turns.size() - TRAIL), turns.size())) {
            text.append("\n  ").append(Describe.turn(turn));
        }
        return text.append("\nstate: ").append(own(driver.store().state())).toString();
    }
}
