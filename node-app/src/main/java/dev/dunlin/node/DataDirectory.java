package dev.dunlin.node;

import dev.dunlin.core.log.FolderLock;
import dev.dunlin.node.config.NearestName;
import dev.dunlin.node.records.jdbc.SqliteRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a node keeps what is its own: {@code identity.key}, its log in {@code log}, {@code lock}, which says who uses it, and
 * {@code records.db}, if it is configured to keep records of others in a file.
 */
final class DataDirectory {

    /** What a command's help says of the default. */
    static final String DEFAULT_TEXT = "~/.dunlin";

    /** What a command's help says of the log that it reads. */
    static final String LOG_TEXT = "A data directory, or a folder that holds a log (default: " + DEFAULT_TEXT + ").";

    private static final String LOG = "log";

    // So many names are looked at for one that may be meant.
    private static final int MOST_BESIDE = 1000;

    private DataDirectory() {}

    /** The data directory of a node that was given none: what {@code DUNLIN_DATA_DIR} says, or {@code .dunlin} in the user's home. */
    static Path standard() {
        String said = System.getenv("DUNLIN_DATA_DIR");
        return said == null || said.isEmpty() ? standard(System.getenv("HOME")) : Path.of(said);
    }

    // The JVM asks the password file, and the shell the environment: what ~ means is what the user sees.
    static Path standard(@Nullable String home) {
        boolean isSaid = home != null && !home.isEmpty();
        return Path.of(isSaid ? home : System.getProperty("user.home"), ".dunlin");
    }

    /** Whether there is anything of a log in a data directory, be it unreadable. */
    static boolean hasLog(Path dataDirectory) {
        Path log = log(dataDirectory);
        if (!Files.exists(log, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (Stream<Path> files = Files.list(log)) {
            return files.findAny().isPresent();
        } catch (IOException unreadable) {
            return true;
        }
    }

    /**
     * Takes the lock of a data directory, before anything in it is read; makes the directory if there is none.
     *
     * @param command what this process runs, for whoever finds the directory in use
     * @throws dev.dunlin.core.log.LogException.InUse if another process has it
     * @throws CommandFailure if it cannot be made or locked
     */
    static FolderLock lock(Path dataDirectory, String command) {
        Identity.makeDirectory(dataDirectory);
        try {
            return FolderLock.take(dataDirectory, "the data directory " + dataDirectory, command);
        } catch (IOException failure) {
            throw FileFailure.of("lock the data directory " + dataDirectory, failure);
        }
    }

    /** The data directory that a log folder is in, if it is in one. */
    static Optional<Path> of(Path log) {
        return around(log).filter(parent -> Files.exists(parent.resolve(Identity.FILE)));
    }

    /** The directory that a folder would be the log of, be there a node in it or not. */
    static Optional<Path> around(Path log) {
        Path whole = log.toAbsolutePath().normalize();
        return Optional.ofNullable(whole.getParent())
                .filter(parent -> log(parent).equals(whole));
    }

    /** The folder of the log in a data directory. */
    static Path log(Path dataDirectory) {
        return dataDirectory.resolve(LOG);
    }

    /** The file of the records of the DHT: in the data directory that a log folder is in; of another folder, beside it, with its name. */
    static Path records(Path log) {
        return beside(log, SqliteRecords.FILE);
    }

    /** What has a name in the data directory that a log folder is in; of another folder, beside it, with its name. */
    static Path beside(Path log, String name) {
        Path whole = log.toAbsolutePath().normalize();
        return around(log)
                .map(dataDirectory -> dataDirectory.resolve(name))
                .orElseGet(() -> whole.resolveSibling(whole.getFileName() + "-" + name));
    }

    /**
     * The log folder that a user means by a data directory or a log folder; that of the {@linkplain #standard() default} where none
     * was given.
     *
     * @throws CommandFailure as {@link #resolveLog}
     */
    static Path logOf(@Nullable Path given) {
        return resolveLog(given == null ? standard() : given);
    }

    /**
     * Refuses what is no directory, with the name of one beside it that may be meant.
     *
     * @param advice what to give instead
     * @throws CommandFailure with {@link ExitCode#NO_INPUT} then
     */
    static void requireDirectory(Path given, String advice) {
        if (Files.isDirectory(given)) {
            return;
        }
        String meant = Files.exists(given)
                ? ""
                : beside(given)
                        .map(near -> "; did you mean " + given.resolveSibling(near) + "?")
                        .orElse("");
        throw new CommandFailure(
                ExitCode.NO_INPUT,
                (Files.exists(given) ? given + " is no directory" : "there is no directory " + given) + ": " + advice
                        + meant);
    }

    private static Optional<String> beside(Path given) {
        Path folder = given.toAbsolutePath().normalize().getParent();
        Path name = given.getFileName();
        if (folder == null || name == null) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return NearestName.of(
                    name.toString(),
                    all.filter(Files::isDirectory)
                            .limit(MOST_BESIDE)
                            .map(one -> String.valueOf(one.getFileName()))
                            .toList());
        } catch (IOException hidden) {
            return Optional.empty();
        }
    }

    /** What to say of a directory in which there is no node, if it is the log of one. */
    static Optional<String> ofLog(Path given) {
        return of(given).map(dataDir -> given + " is the log of the node in " + dataDir + ": give that directory");
    }

    /**
     * The log folder that a user means by a data directory or a log folder.
     *
     * @throws CommandFailure with {@link ExitCode#NO_INPUT} if there is no such directory
     */
    static Path resolveLog(Path given) {
        requireDirectory(given, "give a node's data directory, or the folder that holds its log");
        Path inside = log(given);
        if (Files.exists(given.resolve(Identity.FILE)) && !Files.exists(inside, LinkOption.NOFOLLOW_LINKS)) {
            throw new CommandFailure(
                    ExitCode.NO_INPUT,
                    "there is no log in the data directory " + given + ": its node has never run, or " + inside
                            + " was moved away");
        }
        return Files.isDirectory(inside) || Files.exists(given.resolve(Identity.FILE)) ? inside : given;
    }
}
