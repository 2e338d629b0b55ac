package dev.dunlin.node;

import dev.dunlin.core.log.LogCheck;
import dev.dunlin.core.log.LogFinding;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin restore}: makes a data directory of a backup. */
@Command(
        name = "restore",
        description =
                "Makes a data directory of what 'dunlin backup' wrote. Two nodes with one key must never run at once.")
final class RestoreCommand implements Runnable {

    @Parameters(index = "0", paramLabel = "FROM", description = "The backup: a file or a folder.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Path from;

    @Parameters(
            index = "1",
            paramLabel = "DIR",
            description = "The data directory: it is not there yet, or empty. Nothing is ever overwritten.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Path directory;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final Machines machines;

    RestoreCommand(Machines machines) {
        this.machines = machines;
    }

    @Override
    public void run() {
        if (!Files.exists(from)) {
            throw new CommandFailure(ExitCode.NO_INPUT, "there is no backup " + from + ": check the path");
        }
        CommandFailure.require(directory.toAbsolutePath().normalize().getFileName() != null, "give a directory's name");
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS) && !BackupCommand.isEmptyFolder(directory)) {
            throw new CommandFailure(
                    ExitCode.CANNOT_CREATE,
                    (Identity.isIn(directory)
                                    ? "there is a node in " + directory + " already"
                                    : directory + " is not empty")
                            + ", and nothing is overwritten: give another directory");
        }
        BackupManifest manifest;
        List<LogFinding> findings;
        boolean hasKey;
        try (Unfinished making = Unfinished.folder(directory)) {
            manifest = BackupReader.read(from, Optional.of(making.path()));
            hasKey = Identity.isIn(making.path());
            isOf(manifest, identity(making.path()));
            Path log = DataDirectory.log(making.path());
            findings = Files.isDirectory(log)
                    ? LogHealth.look(log, LogBounds.of(log, machines).narrow(), LogCheck.Depth.WHOLE)
                            .findings()
                    : List.of();
            if (Files.isDirectory(log)) {
                Unfinished.force(log);
            }
            Unfinished.force(making.path());
            making.finish();
        } catch (IOException failure) {
            throw FileFailure.of("restore " + from + " to " + directory, failure);
        }
        tell(manifest, findings, hasKey);
    }

    // Where it stands for now is no place for who reads of it.
    private Optional<Identity> identity(Path making) {
        try {
            return Identity.find(making);
        } catch (CommandFailure unusable) {
            throw new CommandFailure(
                    ExitCode.DATA_ERROR,
                    "the key in the backup " + from + " cannot be used, it is no key: use another backup",
                    unusable);
        }
    }

    private void isOf(BackupManifest manifest, Optional<Identity> identity) {
        Optional<String> own = identity.map(one -> one.peerId().toString());
        if (own.isPresent() && !own.equals(manifest.peerId())) {
            throw new CommandFailure(
                    ExitCode.DATA_ERROR,
                    "the key in the backup " + from + " is that of " + own.get()
                            + ", and not of the node that it names: use" + " another one");
        }
    }

    private void tell(BackupManifest manifest, List<LogFinding> findings, boolean hasKey) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(directory + ": "
                + manifest.peerId()
                        .map(id -> "the node " + LogLine.shortened(LogLine.printable(id), 80))
                        .orElse("a node")
                + ", as it was at " + LogLine.shortened(manifest.made(), 40));
        out.println(
                hasKey
                        ? "Two nodes with one key must never run at once: see that the other one has stopped for good before"
                                + " you run this one."
                        : "The backup was made without the key: put " + Identity.FILE
                                + " into the directory before you run the node, and never run two nodes with one key at"
                                + " once.");
        Path log = DataDirectory.log(directory);
        findings.forEach(finding -> spec.commandLine().getErr().println("dunlin: " + LogHealth.sentence(log, finding)));
        if (findings.stream().anyMatch(LogFinding::loses)) {
            throw new CommandFailure(
                    ExitCode.DATA_ERROR,
                    "the log in " + log
                            + " is restored as it was backed up, which is damaged: use an older backup if there is"
                            + " one");
        }
    }
}
