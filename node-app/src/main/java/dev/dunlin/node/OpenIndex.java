package dev.dunlin.node;

import dev.dunlin.core.debug.LogIndex;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The index of a log. One process at a time has it open.
 *
 * @param place where it is
 * @param index the index
 * @param files where it is
 * @param millis how long it took to open, to make or to extend it
 */
record OpenIndex(IndexPlace place, LogIndex<NodeRoot> index, DirectoryStorage files, long millis)
        implements AutoCloseable {

    /**
     * Opens the index of a log; makes it where there is none.
     *
     * @param build names the program and its machines: of another one the index is made anew
     * @param given the folder to hold it; empty for the usual {@linkplain IndexPlace place}
     * @param err is told if that is a temporary one
     * @throws LogException as {@link LogIndex#open}
     * @throws CommandFailure if the folder cannot be written, or another command has it open
     */
    static OpenIndex of(
            LogReader<NodeRoot> log,
            Store<NodeRoot> store,
            String build,
            Path folder,
            Optional<Path> given,
            boolean acceptRisky,
            PrintWriter err,
            LongConsumer progress) {
        IndexPlace place = IndexPlace.of(folder, given);
        if (place.isTemporary()) {
            err.println(
                    "dunlin: " + folder + " cannot be written: the log's index is made in a temporary folder, for this"
                            + " once; --index DIR keeps one");
        }
        long begun = System.nanoTime();
        DirectoryStorage files = opened(place.folder());
        try {
            LogIndex<NodeRoot> index =
                    LogIndex.open(log, store, files, build, LogIndex.Options.DEFAULT.risky(acceptRisky), progress);
            return new OpenIndex(place, index, files, (System.nanoTime() - begun) / 1_000_000);
        } catch (UncheckedIOException failure) {
            closed(files, place.folder());
            place.delete();
            throw FileFailure.of("read the log in " + folder + " or write its index", failure);
        } catch (RuntimeException | Error failure) {
            closed(files, place.folder());
            place.delete();
            throw failure;
        }
    }

    /**
     * A log, read by way of its index where there is one that holds and that nobody else has open. Nothing is made or added.
     * The index is not kept from others: should one change it meanwhile, going to a step may fail, and leads to no wrong state.
     *
     * @throws LogException if the log fits this build only with losses that are not accepted, or not at all
     */
    static LogReader<NodeRoot> quick(
            LogReader<NodeRoot> log,
            Store<NodeRoot> store,
            String build,
            Path folder,
            Optional<Path> given,
            boolean acceptRisky) {
        Path place = IndexPlace.toFind(folder, given);
        if (!Files.isDirectory(place)) {
            return log;
        }
        try (DirectoryStorage files = DirectoryStorage.open(place)) {
            return LogIndex.find(log, store, files, build, LogIndex.Options.DEFAULT.risky(acceptRisky))
                    .map(LogIndex::log)
                    .orElse(log);
        } catch (LogException.InUse | IOException | UncheckedIOException cannot) {
            return log;
        }
    }

    private static DirectoryStorage opened(Path place) {
        try {
            return DirectoryStorage.open(place);
        } catch (LogException.InUse inUse) {
            throw new CommandFailure(
                    ExitCode.BUSY, "another command uses the index in " + place + ": wait until it has ended", inUse);
        } catch (IOException failure) {
            throw FileFailure.of("write the index in " + place, failure);
        }
    }

    private static void closed(DirectoryStorage files, Path place) {
        try {
            files.close();
        } catch (IOException failure) {
            throw FileFailure.of("close the index in " + place, failure);
        }
    }

    /** Says what opening did, and how long it took. */
    void tell(Report report) {
        String text = String.format(
                Locale.ROOT,
                "%s in %.2f s: steps %d to %d, %d actions, %d bytes",
                index.made().name().toLowerCase(Locale.ROOT),
                millis / 1e3,
                index.first(),
                index.last(),
                index.actions(),
                index.bytes());
        report.add(
                "index",
                text,
                Report.object()
                        .put("made", index.made().name().toLowerCase(Locale.ROOT))
                        .put("millis", millis)
                        .put("first", index.first())
                        .put("last", index.last())
                        .put("actions", index.actions())
                        .put("bytes", index.bytes()));
    }

    @Override
    public void close() {
        closed(files, place.folder());
        place.delete();
    }
}
