package dev.dunlin.core.debug;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Parts;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** One search for the action that last changed a part of the state. */
final class BlameSearch<R> {

    private final LogIndex<R> index;
    private final Store<R> store;
    private final StatePath path;
    private final Codec codec;
    private final Parts parts;
    private final Replayer<R> replayer;
    private final TreeSet<Integer> wanted;
    private long looked;

    BlameSearch(LogIndex<R> index, StatePath path) {
        this.index = index;
        this.store = index.store();
        this.path = path;
        this.codec = index.log().codec();
        this.parts = new Parts(codec);
        this.replayer = new Replayer<>(index.log(), store, true);
        this.wanted = ChangedParts.of(path.names(), parts);
    }

    /** How many steps were replayed and compared, in all. */
    long looked() {
        return looked;
    }

    Blame upTo(long to) {
        List<String> machines = store.machines().stream().map(Machine::name).toList();
        if (!machines.contains(path.machine())) {
            throw new LogException("no machine is named " + path.machine() + ": there are " + machines);
        }
        if (to != 0) {
            index.step(to);
        }
        try {
            long earliest = index.log().earliestState().input();
            for (long row = index.stretches() - 1; row >= 0; row--) {
                Records.Stretch before = index.stretch(row - 1);
                Records.Stretch here = index.stretch(row);
                if (before.last() < to && here.last() > earliest && mayHaveChanged(before, here)) {
                    Optional<Long> found = lastChange(Math.max(before.last(), earliest), Math.min(here.last(), to));
                    if (found.isPresent()) {
                        return changedAt(found.get());
                    }
                }
            }
            replayer.seek(to);
            return value(replayer.state())
                    .<Blame>map(there -> new Blame.Unchanged(path, json(there), earliest))
                    .orElse(new Blame.NeverThere(path, earliest));
        } finally {
            replayer.close();
        }
    }

    private boolean mayHaveChanged(Records.Stretch before, Records.Stretch here) {
        for (long at = before.hashes(); at < here.hashes(); at++) {
            if (wanted.contains(index.changed(at))) {
                return true;
            }
        }
        return false;
    }

    private Optional<Long> lastChange(long begin, long end) {
        replayer.seek(begin);
        Optional<Long> last = Optional.empty();
        while (replayer.step() < end && replayer.forward()) {
            looked++;
            Optional<Turn> turn = replayer.turn();
            if (turn.isPresent() && changes(turn.get())) {
                last = Optional.of(replayer.step());
            }
        }
        return last;
    }

    private boolean changes(Turn turn) {
        for (Turn.Changed change : turn.changed()) {
            if (change.machine().equals(path.machine())) {
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
        store.only(recorded.machines());
        store.apply(recorded.input(), recorded.at(), (i, state) -> {
            Optional<Object> then = value(state);
            if (!same(now.get(), then)) {
                before.set(now.get());
                now.set(then);
                by.set(i);
            }
        });
        return new Blame.Changed(
                path,
                index.entry(new ActionId(step, by.get())),
                before.get().map(this::json),
                now.get().map(this::json));
    }

    private Optional<Object> value(StoreState<R> state) {
        return Optional.ofNullable(store.statesOf(state).get(path.machine()))
                .flatMap(machine -> parts.of(machine, path.inside()));
    }

    private String json(Object value) {
        return codec.tree(value).toString();
    }
}
