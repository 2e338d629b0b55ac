package dev.dunlin.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A file or folder that is being made under another name beside its place, for its owner's eyes only. It gets its name when it is
 * whole, and is taken away if it never is, also on Ctrl-C.
 */
final class Unfinished implements AutoCloseable {

    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final int MOST_ATTEMPTS = 100;
    private static final long PAUSE_NANOS = 10_000_000;

    private static volatile boolean leaving;

    private final Path place;
    private final Path path;
    private final Thread onExit;
    private boolean done;

    private Unfinished(Path place, Path path) {
        this.place = place;
        this.path = path;
        this.onExit = new Thread(() -> leave(path), "dunlin-unfinished");
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    /** A file. */
    static Unfinished file(Path place) throws IOException {
        return new Unfinished(place, Files.createTempFile(folderOf(place), named(place), ".part", OWNERS_FILE));
    }

    /** A folder. */
    static Unfinished folder(Path place) throws IOException {
        return new Unfinished(place, Files.createTempDirectory(folderOf(place), named(place), OWNERS_FOLDER));
    }

    private static String named(Path place) {
        return "." + place.getFileName() + ".";
    }

    private static Path folderOf(Path place) throws IOException {
        Path folder = place.toAbsolutePath().normalize().getParent();
        if (folder == null) {
            throw new IOException(place + " cannot be made");
        }
        return folder;
    }

    /** Where it is made. */
    Path path() {
        return path;
    }

    /** Makes a folder in it, if it is not there. */
    static void makeFolder(Path folder) throws IOException {
        stopIfLeaving();
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder, OWNERS_FOLDER);
        }
    }

    /** Makes a file in it, to be written. */
    static FileChannel makeFile(Path file) throws IOException {
        stopIfLeaving();
        return FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNERS_FILE);
    }

    // The JVM ends, and what is made now would stay behind: whoever makes it waits for that end.
    private static void stopIfLeaving() {
        while (leaving) {
            LockSupport.park();
        }
    }

    private static void leave(Path path) {
        leaving = true;
        // One file may just be coming.
        for (int attempt = 0; attempt < MOST_ATTEMPTS && !delete(path); attempt++) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Forces to disk which files a folder has. */
    static void force(Path folder) throws IOException {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /**
     * Gives it its name.
     *
     * @throws java.nio.file.FileAlreadyExistsException if a file of that name came meanwhile
     * @throws IOException if it cannot, as where a folder of that name is not empty
     */
    void finish() throws IOException {
        if (Files.isDirectory(path)) {
            // An empty folder in its place is replaced, and no other.
            Files.move(path, place, StandardCopyOption.ATOMIC_MOVE);
        } else {
            named();
        }
        force(folderOf(place));
        done = true;
    }

    // A link where there are links, and no rename: that would replace a file which came meanwhile.
    private void named() throws IOException {
        try {
            Files.createLink(place, path);
        } catch (FileAlreadyExistsException inTheWay) {
            throw inTheWay;
        } catch (FileSystemException | UnsupportedOperationException noLinks) {
            Files.move(path, place);
            return;
        }
        Files.delete(path);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException shuttingDown) {
            return;
        }
        if (!done) {
            delete(path);
        }
    }

    // What cannot be taken away stays, under a name that says what it is.
    private static boolean delete(Path path) {
        if (!Files.exists(path)) {
            return true;
        }
        try (Stream<Path> all = Files.walk(path)) {
            List<Path> deepest = all.sorted(Comparator.reverseOrder()).toList();
            for (Path one : deepest) {
                Files.deleteIfExists(one);
            }
            return true;
        } catch (IOException | UncheckedIOException stays) {
            return false;
        }
    }
}
