package dev.dunlin.core.testkit;

import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeState;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.Turn;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The laws of one slice, each a function of one {@link Play}; a law that does not hold throws {@link LawBroken}. */
final class LawBook<R, S, A extends Action> {

    static final String DETERMINISTIC = "deterministic";
    static final String TOTAL = "never throws";
    static final String DISABLED = "a disabled action changes nothing";
    static final String SERIALISATION = "survives serialisation";
    static final String INVARIANTS = "invariants hold";
    static final String DEADLINES = "deadlines tell the truth";
    static final String HANDLES = "no handle leaks";
    static final String BUDGET = "within the byte budget";
    static final String TRANSITIONS = "within the declared transitions";
    static final String HISTORY = "independent of history";

    private static final long DAY = 86_400_000_000L;

    private static final RoundTrip AS_IT_IS = new RoundTrip() {
        @Override
        public Action action(Action action) {
            return action;
        }

        @Override
        public Object state(String slice, Object state) {
            return state;
        }
    };

    private final SliceLaws<R, S, A> laws;

    LawBook(SliceLaws<R, S, A> laws) {
        this.laws = laws;
    }

    /** Plays a sequence or a script on a run. */
    @FunctionalInterface
    interface Play<R, S, A extends Action> {
        void on(LawRun<R, S, A> run);
    }

    /** All laws of sequences by name. */
    Map<String, Consumer<Play<R, S, A>>> all() {
        return Map.of(
                DETERMINISTIC, this::deterministic,
                TOTAL, this::total,
                DISABLED, this::disabledChangesNothing,
                SERIALISATION, this::survivesSerialisation,
                INVARIANTS, this::invariantsHold,
                DEADLINES, this::deadlinesTellTheTruth,
                HANDLES, this::noHandleLeaks,
                BUDGET, this::withinBudget,
                TRANSITIONS, play -> transitions(play, Coverage.of(laws.slice())),
                HISTORY, this::independentOfHistory);
    }

    private LawRun<R, S, A> played(String law, Play<R, S, A> play, Consumer<LawRun.Step<R, S, A>> check) {
        LawRun<R, S, A> run = new LawRun<>(laws, law, check);
        play.on(run);
        return run;
    }

    void deterministic(Play<R, S, A> play) {
        LawRun<R, S, A> run = new LawRun<>(laws, DETERMINISTIC, step -> {});
        Store<R> store = run.driver().store();
        StoreState<R> start = store.state();
        play.on(run);
        run.replay(laws.store(laws.slice()), AS_IT_IS, "on a second store");
        store.restore(start);
        run.replay(store, AS_IT_IS, "on the same store once more");
    }

    void total(Play<R, S, A> play) {
        played(TOTAL, play, step -> {});
    }

    void disabledChangesNothing(Play<R, S, A> play) {
        Digest[] last = {Content.digest(laws.slice().initial())};
        played(DISABLED, play, step -> {
            Digest digest = Content.digest(step.own());
            boolean sameState = step.ownBefore() == step.own() && digest.equals(last[0]);
            if (step.reductions().isEmpty() && !sameState) {
                throw step.run().broken("no action was enabled, yet the state is another after it: " + step.own());
            }
            if (step.turn().size() == 1
                    && step.turn().rejection(0) != null
                    && step.before().root() != step.after().root()) {
                throw step.run().broken("the input was disabled, yet the root is another after it");
            }
            last[0] = digest;
        });
    }

    void survivesSerialisation(Play<R, S, A> play) {
        RoundTrip trip = laws.roundTrip(laws.store(laws.slice()));
        LawRun<R, S, A> run = played(SERIALISATION, play, step -> {
            Turn turn = step.turn();
            for (int i = 0; i < turn.size(); i++) {
                sameAgain(step, turn.entry(i), trip.action(turn.entry(i)));
            }
            for (Turn.Changed changed : turn.changed()) {
                sameAgain(step, changed.state(), trip.state(changed.slice(), changed.state()));
            }
        });
        run.replay(run.fork(), trip, "with state and input written and read back");
    }

    private static void sameAgain(LawRun.Step<?, ?, ?> step, Object written, Object read) {
        if (!written.equals(read)) {
            throw step.run().broken(written + " comes back as " + read);
        }
        if (!Content.digest(written).equals(Content.digest(read))) {
            throw step.run().broken(written + " comes back with another digest");
        }
    }

    void independentOfHistory(Play<R, S, A> play) {
        LawRun<R, S, A> run = played(HISTORY, play, step -> {});
        run.replay(
                run.fork(),
                RoundTrip.structural(),
                "with equal state of new objects, its tables filled in another order");
    }

    void invariantsHold(Play<R, S, A> play) {
        played(
                INVARIANTS,
                play,
                step -> eachSlice(
                        step,
                        (slice, state) -> violation(slice, state).ifPresent(why -> {
                            throw step.run().broken("the invariant " + why);
                        })));
    }

    private static <T> Optional<String> violation(Slice<?, T, ?> slice, Object state) {
        T typed = slice.state().cast(state);
        return slice.invariants().stream()
                .flatMap(invariant -> invariant
                        .violation()
                        .apply(typed)
                        .map(why -> slice.name() + "/" + invariant.name() + " is violated: " + why)
                        .stream())
                .findFirst();
    }

