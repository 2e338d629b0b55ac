package dev.dunlin.core.debug;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.JsonDifference;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Branches off a recorded history at one step, changes an input there, goes on with the remaining recorded inputs, and compares
 * the two futures.
 *
 * <p>The world does not answer back: requests of the changed future that the record has no answer to stay unanswered, and
 * recorded answers to requests that are not made are left out. Where that happens the outcome is open-loop: it says what the
 * machines would have done with these inputs, not what the world would have done. Ticks follow the changed future's own
 * deadlines.
 *
 * @param <R> the root of the state tree
 */
public final class WhatIf<R> {

    private final LogReader<R> log;
    private final Replayer<R> recorded;
    private final Supplier<Store<R>> stores;

    /**
     * Over a log.
     *
     * @param stores makes stores of the log's machines
     * @param acceptRisky as for {@link Replayer}
     * @throws LogException if the log does not fit
     */
    public WhatIf(LogReader<R> log, Supplier<Store<R>> stores, boolean acceptRisky) {
        this.log = log;
        this.stores = stores;
        this.recorded = new Replayer<>(log, stores.get(), acceptRisky);
    }

    /**
     * How often actions of a type, or rejections by a clause, came to pass in one future only.
     *
     * @param name the type, or the type and the clause
     * @param came how many in the changed future only
     * @param went how many in the recorded future only
     */
    public record Moved(String name, long came, long went) {}

    /**
     * The two futures compared.
     *
     * @param last the last step that was compared
     * @param parted the first step after which the states differ, if they ever do
     * @param partedIn the machines that differ there
     * @param machines the machines that differ after the last step; none if the futures have met again
     * @param fields the fields that differ there, recorded against changed
     * @param actions what came and went, by type; what both futures have at one step is not counted
     * @param effects likewise
     * @param rejections likewise, by type and clause
     * @param droppedAnswers recorded answers to requests that the changed future does not make
     * @param droppedEnds recorded ends of handles that the changed future does not open
     * @param droppedTicks recorded ticks at which nothing is due in the changed future
     * @param addedTicks ticks of the changed future that the record does not have
     * @param unanswered requests of the changed future to which the record has no answer
     * @param stopped the bug that stops the changed future, if one does
     */
    public record Outcome(
            long last,
            OptionalLong parted,
            List<String> partedIn,
            List<String> machines,
            List<JsonDifference> fields,
            List<Moved> actions,
            List<Moved> effects,
            List<Moved> rejections,
            long droppedAnswers,
            long droppedEnds,
            long droppedTicks,
            long addedTicks,
            long unanswered,
            Optional<String> stopped) {

        /** Whether the world of the record could not answer the changed future in full. */
        public boolean openLoop() {
            return droppedAnswers + droppedEnds + unanswered > 0;
        }
    }

    /**
     * Compares.
     *
     * @param at the step at which the history is changed, from 1; to insert behind the last step, one more than that
     * @param to the last step to be run; less where the log ends before
     * @param atMost the most fields that are told
     * @throws LogException if the log does not have the step, or this build cannot take the recorded inputs
     */
    public Outcome run(long at, Edit edit, long to, int atMost) {
        if (at < 1 || to < at) {
            throw new LogException(
                    "a history is changed at a step from 1 on and run on to a later one, not from " + at + " to " + to);
        }
        try {
            before(at);
            return new Run(at, to).through(edit, atMost);
        } finally {
            recorded.close();
        }
    }

    private void before(long at) {
        if (!recorded.trySeek(at - 1)) {
            throw LogException.NoStep.behind(recorded.step(), at);
        }
    }

    /** One comparison. */
    private final class Run {
        private final long at;
        private final long to;
        private final ChangedHistory<R> future;
        private final Ledger ledger = new Ledger(log.codec());
        private OptionalLong parted = OptionalLong.empty();
        private List<String> partedIn = List.of();
        private Optional<String> stopped = Optional.empty();

        Run(long at, long to) {
            this.at = at;
            this.to = to;
            this.future = new ChangedHistory<>(stores.get(), recorded.state());
        }

