package dev.dunlin.core.debug;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.LogStorage;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.sim.Shrinker;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Audit;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Finds the few recorded inputs that break an invariant, or a reducer, of this build: the rest is left out as long as the same
 * thing stays broken. The world is not there to answer otherwise, so this is open-loop: an answer whose request is no longer made
 * is dropped with it, and what is left may be no history that any node can have.
 *
 * @param <R> the root of the state tree
 */
public final class LogShrinker<R> {

    /** The most inputs that are looked at. */
    public static final int MAX_INPUTS = 1_000_000;

    /** The name of what is broken when a reducer throws. */
    public static final String THROWS = "no-reducer-throws";

    private final LogReader<R> log;
    private final Supplier<Store<R>> stores;

    /**
     * Over a log.
     *
     * @param stores stores of the same machines, before their first input
     */
    public LogShrinker(LogReader<R> log, Supplier<Store<R>> stores) {
        this.log = log;
        this.stores = stores;
    }

    /**
     * What is left.
     *
     * @param broken what is broken
     * @param step the step of the log that breaks it
     * @param kept the inputs that it takes, in order, the breaking one last
     * @param inputs how many the log had up to there
     * @param answersDropped how many answers were dropped since nobody asks any more
     * @param runs how many histories were tried
     */
    public record Small(
            Audit.Broken broken, long step, List<Frame.Recorded> kept, int inputs, int answersDropped, int runs) {

        /** Copies the list. */
        public Small {
            kept = List.copyOf(kept);
        }
    }

    private record Run(Optional<Audit.Broken> broken, long step, List<Frame.Recorded> taken) {}

    /**
     * Shrinks the log up to the first step that breaks something.
     *
     * @param mostRuns after so many histories, what was found is good enough
     * @param progress is told how many histories were tried
     * @return empty if nothing is broken
     * @throws LogException if the log has too many inputs
     */
    public Optional<Small> shrink(int mostRuns, IntConsumer progress) {
        StoreState<R> from = log.earliestState();
        List<Frame.Recorded> all = read(from);
        Run first = run(from, all);
        if (first.broken().isEmpty()) {
            return Optional.empty();
        }
        Audit.Broken broken = first.broken().get();
        List<Frame.Recorded> until =
                all.stream().filter(frame -> frame.number() <= first.step()).toList();
        int[] runs = {1};
        List<Frame.Recorded> left = Shrinker.minimal(until, some -> {
            if (runs[0] >= mostRuns) {
                return false;
            }
            progress.accept(++runs[0]);
            return isLike(run(from, some), broken);
        });
        Run last = run(from, left);
        return Optional.of(new Small(
                last.broken().orElse(broken),
                first.step(),
                last.taken(),
                until.size(),
                left.size() - last.taken().size(),
                runs[0]));
    }

    private static boolean isLike(Run run, Audit.Broken broken) {
        return run.broken().filter(other -> isSame(other, broken)).isPresent();
    }

    private static boolean isSame(Audit.Broken one, Audit.Broken other) {
        return one.machine().equals(other.machine()) && one.invariant().equals(other.invariant());
    }

    private List<Frame.Recorded> read(StoreState<R> from) {
        List<Frame.Recorded> all = new ArrayList<>();
        try (LogCursor frames = log.cursor(from.input() + 1)) {
            for (Optional<Frame> next = frames.next(); next.isPresent(); next = frames.next()) {
                if (next.get() instanceof Frame.Recorded recorded && recorded.number() > from.input()) {
                    if (all.size() == MAX_INPUTS) {
                        throw new LogException("the log has more than " + MAX_INPUTS
                                + " inputs: seal it, and shrink what comes after");
                    }
                    all.add(recorded);
                }
            }
        }
        return all;
    }

