package dev.dunlin.core.replay;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.Mismatch;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs a log through a store: to verify it, or to stand at any step and go forward and back. A step is an input; standing at
 * step n shows the state after input n.
 *
 * @param <R> the root of the state tree
 */
public final class Replayer<R> {

    /** So many states on the way are kept at most, at equal distances. */
    static final int MOST_KEPT = 64;

    private static final long FIRST_SPACING = 1024;
    private static final int ASKED_EVERY = 256;

    private final LogReader<R> log;
    private final Store<R> store;
    private @Nullable LogCursor cursor;
    private @Nullable Turn last;
    private Optional<Mismatch> differing = Optional.empty();
    private final List<Failed> failures = new ArrayList<>();
    // States on the way, by their steps: a version of a state shares most of itself with the others.
    private final TreeMap<Long, StoreState<R>> passed = new TreeMap<>();
    private long spacing = FIRST_SPACING;

    /**
     * Over a log, with a store of the same machines.
     *
     * @param acceptRisky whether to go on where the log fits this build only with losses
     * @throws LogException if the log does not fit: the message has the worst differences, {@link LogReader#fit} all
     */
    public Replayer(LogReader<R> log, Store<R> store, boolean acceptRisky) {
        this.log = log;
        this.store = store;
        log.requireFit("the log", "replay", "replayed", acceptRisky);
    }

    /**
     * What verifying a log found.
     *
     * @param first the first step that was replayed
     * @param inputs how many steps were replayed
     * @param actions how many actions and effects they led to, themselves included
     * @param last the last step
     * @param digest the digest of the whole state after it
     * @param divergence the first difference, if there is one
     * @param failures the inputs that stopped a run; the node went on behind them at its next start
     * @param tail what a crash left behind the last whole frame
     * @param forced up to which step the log was forced
     */
    public record Verified(
            long first,
            long inputs,
            long actions,
            long last,
            Digest digest,
            Optional<Divergence> divergence,
            List<Failed> failures,
            Optional<LogCursor.Tail> tail,
            long forced) {}

    /**
     * An input that stopped a recorded run.
     *
     * @param step its number
     * @param recorded what broke then
     * @param now what breaks in this build; empty if this build carries it out
     */
    public record Failed(long step, String recorded, Optional<String> now) {}

    /** What a second build, or another record, says of the state after a step. */
    @FunctionalInterface
    public interface Recorded {
        /** The state after a step as {@link Replayer#json} gives it, if it is known. */
        Optional<JsonNode> after(long step);
    }

    /**
     * Replays the log from its first replayable step to its end, or to the first divergence, comparing every step.
     *
     * @param progress is told the step from time to time
     */
    public Verified verify(LongConsumer progress) {
        return verify(progress, step -> Optional.empty());
    }

    /**
     * As {@link #verify(LongConsumer)}, with a second build at hand: a divergence then has the fields that differ at its very
     * step.
     *
     * @param recorded is asked for the divergent step only
     */
    public Verified verify(LongConsumer progress, Recorded recorded) {
        close();
        return new Verification<>(log, store, this, recorded).run(progress);
    }

    /** Takes a recorded step, as the node did; how it differs from its record, if that is to be compared. */
    Optional<Mismatch> take(Frame.Recorded recorded, Set<String> incomparable, boolean compare) {
        if (recorded.failed().isPresent()) {
            passed(recorded, recorded.failed().get());
            return Optional.empty();
        }
        try {
            Turn turn = recorded.replay(store);
            last = turn;
            return compare ? Mismatch.between(recorded, turn, incomparable) : Optional.empty();
        } catch (StoreFailure failure) {
            store.restore(store.state());
            last = null;
            return Optional.of(
                    new Mismatch(recorded.number(), "it stops this build: " + failure.getMessage(), List.of()));
        }
    }

    /** Stands at a state from which steps are taken. */
    void beginAt(StoreState<R> state) {
        store.restore(state);
        last = null;
        failures.clear();
    }

    /** The inputs that stopped a run, of the steps that were taken. */
    List<Failed> failures() {
        return List.copyOf(failures);
    }

    // What failed changed nothing, and the node went on behind it: so does the replay, whatever this build makes of it.
    private void passed(Frame.Recorded recorded, String why) {
        StoreState<R> before = store.state();
        Optional<String> now;
        try {
            recorded.replay(store);
            now = Optional.empty();
        } catch (StoreFailure failure) {
            now = Optional.of(String.valueOf(failure.getMessage()));
        }
        store.restore(before);
        store.skip(recorded.number(), recorded.at());
        last = null;
        failures.add(new Failed(recorded.number(), why, now));
    }

    /** A recorded input: its full name and its payload as JSON. */
    public String inputText(Frame.Recorded recorded) {
        return log.codec().nameOf(recorded.action()) + " " + log.codec().tree(recorded.action());
    }

