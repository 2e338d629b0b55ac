package dev.dunlin.core.debug;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.Mismatch;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Replays a log from a state to its end, and hands out each step. */
final class Walk<R> {

    private final LogReader<R> log;
    private final Store<R> store;
    private final LongSupplier clock;

    Walk(LogReader<R> log, Store<R> store, LongSupplier clock) {
        this.log = log;
        this.store = store;
        this.clock = clock;
    }

    /**
     * One step.
     *
     * @param recorded its record
     * @param turn what it led to; empty if it ended the recorded run
     * @param offset where its line is in its segment, in bytes
     * @param bytes how long the line is
     * @param nanos how long the store took, by the clock
     */
    record Step(Frame.Recorded recorded, Optional<Turn> turn, long offset, int bytes, long nanos) {}

    /** Takes a step. */
    interface Visitor {
        /** Takes a step. */
        void step(Step step) throws IOException;
    }

    /**
     * Replays what follows a state.
     *
     * @throws LogException if a step replays to another result than recorded: what this build makes of it is not what happened
     */
    void from(StoreState<R> state, Visitor visitor) throws IOException {
        store.restore(state);
        try (LogCursor frames = log.cursor(state.input() + 1)) {
            for (Optional<Frame> next = frames.next(); next.isPresent(); next = frames.next()) {
                if (next.get() instanceof Frame.Recorded recorded && recorded.number() > state.input()) {
                    long begun = clock.getAsLong();
                    Optional<Turn> turn = applied(recorded);
                    long nanos = clock.getAsLong() - begun;
                    if (turn.isPresent()) {
                        Optional<Mismatch> mismatch = Mismatch.between(recorded, turn.get(), frames.incomparable());
                        if (mismatch.isPresent()) {
                            throw diverged(recorded.number(), mismatch.get().what());
                        }
                    }
                    visitor.step(new Step(recorded, turn, frames.offset(), frames.bytes(), nanos));
                }
            }
        }
    }

    // An input that failed changed nothing, whatever this build would make of it: the node went on behind it.
    private Optional<Turn> applied(Frame.Recorded recorded) {
        if (recorded.failed().isPresent()) {
            store.skip(recorded.number(), recorded.at());
            return Optional.empty();
        }
        try {
            return Optional.of(recorded.replay(store));
        } catch (StoreFailure failure) {
            throw diverged(recorded.number(), "it stops this build: " + failure.getMessage());
        }
    }

    private static LogException diverged(long step, String what) {
        return new LogException.Diverged("step " + step + " of the log replays to another result than recorded (" + what
                + "): ask the build that wrote it");
    }

    /** The clock of those who measure nothing. */
    static long noClock() {
        return 0;
    }
}