    // Each input keeps its number, so that ids and random draws are those of the record.
    private Run run(StoreState<R> from, List<Frame.Recorded> inputs) {
        Store<R> store = stores.get();
        store.restore(from);
        Audit audit = Audit.thorough(store);
        Set<ActionId> asked = new HashSet<>();
        List<Frame.Recorded> taken = new ArrayList<>();
        for (Frame.Recorded input : inputs) {
            ActionId answers = input.answers();
            if (!answers.isNone() && answers.input() > from.input() && !asked.remove(answers)) {
                continue;
            }
            taken.add(input);
            try {
                Turn turn = taken(store, input);
                Optional<Audit.Broken> broken = audit.after(turn);
                if (broken.isPresent()) {
                    return new Run(broken, input.number(), taken);
                }
                for (Turn.Emitted emitted : turn.effects()) {
                    if (emitted.effect() instanceof Effect.Request) {
                        asked.add(emitted.id());
                    }
                }
            } catch (StoreFailure failure) {
                String why = String.valueOf(failure.getMessage());
                return new Run(Optional.of(new Audit.Broken("store", THROWS, why)), input.number(), taken);
            }
        }
        return new Run(Optional.empty(), 0, taken);
    }

    private static <R> Turn taken(Store<R> store, Frame.Recorded input) {
        StoreState<R> state = store.state();
        if (state.input() + 1 != input.number()) {
            store.skip(input.number() - 1, state.now());
        }
        store.only(input.machines());
        return store.apply(input.input(), Math.max(input.at(), state.now()));
    }

    /**
     * Writes what is left as a log of its own, from its first input on. The inputs have to be numbered anew there, and random draws
     * and ids depend on numbers, so that the same thing has to break once more before anything is written.
     *
     * @param to an empty folder
     * @param build stands in the log's header, and is to say that the log is open-loop
     * @throws LogException if it does not break with new numbers, or the log has lost its beginning
     * @throws UncheckedIOException if the folder cannot be written
     */
    public void write(Small small, LogStorage to, String build) {
        if (log.firstInput() > 1) {
            throw new LogException("the log begins at input " + log.firstInput()
                    + ", in the middle of a history, and a small log begins at input 1: none is written");
        }
        List<Turn> turns = new ArrayList<>();
        Optional<StoreFailure> failure = renumbered(small, turns);
        try (LogWriter writer =
                ActionLog.open(to, stores.get(), LogOptions.DEFAULT, build).writer()) {
            for (Turn turn : turns) {
                writer.append(turn);
            }
            if (failure.isPresent()) {
                writer.append(failure.get());
            }
            writer.force();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<StoreFailure> renumbered(Small small, List<Turn> turns) {
        Store<R> store = stores.get();
        Audit audit = Audit.thorough(store);
        Map<Long, Long> numbers = new HashMap<>();
        Asked asked = new Asked(Asked.MAX);
        // As it was recorded, perhaps with fewer machines: then other places in an input are those of its requests.
        Store<R> before = stores.get();
        before.restore(log.earliestState());
        Asked askedBefore = new Asked(Asked.MAX);
        Optional<Audit.Broken> broken = Optional.empty();
        for (Frame.Recorded input : small.kept()) {
            ActionId answers = input.answers().isNone()
                    ? ActionId.NONE
                    : askedBefore
                            .answered(input.answers())
                            .flatMap(request -> asked.sameAs(
                                    request.in(numbers.getOrDefault(request.id().input(), 0L))))
                            .orElseThrow(() -> depends(small));
            numbers.put(input.number(), store.state().input() + 1);
            try {
                askedBefore.add(taken(before, input));
            } catch (StoreFailure breaksHereToo) {
                // So it does with new numbers, or it is not what is looked for.
            }
            try {
                Turn turn = store.apply(
                        new Input(input.action(), answers),
                        Math.max(input.at(), store.state().now()));
                asked.answered(answers);
                asked.add(turn);
                turns.add(turn);
                broken = audit.after(turn);
            } catch (StoreFailure failure) {
                if (small.broken().invariant().equals(THROWS)) {
                    return Optional.of(failure);
                }
                throw depends(small);
            }
        }
        if (broken.filter(other -> isSame(other, small.broken())).isEmpty()) {
            throw depends(small);
        }
        return Optional.empty();
    }

    private static LogException depends(Small small) {
        return new LogException("what breaks step " + small.step()
                + " depends on the numbers of the steps or on which machines the node had, which a small log does not"
                + " keep: none is written");
    }
}
