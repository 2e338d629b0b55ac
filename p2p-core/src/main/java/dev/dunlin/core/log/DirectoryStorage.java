package dev.dunlin.core.log;

import dev.dunlin.core.system.SystemError;
import dev.dunlin.core.system.SystemErrors;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A log in a folder of the file system. */
public final class DirectoryStorage implements LogStorage {

    private static final long FULL_BYTES = 1 << 16;

    private final Path folder;
    private final @Nullable FolderLock lock;

    private DirectoryStorage(Path folder, @Nullable FolderLock lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Opens a folder for writing; makes it if there is none. One process at a time can.
     *
     * @throws LogException.InUse if another process has it open
     * @throws IOException if the folder cannot be made or written
     */
    public static DirectoryStorage open(Path folder) throws IOException {
        Files.createDirectories(folder);
        return new DirectoryStorage(folder, FolderLock.take(folder, "the log in " + folder, FolderLock.program()));
    }

    /**
     * Opens a folder for reading; a node may be writing it.
     *
     * @throws LogException if there is no such folder
     */
    public static DirectoryStorage readOnly(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new LogException.Missing(
                    "there is no log folder " + folder + ": give the folder that holds a node's log");
        }
        return new DirectoryStorage(folder, null);
    }

    @Override
    public List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(FolderLock.FILE))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public List<String> others() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !Files.isRegularFile(file))
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Override
    public Optional<String> stranger(String name) throws IOException {
        try {
            UserPrincipal owner = Files.getOwner(folder.resolve(name));
            return owner.equals(Files.getOwner(folder)) ? Optional.empty() : Optional.of(owner.getName());
        } catch (UnsupportedOperationException noOwners) {
            return Optional.empty();
        }
    }

    @Override
    public long size(String name) throws IOException {
        return Files.size(folder.resolve(name));
    }

    @Override
    public InputStream read(String name, long from) throws IOException {
        FileChannel channel = FileChannel.open(folder.resolve(name), StandardOpenOption.READ);
        channel.position(from);
        return new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
    }

    @Override
    public Appender append(String name) throws IOException {
        checkWritable();
        FileChannel channel =
                FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return new Appender() {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, from, length);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }

            @Override
            public void force() throws IOException {
                channel.force(false);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    @Override
    public void truncate(String name, long size) throws IOException {
        checkWritable();
        try (FileChannel channel = FileChannel.open(folder.resolve(name), StandardOpenOption.WRITE)) {
            channel.truncate(size);
            channel.force(true);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        checkWritable();
        Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        checkWritable();
        Files.deleteIfExists(folder.resolve(name));
    }

    @Override
    public void forceNames() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void checkWritable() throws IOException {
        if (lock == null) {
            throw new IOException("the log in " + folder + " was opened for reading only");
        }
    }

    // Where the system's words are not known there is still the free space to be seen.
    @Override
    public boolean isPassing(IOException why) {
        Optional<SystemError> known = SystemErrors.of(why);
        if (known.isPresent()) {
            return known.get().isPassing();
        }
        try {
            return Files.getFileStore(folder).getUsableSpace() < FULL_BYTES;
        } catch (IOException e) {
            return false;
        }
    }

    /** Lets go of the folder's lock: another may open it then. */
    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