        Outcome through(Edit edit, int atMost) {
            try (LogCursor frames = log.cursor(at)) {
                Optional<Frame.Recorded> first = next(frames);
                // What stands before a boot is of the run that ended there.
                first.filter(frame -> !(frame.action() instanceof NodeAction.Booted))
                        .or(() -> recorded.recordedAt(at - 1))
                        .ifPresent(frame -> future.only(frame.machines()));
                if (edit instanceof Edit.Insert(LoggedAction input)) {
                    long time =
                            first.map(Frame.Recorded::at).orElse(future.state().now());
                    attempt(() -> ledger.step(List.of(), List.of(future.insert(input(input, ActionId.NONE), time))));
                    compare();
                } else if (first.isEmpty()) {
                    throw LogException.NoStep.behind(at - 1, at);
                }
                for (Optional<Frame.Recorded> frame = first;
                        frame.isPresent() && frame.get().number() <= to && stopped.isEmpty();
                        frame = next(frames)) {
                    step(frame.get(), edit);
                }
            }
            List<String> machines = differing();
            return new Outcome(
                    recorded.step(),
                    parted,
                    partedIn,
                    machines,
                    machines.isEmpty()
                            ? List.of()
                            : JsonDifference.between(
                                    recorded.json(recorded.state()), recorded.json(future.state()), atMost),
                    ledger.moved(Ledger.Kind.ACTION),
                    ledger.moved(Ledger.Kind.EFFECT),
                    ledger.moved(Ledger.Kind.REJECTION),
                    future.droppedAnswers(),
                    future.droppedEnds(),
                    future.droppedTicks(),
                    future.addedTicks(),
                    future.unanswered(),
                    stopped);
        }

        private Optional<Frame.Recorded> next(LogCursor frames) {
            for (Optional<Frame> next = frames.next(); next.isPresent(); next = frames.next()) {
                if (next.get() instanceof Frame.Recorded frame && frame.number() >= at) {
                    return Optional.of(frame);
                }
            }
            return Optional.empty();
        }

        private void step(Frame.Recorded frame, Edit edit) {
            StoreState<R> before = recorded.state();
            recorded.forward();
            List<Turn> then = recorded.turn().stream().toList();
            List<Turn> now = new ArrayList<>();
            future.only(frame.machines());
            attempt(() -> {
                then.forEach(future::recorded);
                now.addAll(future.ticksBefore(frame, before));
                if (frame.number() == at && edit instanceof Edit.Drop) {
                    future.skip(frame.number());
                } else if (frame.number() == at && edit instanceof Edit.Change(LoggedAction input)) {
                    now.add(future.replace(frame, input(input, frame.answers())));
                } else if (then.isEmpty()) {
                    // The recorded run stopped at this input, and did not take it.
                    future.skip(frame.number());
                } else {
                    future.take(frame, before, at).ifPresent(now::add);
                }
            });
            ledger.step(then, now);
            if (parted.isEmpty()) {
                compare();
            }
        }

        private Input input(LoggedAction logged, ActionId otherwise) {
            return new Input(logged.action(), logged.answers().orElse(otherwise));
        }

        private void attempt(Runnable taking) {
            try {
                taking.run();
            } catch (StoreFailure failure) {
                stopped = Optional.of(String.valueOf(failure.getMessage()));
            }
        }

        private void compare() {
            List<String> machines = differing();
            if (!machines.isEmpty()) {
                parted = OptionalLong.of(Math.max(at, recorded.step()));
                partedIn = machines;
            }
        }

        private List<String> differing() {
            List<String> machines = new ArrayList<>();
            Map<String, Object> mine = future.statesOf(future.state());
            future.statesOf(recorded.state()).forEach((machine, state) -> {
                Object other = mine.getOrDefault(machine, state);
                if (state != other && !Content.digest(state).equals(Content.digest(other))) {
                    machines.add(machine);
                }
            });
            return List.copyOf(machines);
        }
    }
}
