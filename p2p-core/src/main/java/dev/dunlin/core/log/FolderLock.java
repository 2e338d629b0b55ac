package dev.dunlin.core.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock on a folder, which one process at a time has. The operating system's lock on the file {@code lock} decides; what the
 * file says of its holder only informs, so that a file left by a killed process is harmless. The file stays when the lock is
 * given up: taking it away would let two processes lock two files of one name.
 */
public final class FolderLock implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);

    /** The file's name. */
    public static final String FILE = "lock";

    // For so long a holder that has the lock already may take to say who it is.
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long PAUSE_NANOS = 10_000_000;
    private static final int MOST_BYTES = 4096;
    private static final int MOST_COMMAND = 200;

    private static final Map<Path, Holder> HELD = new HashMap<>();

    private final Path held;
    private final FileChannel channel;

    private FolderLock(Path held, FileChannel channel) {
        this.held = held;
        this.channel = channel;
    }

    /**
     * Who has a lock.
     *
     * @param pid the process; 0 if it has not said
     * @param since when it took the lock, to the second
     * @param command what it runs, in the user's words, such as {@code dunlin run}
     */
    public record Holder(long pid, Instant since, String command) {

        private static final Holder UNKNOWN = new Holder(0, Instant.EPOCH, "");

        private static Holder here(String command) {
            String line = command.replaceAll("\\p{Cntrl}+", " ");
            return new Holder(
                    ProcessHandle.current().pid(),
                    Instant.now().truncatedTo(ChronoUnit.SECONDS),
                    line.length() > MOST_COMMAND ? line.substring(0, MOST_COMMAND) : line);
        }

        private static Optional<Holder> parse(String text) {
            List<String> lines = text.lines().toList();
            if (lines.size() != 3 || !text.endsWith("\n")) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Holder(
                        Long.parseLong(after("pid ", lines.get(0))),
                        Instant.parse(after("since ", lines.get(1))),
                        after("command ", lines.get(2))));
            } catch (NumberFormatException | DateTimeParseException e) {
                return Optional.empty();
            }
        }

        private static String after(String name, String line) {
            return line.startsWith(name) ? line.substring(name.length()) : "";
        }

        private String text() {
            return "pid " + pid + "\nsince " + since + "\ncommand " + command + "\n";
        }

        // A file that a killed process has left names one that is gone, or whose number another has by now.
        private boolean isRunning() {
            return ProcessHandle.of(pid)
                    .filter(process -> process.info()
                            .startInstant()
                            .map(started -> !started.isAfter(since.plusSeconds(2)))
                            .orElse(true))
                    .isPresent();
        }

        /** Whether it is this process. */
        public boolean isHere() {
            return pid == ProcessHandle.current().pid();
        }

        /** Who it is: {@code 'dunlin run' (pid 1234, since 10:03:12)}. */
        @Override
        public String toString() {
            return pid == 0 ? "a process that has not said who it is" : described();
        }

        private String described() {
            LocalDateTime local = LocalDateTime.ofInstant(since, ZoneId.systemDefault());
            boolean today = local.toLocalDate()
                    .equals(LocalDateTime.now(ZoneId.systemDefault()).toLocalDate());
            return (command.isEmpty() ? "a process" : "'" + command + "'") + " (pid " + pid + ", since "
                    + DateTimeFormatter.ofPattern(today ? "HH:mm:ss" : "uuuu-MM-dd HH:mm:ss", Locale.ROOT)
                            .format(local) + ")";
        }
    }

    /**
     * Takes the lock of a folder.
     *
     * @param folder one that is there
     * @param what what is locked, for the message: {@code the log in /home/ann/.dunlin/log}
     * @param command what this process runs, for others' messages
     * @throws LogException.InUse if another has it: the message says who, and what to do
     * @throws IOException if the file cannot be made or locked
     */
    public static FolderLock take(Path folder, String what, String command) throws IOException {
        Path real = folder.toRealPath();
        Holder here = Holder.here(command);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Attempt attempt = attempt(real, here);
            if (attempt.lock() != null) {
                return attempt.lock();
            }
            Optional<Holder> holder = attempt.holder().filter(Holder::isRunning);
            if (holder.isPresent() || System.nanoTime() > end) {
                throw inUse(what, holder.or(attempt::holder).orElse(Holder.UNKNOWN));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** The lock, or who has it as far as the file says. */
    private record Attempt(@Nullable FolderLock lock, Optional<Holder> holder) {}

    private static Attempt attempt(Path folder, Holder here) throws IOException {
        // Asked before the file is touched, and nobody of this process touches it meanwhile: closing any channel of it
        // gives up the process's own lock.
        synchronized (HELD) {
            Holder own = HELD.get(folder);
            if (own != null) {
                return new Attempt(null, Optional.of(own));
            }
            FileChannel channel = opened(folder);
            try {
                if (channel.tryLock() == null) {
                    return new Attempt(null, read(channel));
                }
                write(channel, here);
                HELD.put(folder, here);
                return new Attempt(new FolderLock(folder, channel), Optional.of(here));
            } finally {
                if (!HELD.containsKey(folder)) {
                    channel.close();
                }
            }
        }
    }

    private static FileChannel opened(Path folder) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileAttribute<?>[] owners = Files.getFileStore(folder).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        return FileChannel.open(folder.resolve(FILE), options, owners);
    }

    // On a full disk the lock is held all the same; others are told then that its holder has not said who it is.
    private static void write(FileChannel channel, Holder here) {
        try {
            channel.truncate(0);
            ByteBuffer text = ByteBuffer.wrap(here.text().getBytes(StandardCharsets.UTF_8));
            while (text.hasRemaining()) {
                channel.write(text, text.position());
            }
        } catch (IOException unsaid) {
            LOG.debug("the lock of {} does not say who has it: {}", here, unsaid.toString());
        }
    }

    private static Optional<Holder> read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
        int count = 0;
        while (count >= 0 && bytes.hasRemaining()) {
            count = channel.read(bytes, bytes.position());
        }
        return Holder.parse(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
    }

    private static LogException.InUse inUse(String what, Holder by) {
        if (by.isHere()) {
            return new LogException.InUse(what + " is in use by this process already", by);
        }
        String stop = by.pid() == 0
                ? ": stop that"
                : by.isRunning()
                        ? ": stop that (kill " + by.pid() + ")"
                        : ", in another container or machine: stop it there";
        return new LogException.InUse(
                what + " is in use by " + by + stop + " and try again, or use another folder", by);
    }

    /**
     * Who has the lock of a folder at present; nothing is written.
     *
     * @return empty if nobody has it
     * @throws IOException if that cannot be seen
     */
    public static Optional<Holder> holder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        Path real = folder.toRealPath();
        synchronized (HELD) {
            Holder own = HELD.get(real);
            if (own != null) {
                return Optional.of(own);
            }
            // The lock of one who looks is shared and lasts a moment: whoever takes the lock meanwhile tries again.
            try (FileChannel channel = FileChannel.open(real.resolve(FILE), StandardOpenOption.READ);
                    FileLock free = channel.tryLock(0, Long.MAX_VALUE, true)) {
                return free == null ? Optional.of(read(channel).orElse(Holder.UNKNOWN)) : Optional.empty();
            } catch (NoSuchFileException never) {
                return Optional.empty();
            }
        }
    }

    /** What this process runs, as far as the JVM knows: the name of its main class or jar. */
    static String program() {
        String command = System.getProperty("sun.java.command", "").split(" ", 2)[0];
        return command.isEmpty() ? "a Java program" : command.substring(command.lastIndexOf('/') + 1);
    }

    /** Gives it up. */
    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            if (!channel.isOpen()) {
                return;
            }
            try (channel) {
                channel.truncate(0);
            } finally {
                HELD.remove(held);
            }
        }
    }
}
