package dev.dunlin.core.log;

import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Opens a log to go on writing it: finds its end, cuts off what a crash left behind it (the cut bytes are kept in a file of
 * their own), brings the store to the state after the last whole frame, and begins a new segment.
 */
public final class ActionLog {

    private ActionLog() {}

    /**
     * A log opened for writing, and what was found.
     *
     * @param writer appends to it
     * @param lastInput the last input in it, 0 in a new one
     * @param lastAt that input's time, microseconds of the node's time; 0 in a new one
     * @param tail what was cut off
     * @param notes what an operator should know, one sentence each
     */
    public record Opened(
            LogWriter writer, long lastInput, long lastAt, Optional<LogCursor.Tail> tail, List<String> notes) {}

    /**
     * Opens or begins a log.
     *
     * @param store a store before its first input; it is brought to the log's last state
     * @param build names this build, in the header of what is written
     * @throws LogException.Damaged if frames that were forced to disk are damaged
     * @throws LogException if this build cannot go on from it: the message says why, and how to seal the log with the old build
     */
    public static <R> Opened open(LogStorage storage, Store<R> store, LogOptions options, String build)
            throws IOException {
        try {
            return opened(storage, store, options, build);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static <R> Opened opened(LogStorage storage, Store<R> store, LogOptions options, String build)
            throws IOException {
        dropUnfinished(storage);
        List<Segments.Segment> segments = Segments.segments(storage);
        if (segments.isEmpty() && !Segments.snapshots(storage).isEmpty()) {
            throw new LogException.Damaged(
                    Segments.snapshots(storage).getLast().name(), 0, "there are snapshots and no segment of the log");
        }
        if (segments.isEmpty()) {
            LogWriter writer = begun(new LogWriter(storage, store, options, build, 0, 0));
            return new Opened(writer, 0, 0, Optional.empty(), List.of());
        }
        LogReader<R> reader = LogReader.open(storage, store);
        Recovery recovery = Recovery.of(reader, store, storage);
        cut(storage, recovery);
        StoreState<R> state = store.state();
        LogWriter writer = begun(new LogWriter(storage, store, options, build, state.input(), state.input()));
        return new Opened(writer, state.input(), state.now(), recovery.tail(), recovery.notes());
    }

    private static LogWriter begun(LogWriter writer) throws IOException {
        try {
            writer.beginSegment();
            writer.flush();
            return writer;
        } catch (IOException | RuntimeException e) {
            try {
                writer.close();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /**
     * Ends a log with a snapshot of its last state, so that another build can go on from it without replaying anything. To be
     * done by the build that wrote it.
     *
     * @return the last input
     * @throws LogException as {@link #open}
     */
    public static <R> long seal(LogStorage storage, Store<R> store, LogOptions options, String build)
            throws IOException {
        try (LogWriter writer = open(storage, store, options, build).writer()) {
            writer.force();
            if (store.state().input() > 0) {
                writer.snapshot(store, store.state());
            }
            return store.state().input();
        }
    }

    private static void dropUnfinished(LogStorage storage) throws IOException {
        for (String name : storage.names()) {
            if (Segments.isUnfinished(name)) {
                storage.delete(name);
            }
        }
        // A crash while compressing leaves a segment twice; the uncompressed one is whole.
        List<String> names = storage.names();
        for (String name : names) {
            if (name.endsWith(".jsonl") && names.contains(name + ".zst")) {
                storage.delete(name + ".zst");
            }
        }
    }

    private static void cut(LogStorage storage, Recovery recovery) throws IOException {
        List<Segments.Segment> segments = Segments.segments(storage);
        Segments.Segment last = segments.getLast();
        if (recovery.tail().isPresent()) {
            LogCursor.Tail tail = recovery.tail().get();
            keepCut(storage, tail, recovery.lastInput());
            storage.truncate(tail.file(), tail.offset());
        }
        // A segment without a single input has the name of the one that is begun next.
        if (last.first() == recovery.lastInput() + 1) {
            storage.truncate(last.name(), 0);
        } else if (!last.compressed()) {
            // What a killed process wrote was read back; that it is on disk is not known before this.
            try (LogStorage.Appender file = storage.append(last.name())) {
                file.force();
            }
        }
    }

    private static void keepCut(LogStorage storage, LogCursor.Tail tail, long lastInput) throws IOException {
        int attempt = 1;
        List<String> names = storage.names();
        while (names.contains(Segments.cutName(lastInput + 1, attempt))) {
            attempt++;
        }
        try (InputStream in = storage.read(tail.file(), tail.offset());
                LogStorage.Appender out = storage.append(Segments.cutName(lastInput + 1, attempt))) {
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
            out.force();
        }
    }

    /** What reading the log to its end found. */
    private record Recovery(long lastInput, Optional<LogCursor.Tail> tail, List<String> notes) {

        static <R> Recovery of(LogReader<R> reader, Store<R> store, LogStorage storage) throws IOException {
            StoreState<R> from = reader.stateBefore(Long.MAX_VALUE);
            Schema.Report fit = reader.fitAfter(from.input());
            if (!fit.missing().isEmpty()) {
                throw LogException.OtherMachines.of("the log in " + storage, fit);
            }
            if (fit.fit() == Schema.Fit.IMPOSSIBLE) {
                String why = "this build cannot go on from the log in " + storage + ": "
                        + fit.advice("seal the log with the build that wrote it (ActionLog.seal), or begin a new log");
                throw new LogException.OtherBuild(why);
            }
            store.restore(from);
            List<String> notes = new ArrayList<>();
            if (!fit.differences().isEmpty()) {
                notes.add("another build wrote the log; the differences: "
                        + fit.text().replace("\n", "; "));
            }
            Schema.Report whole = reader.fit();
            if (whole.fit() != fit.fit()) {
                notes.add("what the log has before input " + (from.input() + 1) + " is of another build, and"
                        + (whole.fit() == Schema.Fit.IMPOSSIBLE
                                ? " can be replayed by that build only: "
                                : " can be replayed with losses only: ")
                        + whole.brief());
            }
            try (LogCursor cursor = reader.cursor(from.input() + 1)) {
                long diverged = 0;
                for (Optional<Frame> next = cursor.next(); next.isPresent(); next = cursor.next()) {
                    if (!(next.get() instanceof Frame.Recorded recorded) || recorded.number() <= from.input()) {
                        continue;
                    }
                    if (recorded.failed().isPresent()) {
                        notes.add("input " + recorded.number() + " stopped the last run: "
                                + recorded.failed().get());
                        store.skip(recorded.number(), recorded.at());
                        continue;
                    }
                    // Held to all digests: one that cannot be compared proves nothing of a durable effect.
                    Optional<Mismatch> divergence = Mismatch.between(
                            recorded, applied(store, recorded), recorded.durable() ? Set.of() : cursor.incomparable());
                    if (divergence.isPresent()) {
                        diverged++;
                        if (recorded.durable()) {
                            throw new LogException.OtherBuild("this build replays input " + recorded.number()
                                    + ", which led to a durable effect, to another result: "
                                    + divergence.get().what()
                                    + ". Seal the log with the build that wrote it (ActionLog.seal)");
                        }
                    }
                }
                store.all();
                if (cursor.last() < from.input()) {
                    throw new LogException.Damaged(
                            Segments.snapshotName(from.input()),
                            0,
                            "inputs " + (cursor.last() + 1) + " to " + from.input()
                                    + " are missing before this snapshot");
                }
                if (diverged > 0) {
                    notes.add(diverged + " inputs after the last snapshot gave another result than recorded; none of "
                            + "them led to a durable effect");
                }
                cursor.tail()
                        .ifPresent(tail -> notes.add("cut " + tail.bytes() + " bytes behind the last whole frame of "
                                + tail.file() + ": " + tail.why()));
                return new Recovery(store.state().input(), cursor.tail(), List.copyOf(notes));
            }
        }

        private static <R> Turn applied(Store<R> store, Frame.Recorded recorded) {
            try {
                return recorded.replay(store);
            } catch (StoreFailure failure) {
                throw new LogException.OtherBuild(
                        "this build fails at input " + recorded.number() + " of the log, which the build that wrote it "
                                + "carried out: " + failure.getMessage()
                                + ". Seal the log with the build that wrote it (ActionLog.seal)",
                        failure);
            }
        }
    }
}
