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
import java.util.Optional;

/** Makes a log's turns again, and compares each with its record. */
final class ClusterReplay<R> implements ClusterLog.Turns {

    private final String name;
    private final Store<R> store;
    private final LogCursor frames;

    ClusterReplay(String name, LogReader<R> log, Store<R> store) {
        this.name = name;
        this.store = store;
        StoreState<R> from = log.earliestState();
        store.restore(from);
        frames = log.cursor(from.input() + 1);
    }

    @Override
    public Optional<Turn> next() {
        for (Optional<Frame> next = frames.next(); next.isPresent(); next = frames.next()) {
            if (next.get() instanceof Frame.Recorded frame
                    && frame.number() > store.state().input()) {
                if (frame.failed().isPresent()) {
                    store.skip(frame.number(), frame.at());
                } else {
                    return Optional.of(applied(frame));
                }
            }
        }
        return Optional.empty();
    }

    private Turn applied(Frame.Recorded frame) {
        try {
            Turn turn = frame.replay(store);
            Optional<Mismatch> mismatch = Mismatch.between(frame, turn, frames.incomparable());
            if (mismatch.isPresent()) {
                throw new LogException.Diverged(diverges(frame, mismatch.get().what()));
            }
            return turn;
        } catch (StoreFailure failure) {
            throw new LogException.Diverged(diverges(frame, "it stops this build: " + failure.getMessage()), failure);
        }
    }

    private String diverges(Frame.Recorded frame, String what) {
        return "the log of " + name + " does not replay at step " + frame.number() + ": " + what
                + "; join it with the build that wrote it";
    }

    @Override
    public void close() {
        frames.close();
    }
}
