package dev.dunlin.node;

import dev.dunlin.core.debug.JUnitExport;
import dev.dunlin.core.debug.LogShrinker;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * What {@code dunlin shrink --out DIR} leaves: a data directory with a small log, and a test of it.
 *
 * @param log the folder that holds the log
 * @param test the test's source; its resource stands beside it
 */
record SmallLog(Path log, Path test) {

    private static final String TEST = "ShrunkTest";

    /**
     * Refuses a folder that is there, before the long search for what is to be written to it.
     *
     * @throws CommandFailure if it is there
     */
    static void requireNew(Path folder) {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new CommandFailure(
                    ExitCode.CANNOT_CREATE, folder + " is there already: give --out a folder that is new");
        }
    }

    /**
     * Writes both into a folder that is not there yet.
     *
     * @throws CommandFailure if it is there, or cannot be written
     * @throws LogException as {@link LogShrinker#write}; there is no folder then
     */
    static SmallLog write(Path folder, Machines machines, LogShrinker<NodeRoot> shrinker, LogShrinker.Small small) {
        try {
            Files.createDirectory(folder);
            return written(folder, machines, shrinker, small);
        } catch (IOException failure) {
            throw FileFailure.making(folder, "write the small log to " + folder, failure);
        } catch (UncheckedIOException failure) {
            throw FileFailure.of("write the small log to " + folder, failure);
        }
    }

    private static SmallLog written(
            Path folder, Machines machines, LogShrinker<NodeRoot> shrinker, LogShrinker.Small small)
            throws IOException {
        Path log = DataDirectory.log(folder);
        try {
            try (DirectoryStorage storage = DirectoryStorage.open(log)) {
                shrinker.write(small, storage, label(machines, small));
            }
            return new SmallLog(log, test(folder, machines, log, small));
        } catch (LogException cannot) {
            // Half of it is of no use, and would be in the way of the next try.
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
            throw cannot;
        }
    }

    // In the header of the log: whoever opens it sees that no node has run like this.
    private static String label(Machines machines, LogShrinker.Small small) {
        return machines.build() + " (open-loop: " + small.kept().size() + " of " + small.inputs() + " inputs, shrunk)";
    }

    private static Path test(Path folder, Machines machines, Path log, LogShrinker.Small small) throws IOException {
        JUnitExport export = JUnitExport.of(TEST, machines.storeExpression(log));
        Store<NodeRoot> store = machines.storeOf(log);
        LogReader<NodeRoot> reader = LogReader.open(DirectoryStorage.readOnly(log), store);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        String source = export.writeAudit(
                reader, new Replayer<>(reader, store, false), 1, small.kept().size(), lines);
        Path test = folder.resolve(TEST + ".java");
        Files.write(folder.resolve(export.resource()), lines.toByteArray(), StandardOpenOption.CREATE_NEW);
        Files.writeString(test, source, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        return test;
    }
}
