package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.connection.bootstrap.wire.RedemptionNames;
import dev.dunlin.node.bootstrap.DatabaseException;
import dev.dunlin.node.bootstrap.Provisioner.Usage;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * The directory of databases, each a file that is called as its redemption is, and within it the one where they are made. What has no such name, and
 * directories, are not touched. Whole files are never opened here: closing one would drop the locks that SQLite has on it in this process.
 */
final class TallyDirectory {

    /** Where databases are made; on the same file system, so that a rename is all that is left. */
    static final String PARTS = "tmp";

    private static final String END = ".db";

    /** What SQLite has beside a file. */
    private static final List<String> BESIDE = List.of("-wal", "-shm", "-journal");

    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNERS_FILE = PosixFilePermissions.fromString("rw-------");

    private final Path home;
    private final Path parts;
    private final FileStore disk;
    private final FileAttribute<?>[] ownersFile;

    private TallyDirectory(Path home) throws IOException {
        this.home = home;
        this.parts = home.resolve(PARTS);
        this.disk = Files.getFileStore(home);
        this.ownersFile = hasPermissions(home) ? ofOwner(OWNERS_FILE) : new FileAttribute<?>[0];
    }

    private static FileAttribute<?>[] ofOwner(Set<PosixFilePermission> permissions) {
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }

    /**
     * Opens one, and makes it if there is none; its parent must be there.
     *
     * @throws DatabaseException if it is a link or no directory, or others than its owner may come in
     */
    static TallyDirectory open(Path directory) throws IOException {
        Path home = directory.toAbsolutePath().normalize();
        prepare(home);
        TallyDirectory opened = new TallyDirectory(home);
        prepare(opened.parts);
        // What an earlier run has named and not forced, as it was killed, is told to be there from now on.
        force(home);
        return opened;
    }

    private static boolean hasPermissions(Path folder) throws IOException {
        return Files.getFileStore(folder).supportsFileAttributeView("posix");
    }

    private static void prepare(Path folder) throws IOException {
        Path parent = Optional.ofNullable(folder.getParent()).orElse(folder);
        try {
            Files.createDirectory(folder, hasPermissions(parent) ? ofOwner(OWNER) : new FileAttribute<?>[0]);
            force(parent);
        } catch (FileAlreadyExistsException there) {
            // It is looked at now.
        }
        BasicFileAttributes found = attributes(folder);
        if (found.isSymbolicLink()) {
            throw new DatabaseException(
                    folder + " is a symbolic link: put the directory itself there, or delete the link");
        }
        if (!found.isDirectory()) {
            throw new DatabaseException(folder + " is no directory: move it away, and one is made");
        }
        if (hasPermissions(folder)
                && !OWNER.containsAll(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS))) {
            throw new DatabaseException(
                    folder + " may be read or written by others than its owner: run 'chmod 700 " + folder + "'");
        }
    }

    /** Whole ones and parts alike are looked at themselves, not where they lead to. */
    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /** The file of a whole one. */
    Path file(String name) {
        return home.resolve(name + END);
    }

    /** The file of one that is being made. */
    Path part(String name) {
        return parts.resolve(name + END);
    }

    /** What there may be beside a file. */
    static List<Path> beside(Path file) {
        return BESIDE.stream()
                .map(end -> file.resolveSibling(file.getFileName() + end))
                .toList();
    }

    /** Whether there is a plain file. */
    static boolean isFile(Path file) throws IOException {
        try {
            return attributes(file).isRegularFile();
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /** Makes the file of one that is to be made: empty, and nobody but the node's user reads it, from its first moment on. */
    void create(String name) throws IOException {
        Files.createFile(part(name), ownersFile);
    }

    /** Gives one that is made its place. Nothing may be beside that: SQLite would take it for its own. */
    void rename(String name) throws IOException {
        Files.move(part(name), file(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes a file or link, and gives the bytes that it had; empty if there is none, or a directory. */
    static OptionalLong delete(Path file) throws IOException {
        try {
            BasicFileAttributes found = attributes(file);
            if (found.isDirectory()) {
                return OptionalLong.empty();
            }
            Files.delete(file);
            return OptionalLong.of(found.size());
        } catch (NoSuchFileException none) {
            return OptionalLong.empty();
        }
    }

    /** Forces to disk which whole ones there are. */
    void forceNames() throws IOException {
        force(home);
    }

    /** Forces to disk which are being made. */
    void forceParts() throws IOException {
        force(parts);
    }

    /** Forces a file or a directory to disk, also on a thread that is interrupted, which it stays. */
    static void force(Path path) throws IOException {
        boolean isInterrupted = false;
        try {
            while (true) {
                isInterrupted |= Thread.interrupted();
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException again) {
                    isInterrupted = true;
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** How many bytes are free where it is. */
    long free() throws IOException {
        return disk.getUsableSpace();
    }

    /** Counts the whole ones, and their bytes with those of what is beside them. */
    Usage count() throws IOException {
        long databases = 0;
        long bytes = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(home)) {
            for (Path each : all) {
                if (name(each).isEmpty()) {
                    continue;
                }
                try {
                    BasicFileAttributes found = attributes(each);
                    if (!found.isDirectory()) {
                        databases += each.toString().endsWith(END) ? 1 : 0;
                        bytes += found.size();
                    }
                } catch (NoSuchFileException gone) {
                    // SQLite has taken it away.
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return new Usage(databases, bytes);
    }

    /** The first names of what there is, also of what is beside a file and of parts; those behind a name, in order. Only so many are held. */
    List<String> names(String after, int most) throws IOException {
        if (most <= 0) {
            return List.of();
        }
        TreeSet<String> first = new TreeSet<>();
        for (Path folder : List.of(home, parts)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
                for (Path each : all) {
                    name(each)
                            .filter(name -> name.compareTo(after) > 0)
                            .filter(name -> first.size() < most || name.compareTo(first.last()) < 0)
                            .filter(_ -> !Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS))
                            .ifPresent(first::add);
                    if (first.size() > most) {
                        first.removeLast();
                    }
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        return List.copyOf(first);
    }

    /** The name of a database to which a file belongs. */
    private static Optional<String> name(Path file) {
        String text = String.valueOf(file.getFileName());
        int dot = text.indexOf(END);
        if (dot < 0 || !RedemptionNames.isOne(text.substring(0, dot))) {
            return Optional.empty();
        }
        String behind = text.substring(dot + END.length());
        return behind.isEmpty() || BESIDE.contains(behind) ? Optional.of(text.substring(0, dot)) : Optional.empty();
    }

    @Override
    public String toString() {
        return home.toString();
    }
}