    private static <R> void eachSlice(LawRun.Step<R, ?, ?> step, BiConsumer<Slice<?, ?, ?>, Object> consumer) {
        Store<R> store = step.run().driver().store();
        Map<String, Object> states = store.statesOf(step.after());
        for (Slice<?, ?, ?> slice : store.slices()) {
            Object state = states.get(slice.name());
            if (state != null) {
                consumer.accept(slice, state);
            }
        }
    }

    void deadlinesTellTheTruth(Play<R, S, A> play) {
        played(DEADLINES, play, step -> {
            Slice<? super R, S, A> slice = step.run().slice();
            long next = slice.nextDeadline(step.own());
            long now = step.turn().now();
            if (slice.tick().isEmpty()) {
                if (next != Deadlines.NEVER) {
                    throw step.run().broken("the deadline is " + next + " and there is no tick");
                }
                return;
            }
            A tick = slice.tick().get();
            if (tick.getClass() == step.turn().input().action().getClass() && wasDue(step, slice)) {
                progressed(step, next, now, step.ownBefore(), step.own());
            }
            if (next <= now) {
                return;
            }
            quietAt(step, tick, next == Deadlines.NEVER ? now + DAY : next - 1, next);
            if (next < LawRun.FAR) {
                step.run().foreseen(step.after(), tick, next);
                S then = step.run().own(step.run().fork().state());
                progressed(step, slice.nextDeadline(then), next, step.own(), then);
            }
        });
    }

    private static <R, S, A extends Action> boolean wasDue(LawRun.Step<R, S, A> step, Slice<? super R, S, A> slice) {
        return slice.nextDeadline(step.ownBefore()) <= step.turn().now();
    }

    private static <S> void progressed(LawRun.Step<?, ?, ?> step, long next, long at, S before, S after) {
        if (next <= at && Content.digest(before).equals(Content.digest(after))) {
            throw step.run()
                    .broken("after the tick at " + at + " the deadline is " + next + " and the state is the same");
        }
    }

    private static <R, S, A extends Action> void quietAt(LawRun.Step<R, S, A> step, A tick, long at, long next) {
        Turn turn = step.run().foreseen(step.after(), tick, at);
        if (turn.size() > 1 || step.run().own(step.run().fork().state()) != step.own()) {
            String stated = next == Deadlines.NEVER ? "none" : Long.toString(next);
            throw step.run()
                    .broken("the deadline is said to be " + stated + ", yet at " + at + " a tick does this: "
                            + Describe.turn(turn) + " and leads to "
                            + step.run().own(step.run().fork().state()));
        }
    }

    void noHandleLeaks(Play<R, S, A> play) {
        played(HANDLES, play, step -> {
            Set<Handle> open = new TreeSet<>();
            step.after().node().handles().each((handle, holding) -> {
                if (holding == NodeState.Holding.STATE) {
                    open.add(handle);
                }
            });
            Set<Handle> held = new TreeSet<>();
            eachSlice(step, (slice, state) -> held(slice, state).forEach(held::add));
            if (!open.equals(held)) {
                throw step.run().broken("open in the world: " + open + ", in the state: " + held);
            }
        });
    }

    private static <T> Iterable<Handle> held(Slice<?, T, ?> slice, Object state) {
        return slice.handles(slice.state().cast(state));
    }

    void withinBudget(Play<R, S, A> play) {
        played(BUDGET, play, step -> {
            long bytes = Content.bytes(step.own());
            long budget = step.run().slice().byteBudget();
            if (bytes > budget) {
                throw step.run().broken("the state has " + bytes + " bytes, " + budget + " are declared");
            }
        });
    }

    /** Every subject seen so far is watched: an action about one may move others, and that is declared too. */
    void transitions(Play<R, S, A> play, Coverage coverage) {
        Set<Subject> subjects = new LinkedHashSet<>();
        Slice<? super R, S, A> slice = laws.slice();
        Set<Transition> declared = new LinkedHashSet<>(slice.transitions());
        Map<Class<?>, String> names = new HashMap<>();
        slice.types().actions().forEach((name, type) -> names.put(type, name));
        played(TRANSITIONS, play, step -> {
            coverage.see(step.turn());
            for (Watched.Reduction<S, A> reduction : step.reductions()) {
                Subject about = slice.about(reduction.action());
                subjects.add(about);
                for (Subject subject : subjects) {
                    String from = slice.phase(reduction.before(), subject);
                    String to = slice.phase(reduction.after(), subject);
                    Transition taken = new Transition(from, named(names, reduction.action()), to);
                    boolean concerned = subject.equals(about) || !from.equals(to);
                    if (concerned && !declared.contains(taken)) {
                        throw step.run().broken(taken + " of " + subject + " is not declared");
                    }
                    if (concerned) {
                        coverage.see(taken);
                    }
                }
            }
        });
    }

    private static String named(Map<Class<?>, String> names, Action action) {
        @Nullable String name = names.get(action.getClass());
        return name == null ? action.getClass().getSimpleName() : name;
    }
}
