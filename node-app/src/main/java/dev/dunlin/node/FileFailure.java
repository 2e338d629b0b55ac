package dev.dunlin.node;

import dev.dunlin.core.system.SystemError;
import dev.dunlin.core.system.SystemErrors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Objects;

/** The sentences for what goes wrong with files. */
final class FileFailure {

    private FileFailure() {}

    /** As {@link #of(String, IOException)}, where the failure was wrapped. */
    static CommandFailure of(String doing, UncheckedIOException failure) {
        return of(doing, Objects.requireNonNull(failure.getCause()));
    }

    /**
     * What a command says when it cannot make a file or folder: as {@link #of(String, IOException)}, and where it stands in no
     * folder, which one is missing.
     *
     * @param file what was to be made
     */
    static CommandFailure making(Path file, String doing, IOException failure) {
        Path folder = file.toAbsolutePath().getParent();
        return failure instanceof NoSuchFileException && folder != null && !Files.isDirectory(folder)
                ? new CommandFailure(
                        ExitCode.CANNOT_CREATE,
                        "cannot " + doing + ": there is no folder " + missing(folder) + "; make it, or name another",
                        failure)
                : of(doing, failure);
    }

    // The outermost that is not there.
    private static Path missing(Path folder) {
        Path missing = folder;
        Path above = folder.getParent();
        while (above != null && !Files.isDirectory(above)) {
            missing = above;
            above = above.getParent();
        }
        return missing;
    }

    /**
     * What a command says when a file operation fails.
     *
     * @param doing what was tried, such as {@code "write the key to /home/ann/.dunlin"}
     */
    static CommandFailure of(String doing, IOException failure) {
        String cannot = "cannot " + doing + ": ";
        return switch (failure) {
            case AccessDeniedException denied ->
                new CommandFailure(
                        ExitCode.NOT_PERMITTED,
                        cannot + denied.getFile()
                                + " does not permit it; run it as the owner, or use another directory",
                        denied);
            case NoSuchFileException missing ->
                new CommandFailure(
                        ExitCode.NO_INPUT, cannot + "there is no " + missing.getFile() + "; check the path", missing);
            case FileAlreadyExistsException exists ->
                new CommandFailure(
                        ExitCode.CANNOT_CREATE,
                        cannot + exists.getFile() + " is in the way; move it, or use another directory",
                        exists);
            case NotDirectoryException file ->
                new CommandFailure(
                        ExitCode.NO_INPUT, cannot + file.getFile() + " is no directory; check the path", file);
            default -> {
                String where = failure instanceof FileSystemException file && file.getFile() != null
                        ? file.getFile() + ": "
                        : "";
                yield new CommandFailure(
                        code(failure),
                        cannot + where + SystemErrors.sentence(failure) + "; " + remedy(failure),
                        failure);
            }
        };
    }

    /** The exit code of what the system did not do. */
    static ExitCode code(Throwable failure) {
        return SystemErrors.of(failure)
                .filter(error -> error == SystemError.EACCES || error == SystemError.EPERM)
                .map(forbidden -> ExitCode.NOT_PERMITTED)
                .orElse(ExitCode.IO_ERROR);
    }

    private static String remedy(Throwable failure) {
        return SystemErrors.of(failure)
                .map(error -> switch (error) {
                    case ENOSPC -> "make room, or use another directory";
                    case EDQUOT -> "make room, or have the quota raised";
                    case EROFS -> "use a directory that can be written";
                    case EMFILE, ENFILE -> "close other programs, or raise the limit";
                    case EACCES, EPERM -> "run it as the owner, or use another directory";
                    default -> "check the disk and the path";
                })
                .orElse("check the disk and the path");
    }
}
