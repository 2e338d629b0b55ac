package dev.dunlin.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the index of a log is.
 *
 * @param folder of its files; another name is free
 * @param isTemporary whether it is to be deleted when the command has ended
 */
record IndexPlace(Path folder, boolean isTemporary) {

    private static final String FOLDER = "index";

    /**
     * The folder {@code index} beside a log's files, which the log's own housekeeping does not look into; where the log cannot be
     * written, a new one among the system's temporary files, for its owner alone.
     *
     * @param given the folder to hold it instead
     * @throws CommandFailure if no temporary folder can be made
     */
    static IndexPlace of(Path log, Optional<Path> given) {
        if (given.isPresent()) {
            return new IndexPlace(given.get().resolve(FOLDER), false);
        }
        Path beside = log.resolve(FOLDER);
        Path written = Files.exists(beside) ? beside : log;
        if (Files.isWritable(written)) {
            return new IndexPlace(beside, false);
        }
        try {
            Path folder = Files.createTempDirectory("dunlin-index");
            IndexPlace place = new IndexPlace(folder, true);
            // An interrupt ends a command at any moment.
            Runtime.getRuntime().addShutdownHook(new Thread(place::delete, "dunlin-index"));
            return place;
        } catch (IOException failure) {
            throw FileFailure.of("make a temporary folder for the index: give one by --index", failure);
        }
    }

    /** Where an index may be found; nothing is made. */
    static Path toFind(Path log, Optional<Path> given) {
        return given.orElse(log).resolve(FOLDER);
    }

    /** Deletes it if it is temporary. */
    void delete() {
        if (!isTemporary || !Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException left) {
            // The system clears its temporary files some day.
            return;
        }
    }
}
