package dev.dunlin.node;

import dev.dunlin.core.log.LogCheck;
import dev.dunlin.core.log.LogFinding;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin backup}: copies a node's data directory. */
@Command(
        name = "backup",
        description =
                "Copies a node's data directory: its log, its key and its settings. The node may be running. What was"
                        + " written is read back.")
final class BackupCommand implements Runnable {

    @Parameters(index = "0", paramLabel = "DIR", description = "The data directory.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Path directory;

    @Parameters(
            index = "1",
            paramLabel = "TO",
            description = "A new file that ends with .tar.zst, or a new folder. Only its owner can read it.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Path to;

    @Option(
            names = "--without-key",
            description =
                    "Leaves out the key, and all else but the log and the settings: what is left is no secret of the"
                            + " node.")
    private boolean withoutKey;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final Machines machines;
    private final BuildInfo build;

    BackupCommand(Machines machines, BuildInfo build) {
        this.machines = machines;
        this.build = build;
    }

    @Override
    public void run() {
        isNode(directory);
        isNew(to, directory);
        Optional<LogCheck.Result> log = Files.isDirectory(DataDirectory.log(directory))
                ? Optional.of(LogHealth.look(
                        DataDirectory.log(directory),
                        LogBounds.of(DataDirectory.log(directory), machines).narrow(),
                        LogCheck.Depth.WHOLE))
                : Optional.empty();
        Backup.Made backup = Backup.make(directory, to, !withoutKey, build, Clock.systemUTC());
        BackupManifest made = backup.manifest();
        if (!BackupReader.read(to, Optional.empty()).equals(made)) {
            throw new CommandFailure(
                    ExitCode.IO_ERROR,
                    "the backup " + to + " is another than was written: check the disk, and make it again");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(to + ": " + made.files().size() + " files of "
                + made.peerId().map(id -> "the node " + id).orElse("a node without a name")
                + (withoutKey ? ", without its key" : ", its key among them: whoever has it is this node"));
        for (String name : backup.leftOut()) {
            spec.commandLine()
                    .getErr()
                    .println("dunlin: " + LogLine.printable(name) + " is not in the backup: a file in it has a name of"
                            + " letters, digits, '.', '_' and '-'; rename it, or copy it by hand");
        }
        if (Files.isDirectory(directory.resolve(SqliteTallies.DIRECTORY))) {
            spec.commandLine()
                    .getErr()
                    .println("dunlin: the databases in " + directory.resolve(SqliteTallies.DIRECTORY)
                            + " are not in the backup: whoever uses them copies them, as with '.backup' of sqlite3");
        }
        // A damaged log is copied as it is: it may be all that there is.
        for (LogFinding finding : log.map(LogCheck.Result::findings).orElse(List.of())) {
            spec.commandLine().getErr().println("dunlin: " + LogHealth.sentence(DataDirectory.log(directory), finding));
        }
        if (log.filter(LogCheck.Result::loses).isPresent()) {
            throw new CommandFailure(
                    ExitCode.DATA_ERROR,
                    "the backup " + to
                            + " is a copy of a log that is damaged: keep older backups, and mend the log first");
        }
    }

    /**
     * Refuses what is no data directory.
     *
     * @throws CommandFailure then
     */
    static void isNode(Path directory) {
        DataDirectory.requireDirectory(directory, "give a node's data directory");
        if (!Identity.isIn(directory) && !DataDirectory.hasLog(directory)) {
            throw new CommandFailure(
                    ExitCode.NO_INPUT,
                    DataDirectory.ofLog(directory)
                            .orElse("there is no node in " + directory + ": give a data directory, which has "
                                    + Identity.FILE + " and a folder log"));
        }
    }

    /**
     * Refuses what is there already, or cannot be meant.
     *
     * @throws CommandFailure then
     */
    static void isNew(Path to, Path directory) {
        CommandFailure.require(
                to.getFileName() != null
                        && (Archive.isFile(to)
                                || !to.getFileName().toString().matches(".*\\.(tar|zst|tzst|gz|tgz|zip|xz)")),
                to + " is written as " + Archive.SUFFIX + " or as a folder: let it end with " + Archive.SUFFIX
                        + ", or give a folder's name");
        Path inside = directory.toAbsolutePath().normalize();
        CommandFailure.require(
                !to.toAbsolutePath().normalize().startsWith(inside),
                to + " is in the data directory itself: give a place outside of it");
        if (Files.exists(to, LinkOption.NOFOLLOW_LINKS) && !isEmptyFolder(to)) {
            throw new CommandFailure(
                    ExitCode.CANNOT_CREATE, to + " is there already, and nothing is overwritten: give another name");
        }
    }

    /** Whether a path is a folder with nothing in it. */
    static boolean isEmptyFolder(Path path) {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.findAny().isEmpty();
        } catch (IOException unreadable) {
            return false;
        }
    }
}
