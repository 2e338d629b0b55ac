package dev.dunlin.node;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where a node keeps what is its own: {@code identity.key}, and its log in {@code log}. */
final class DataDirectory {

    /** What a command's help says of the default. */
    static final String DEFAULT_TEXT = "~/.dunlin";

    private static final String LOG = "log";

    private DataDirectory() {}

    /** The data directory of a node that was given none: {@code .dunlin} in the user's home. */
    static Path standard() {
        return Path.of(System.getProperty("user.home"), ".dunlin");
    }

    /** The folder of the log in a data directory. */
    static Path log(Path dataDirectory) {
        return dataDirectory.resolve(LOG);
    }

    /**
     * The log folder that a user means by a data directory or a log folder.
     *
     * @throws CommandFailure with {@link ExitCode#NO_INPUT} if there is no such directory
     */
    static Path resolveLog(Path given) {
        if (!Files.isDirectory(given)) {
            throw new CommandFailure(
                    ExitCode.NO_INPUT,
                    (Files.exists(given) ? given + " is no directory" : "there is no directory " + given)
                            + ": give a node's data directory, or the folder that holds its log");
        }
        Path inside = log(given);
        return Files.isDirectory(inside) || Files.exists(given.resolve(Identity.FILE)) ? inside : given;
    }
}
