package dev.dunlin.node;

import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.FolderLock;
import dev.dunlin.core.log.LogCheck;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogFinding;
import dev.dunlin.core.log.LogOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Looks at a log's files beside what a command does with the log, and says what is wrong with them when that is done. */
final class LogHealth {

    private final Path folder;
    private final CompletableFuture<LogCheck.Result> looking;

    private LogHealth(Path folder, CompletableFuture<LogCheck.Result> looking) {
        this.folder = folder;
        this.looking = looking;
    }

    /**
     * What is wrong with a log's files.
     *
     * @param ring the bounds that it is kept in: a beginning that they explain is not missing
     * @throws CommandFailure if the folder cannot be read
     */
    static LogCheck.Result look(Path folder, LogOptions ring, LogCheck.Depth depth) {
        try {
            return LogCheck.of(DirectoryStorage.readOnly(folder), NodeRoot.newStore(), ring, depth, isWritten(folder));
        } catch (IOException failure) {
            throw FileFailure.of("read the log in " + folder, failure);
        } catch (UncheckedIOException failure) {
            throw FileFailure.of("read the log in " + folder, failure);
        }
    }

    // Somebody else's lock cannot be looked at: then the end is taken for one that is being written, which says less.
    private static boolean isWritten(Path folder) {
        try {
            return FolderLock.holder(folder).isPresent();
        } catch (IOException hidden) {
            return true;
        }
    }

    /** A log's sentence for a finding. */
    static String sentence(Path folder, LogFinding finding) {
        return "the log in " + folder + ": " + LogLine.printable(finding.sentence());
    }

    /** What a command says when it ends by a finding. */
    static CommandFailure failure(Path folder, LogFinding finding) {
        boolean forbidden = finding instanceof LogFinding.Unreadable unreadable && unreadable.forbidden();
        return new CommandFailure(forbidden ? ExitCode.NOT_PERMITTED : ExitCode.DATA_ERROR, sentence(folder, finding));
    }

    /**
     * Does something with a log, and looks at its files beside it. What is wrong with them is printed at the end, one sentence each.
     *
     * @param machines what the node has, whose settings say in which bounds its log is kept
     * @param depth how much is looked at
     * @param whole whether what is done is about the whole log, so that lost inputs are a failure
     * @param out where the work prints; if nobody reads there any more, the end is not waited for
     * @throws CommandFailure by the first finding that loses inputs, if the work is about the whole log or broke off there
     */
    static void beside(
            Path folder,
            Machines machines,
            LogCheck.Depth depth,
            boolean whole,
            PrintWriter out,
            PrintWriter err,
            Runnable work) {
        LogHealth health = started(folder, machines, depth);
        try {
            work.run();
        } catch (LogException.Missing none) {
            throw none;
        } catch (LogException | UncheckedIOException broken) {
            health.explain(broken, err);
            throw broken;
        }
        if (!out.checkError()) {
            health.tell(whole, err);
        }
    }

    private static LogHealth started(Path folder, Machines machines, LogCheck.Depth depth) {
        CompletableFuture<LogCheck.Result> looking = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        looking.complete(
                                look(folder, LogBounds.of(folder, machines).narrow(), depth));
                    } catch (RuntimeException | Error failure) {
                        looking.completeExceptionally(failure);
                    }
                },
                "dunlin-log-check");
        thread.setDaemon(true);
        thread.start();
        return new LogHealth(folder, looking);
    }

    private LogCheck.Result result() {
        try {
            return looking.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    // A reader says where it broke off; the check says also what is lost, and all else.
    private void explain(RuntimeException broken, PrintWriter err) {
        boolean unreadable = broken instanceof UncheckedIOException;
        boolean byFormat = !unreadable
                && result().findings().stream().anyMatch(finding -> finding instanceof LogFinding.OtherFormat);
        if (unreadable || byFormat || broken instanceof LogException.Damaged) {
            tell(true, err);
        }
    }

    private void tell(boolean failing, PrintWriter err) {
        LogCheck.Result found = result();
        if (found.segments() + found.snapshots() == 0) {
            return;
        }
        Optional<LogFinding> lost = found.findings().stream()
                .filter(finding -> failing && finding.loses())
                .findFirst();
        for (LogFinding finding : found.findings()) {
            if (!lost.equals(Optional.of(finding))) {
                err.println("dunlin: " + sentence(folder, finding));
            }
        }
        if (found.more() > 0) {
            err.println("dunlin: the log in " + folder + ": " + found.more() + " more files are wrong");
        }
        if (lost.isPresent()) {
            throw failure(folder, lost.get());
        }
    }
}
