package dev.dunlin.core.debug;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Parts;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Which action last changed a part of the state. */
public sealed interface Blame {

    /** What was asked for. */
    StatePath path();

    /**
     * An action changed it.
     *
     * @param action the last that did
     * @param before its JSON before that; empty if it was not there
     * @param after its JSON after that; empty if it was gone
     */
    record Changed(StatePath path, Entry action, Optional<String> before, Optional<String> after) implements Blame {}

    /**
     * No action of the log changed it.
     *
     * @param value its JSON
     * @param since the step before the first that the log still has; 0 if it has been so from the beginning
     */
    record Unchanged(StatePath path, String value, long since) implements Blame {}

    /**
     * It is not in the state, and in all that the log still has it never was.
     *
     * @param since as in {@link Unchanged}
     */
    record NeverThere(StatePath path, long since) implements Blame {}

    /**
     * Asks an index. Goes back in stretches that begin at snapshots: one in which no input changed the slice's digest is passed by,
     * in the others the part is compared step by step, by reference where it is the same object.
     *
     * @param to the step up to which to look
     * @throws LogException if the log has no such step, or no slice of that name
     */
    static <R> Blame of(LogIndex<R> index, StatePath path, long to) {
        return new Search<>(index, path).upTo(to);
    }

    /** One search. */
    final class Search<R> {
        private static final long FIRST_SPAN = 500;

        private final LogIndex<R> index;
        private final Store<R> store;
        private final StatePath path;
        private final Codec codec;
        private final Parts parts;
        private final Replayer<R> replayer;

        private Search(LogIndex<R> index, StatePath path) {
            this.index = index;
            this.store = index.store();
            this.path = path;
            this.codec = index.log().codec();
            this.parts = new Parts(codec);
            this.replayer = new Replayer<>(index.log(), store, true);
        }

        private Blame upTo(long to) {
            List<String> slices = store.slices().stream().map(Slice::name).toList();
            int slice = slices.indexOf(path.slice());
            if (slice < 0) {
                throw new LogException("the state has no slice " + path.slice() + ": it has " + slices);
            }
            if (to != 0) {
                index.step(to);
            }
            try {
                long earliest = index.log().earliestState().input();
                long end = to;
                for (long span = FIRST_SPAN; end > earliest; span *= 2) {
                    long begin = beginBefore(end, span, earliest);
                    Optional<Long> found =
                            touches(begin, end, LogIndex.bit(slice)) ? lastChange(begin, end) : Optional.empty();
                    if (found.isPresent()) {
                        return changedAt(found.get());
                    }
                    end = begin;
                }
                replayer.seek(to);
                return value(replayer.state())
                        .<Blame>map(there -> new Unchanged(path, json(there), earliest))
                        .orElse(new NeverThere(path, earliest));
            } finally {
                replayer.close();
            }
        }

        // Twice as far each time, for going to a snapshot costs about as much as replaying a thousand inputs.
        private long beginBefore(long end, long span, long earliest) {
            return index.log().snapshots().stream()
                    .filter(input -> input <= end - span && input > earliest)
                    .reduce((one, other) -> other)
                    .orElse(earliest);
        }

        private boolean touches(long begin, long end, long bit) {
            for (long step = end; step > begin; step--) {
                if ((index.step(step).changed() & bit) != 0) {
                    return true;
                }
            }
            return false;
        }

        private Optional<Long> lastChange(long begin, long end) {
            replayer.seek(begin);
            Optional<Long> last = Optional.empty();
            while (replayer.step() < end && replayer.forward()) {
                Optional<Turn> turn = replayer.turn();
                if (turn.isPresent() && changes(turn.get())) {
                    last = Optional.of(replayer.step());
                }
            }
            return last;
        }

        private boolean changes(Turn turn) {
            for (Turn.Changed change : turn.changed()) {
                if (change.slice().equals(path.slice())) {
                    return !same(parts.of(change.before(), path.inside()), parts.of(change.state(), path.inside()));
                }
            }
            return false;
        }

        private static boolean same(Optional<Object> one, Optional<Object> other) {
            if (one.isEmpty() || other.isEmpty()) {
                return one.isEmpty() == other.isEmpty();
            }
            return one.get() == other.get() || Content.digest(one.get()).equals(Content.digest(other.get()));
        }

        // The step once more, action by action.
        private Blame changedAt(long step) {
            replayer.seek(step - 1);
            StoreState<R> start = replayer.state();
            Frame.Recorded recorded = replayer.recordedAt(step)
                    .orElseThrow(() -> new LogException("the log has lost step " + step + " while it was read"));
            AtomicReference<Optional<Object>> now = new AtomicReference<>(value(start));
            AtomicReference<Optional<Object>> before = new AtomicReference<>(now.get());
            AtomicInteger by = new AtomicInteger();
            store.restore(start);
            store.apply(recorded.input(), recorded.at(), (i, state) -> {
                Optional<Object> then = value(state);
                if (!same(now.get(), then)) {
                    before.set(now.get());
                    now.set(then);
                    by.set(i);
                }
            });
            return new Changed(
                    path,
                    index.entry(new ActionId(step, by.get())),
                    before.get().map(this::json),
                    now.get().map(this::json));
        }

        private Optional<Object> value(StoreState<R> state) {
            return Optional.ofNullable(store.statesOf(state).get(path.slice()))
                    .flatMap(slice -> parts.of(slice, path.inside()));
        }

        private String json(Object value) {
            return codec.tree(value).toString();
        }
    }
}