    /** The record of a step, if the log has it. */
    public Optional<Frame.Recorded> recordedAt(long step) {
        try (LogCursor frames = log.cursor(step)) {
            for (Optional<Frame> next = frames.next(); next.isPresent(); next = frames.next()) {
                if (next.get() instanceof Frame.Recorded recorded && recorded.number() >= step) {
                    return recorded.number() == step ? Optional.of(recorded) : Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Goes to a step.
     *
     * @throws LogException if the log does not have it
     */
    public void seek(long step) {
        if (!trySeek(step)) {
            throw LogException.NoStep.behind(store.state().input(), step);
        }
    }

    /** Goes to a step, or to the log's last where it ends before; whether it has the step. */
    public boolean trySeek(long step) {
        return trySeek(step, here -> true);
    }

    /**
     * As {@link #trySeek(long)}, as long as somebody wants it. Where it was stopped it stands at a step on the way, from which the next
     * one goes on. Of the way some states are kept, a bounded number, so that going back does not begin anew.
     *
     * @param goOn is asked every some hundred steps, with the step; false to stop
     * @return whether it stands at the step
     */
    public boolean trySeek(long step, LongPredicate goOn) {
        Map.Entry<Long, StoreState<R>> kept = passed.floorEntry(step);
        boolean isNear = kept != null && !snapshotBetween(kept.getKey(), step);
        if (cursor == null
                || store.state().input() > step
                || (isNear && kept.getKey() > store.state().input())
                || snapshotBetween(store.state().input(), step)) {
            StoreState<R> from = isNear ? kept.getValue() : log.stateBefore(step);
            close();
            store.restore(from);
            last = null;
            cursor = log.cursor(from.input() + 1);
        }
        // Only who stands at a step asks how it differs from its record; the digests of those on the way cost as much
        // as they do.
        while (store.state().input() < step) {
            if (!forward(false)) {
                return false;
            }
            long here = store.state().input();
            if (here % spacing == 0) {
                keep(here);
            }
            if (here % ASKED_EVERY == 0 && here < step && !goOn.test(here)) {
                return false;
            }
        }
        return true;
    }

    // Too many, and every second one goes.
    private void keep(long here) {
        passed.put(here, store.state());
        if (passed.size() > MOST_KEPT) {
            spacing *= 2;
            passed.keySet().removeIf(other -> other % spacing != 0);
        }
    }

    private boolean snapshotBetween(long here, long step) {
        return log.snapshots().stream().anyMatch(input -> input > here && input <= step);
    }

    /** Goes one step forward; false at the end of the log. */
    public boolean forward() {
        return forward(true);
    }

    private boolean forward(boolean compare) {
        LogCursor frames = cursor;
        if (frames == null) {
            frames = log.cursor(store.state().input() + 1);
            cursor = frames;
        }
        for (Optional<Frame> next = frames.next(); next.isPresent(); next = frames.next()) {
            if (next.get() instanceof Frame.Recorded recorded
                    && recorded.number() > store.state().input()) {
                Optional<Mismatch> mismatch = take(recorded, frames.incomparable(), compare);
                differing = mismatch;
                if (store.state().input() < recorded.number()) {
                    throw new LogException("this build cannot take step " + recorded.number() + ": "
                            + mismatch.map(Mismatch::what).orElse("it fails"));
                }
                return true;
            }
        }
        return false;
    }

    /**
     * Goes to a step, and compares it with its record.
     *
     * @return how this build departs from the record there; empty if it does not
     * @throws LogException if the log does not have the step, or this build cannot take it
     */
    public Optional<Mismatch> mismatchAt(long step) {
        seek(step - 1);
        if (!forward()) {
            throw LogException.NoStep.behind(step - 1, step);
        }
        return differing;
    }

    /** Goes one step back; false at the first replayable step. */
    public boolean back() {
        long step = store.state().input() - 1;
        if (step < log.earliestState().input()) {
            return false;
        }
        seek(step);
        return true;
    }

    /** The step at which it stands. */
    public long step() {
        return store.state().input();
    }

    /** What the last step led to; empty after a seek that ended on a snapshot. */
    public Optional<Turn> turn() {
        return Optional.ofNullable(last);
    }

    /** The state after the present step. */
    public StoreState<R> state() {
        return store.state();
    }

    /** A state as JSON: one field per machine, the store's own first. */
    public JsonNode json(StoreState<R> state) {
        ObjectNode tree = log.codec().mapper().createObjectNode();
        store.statesOf(state)
                .forEach((machine, value) -> tree.set(machine, log.codec().tree(value)));
        return tree;
    }

    /** The fields in which the states after two steps differ. */
    public List<JsonDifference> difference(long before, long after, int atMost) {
        seek(before);
        JsonNode first = json(store.state());
        seek(after);
        return JsonDifference.between(first, json(store.state()), atMost);
    }

    /** The digest of the whole present state. */
    public Digest digest() {
        Hasher hasher = new Hasher();
        for (Map.Entry<String, Object> machine : store.statesOf(store.state()).entrySet()) {
            hasher.putString(machine.getKey());
            Content.feed(machine.getValue(), hasher);
        }
        return hasher.finish();
    }

    /** Lets go of the log's files. */
    public void close() {
        if (cursor != null) {
            cursor.close();
            cursor = null;
        }
    }
}
