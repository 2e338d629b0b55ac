package dev.dunlin.node;

import dev.dunlin.core.debug.LogIndex;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongConsumer;

/**
 * The index of a log, in the folder {@code index} beside its files, which the log's own housekeeping does not look into. One
 * process at a time has it open.
 *
 * @param index the index
 * @param files where it is
 * @param millis how long it took to open, to make or to extend it
 */
record OpenIndex(LogIndex<NodeRoot> index, DirectoryStorage files, long millis) implements AutoCloseable {

    private static final String FOLDER = "index";

    /**
     * Opens the index of a log; makes it where there is none.
     *
     * @throws LogException as {@link LogIndex#open}
     * @throws CommandFailure if the folder cannot be written, or another command has it open
     */
    static OpenIndex of(
            LogReader<NodeRoot> log, Store<NodeRoot> store, Path folder, boolean acceptRisky, LongConsumer progress) {
        Path place = folder.resolve(FOLDER);
        long begun = System.nanoTime();
        DirectoryStorage files = opened(place);
        try {
            LogIndex<NodeRoot> index = LogIndex.open(
                    log,
                    store,
                    files,
                    BuildInfo.current().text(),
                    LogIndex.Options.DEFAULT.risky(acceptRisky),
                    progress);
            return new OpenIndex(index, files, (System.nanoTime() - begun) / 1_000_000);
        } catch (UncheckedIOException failure) {
            closed(files, place);
            throw FileFailure.of("read the log in " + folder + " or write its index", failure);
        } catch (RuntimeException | Error failure) {
            closed(files, place);
            throw failure;
        }
    }

    /**
     * A log, read by way of its index where there is one that holds and that nobody else has open. Nothing is made or added.
     * The index is not kept from others: should one change it meanwhile, going to a step may fail, and leads to no wrong state.
     *
     * @throws LogException if the log fits this build only with losses that are not accepted, or not at all
     */
    static LogReader<NodeRoot> quick(LogReader<NodeRoot> log, Store<NodeRoot> store, Path folder, boolean acceptRisky) {
        Path place = folder.resolve(FOLDER);
        if (!Files.isDirectory(place)) {
            return log;
        }
        try (DirectoryStorage files = DirectoryStorage.open(place)) {
            return LogIndex.find(
                            log, store, files, BuildInfo.current().text(), LogIndex.Options.DEFAULT.risky(acceptRisky))
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
        closed(files, Path.of(files.toString()));
    }
}
