package dev.dunlin.node;

import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.FolderLock;
import dev.dunlin.core.log.LastBoot;
import dev.dunlin.core.log.LogCheck;
import dev.dunlin.core.log.LogFinding;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data directory that this process has for itself, with the identity in it. Its log was looked at as far as a start can wait for;
 * a thread looks at the rest, and logs what it finds.
 */
final class OpenDirectory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenDirectory.class);

    // The start of a node is not slowed down by the look at the rest.
    private static final Duration AFTER_THE_START = Duration.ofSeconds(3);

    private final FolderLock lock;
    private final Identity identity;
    private final CountDownLatch closed = new CountDownLatch(1);

    private OpenDirectory(FolderLock lock, Identity identity) {
        this.lock = lock;
        this.identity = identity;
    }

    /**
     * Locks a data directory before anything in it is read, reads its key, and looks at its log; makes directory and key if there
     * are none.
     *
     * @param command what this process runs, for whoever finds the directory in use
     * @param config how the node is configured, which says in which bounds its log is kept
     * @param meant is told the identity that is there, before anything is made; may refuse
     * @throws CommandFailure if the directory is in use, cannot be read or written, its key cannot be used or is another's than its
     *     log's, or no node can go on from its log
     */
    static OpenDirectory open(
            Path dataDir, String command, Table<String, String> config, Consumer<Optional<PeerId>> meant) {
        return open(dataDir, command, config, meant, AFTER_THE_START);
    }

    /** As {@link #open(Path, String, Table, Consumer)}; the rest of the log is looked at after some time. */
    static OpenDirectory open(
            Path dataDir,
            String command,
            Table<String, String> config,
            Consumer<Optional<PeerId>> meant,
            Duration delay) {
        if (!Files.exists(dataDir)) {
            meant.accept(Optional.empty());
        }
        FolderLock lock = DataDirectory.lock(dataDir, command);
        boolean done = false;
        try {
            Optional<Identity> known = Identity.find(dataDir);
            meant.accept(known.map(Identity::peerId));
            Path log = DataDirectory.log(dataDir);
            LogOptions ring = LogBounds.of(log, config).narrow();
            Set<LogFinding> told =
                    DataDirectory.hasLog(dataDir) && known.isPresent() ? checked(log, ring, known.get()) : Set.of();
            OpenDirectory open = new OpenDirectory(lock, known.orElseGet(() -> Identity.loadOrCreate(dataDir)));
            if (known.isPresent() && DataDirectory.hasLog(dataDir)) {
                Thread thread = new Thread(() -> open.lookAtTheRest(log, ring, told, delay), "dunlin-log-check");
                thread.setDaemon(true);
                thread.start();
            }
            done = true;
            return open;
        } finally {
            if (!done) {
                closed(lock, dataDir);
            }
        }
    }

    private static Set<LogFinding> checked(Path log, LogOptions ring, Identity identity) {
        if (!Files.isDirectory(log)) {
            return Set.of();
        }
        // What a crash has left at the end, the node itself tells as it cuts it off.
        List<LogFinding> findings = LogHealth.look(log, ring, LogCheck.Depth.START).findings().stream()
                .filter(finding -> !(finding instanceof LogFinding.Torn))
                .toList();
        Optional<LogFinding> stops = findings.stream().filter(LogFinding::stops).findFirst();
        findings.stream()
                .filter(finding -> !stops.equals(Optional.of(finding)))
                .forEach(finding -> LOG.warn(LogHealth.sentence(log, finding)));
        if (stops.isPresent()) {
            throw LogHealth.failure(log, stops.get());
        }
        isOf(log, identity);
        return new HashSet<>(findings);
    }

    private static void isOf(Path log, Identity identity) {
        recorded(log)
                .filter(other -> !other.equals(identity.peerId().toString()))
                .ifPresent(other -> {
                    throw new CommandFailure(
                            ExitCode.DATA_ERROR,
                            "the key in " + log.resolveSibling(Identity.FILE) + " is that of " + identity.peerId()
                                    + ", and the log in "
                                    + log + " is that of " + LogLine.shortened(other, 80)
                                    + ": put the key of that node back from a"
                                    + " copy, or begin without its past: mv " + log + " " + log + ".old");
                });
    }

    /** Whose log it is, by its last boot; empty if that cannot be read, which its check tells. */
    static Optional<String> recorded(Path log) {
        try {
            return LastBoot.config(DirectoryStorage.readOnly(log))
                    .flatMap(config -> Optional.ofNullable(config.get("node.peerId")));
        } catch (IOException failure) {
            throw FileFailure.of("read the log in " + log, failure);
        }
    }

    private void lookAtTheRest(Path log, LogOptions ring, Set<LogFinding> told, Duration delay) {
        try {
            if (closed.await(delay.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            LogHealth.look(log, ring, LogCheck.Depth.WHOLE).findings().stream()
                    .filter(finding -> !told.contains(finding))
                    .forEach(finding -> LOG.warn(LogHealth.sentence(log, finding)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            LOG.warn("the files of the log in {} could not be looked at: {}", log, failure.getMessage());
        }
    }

    /** Whose directory it is. */
    Identity identity() {
        return identity;
    }

    private static void closed(FolderLock lock, Path dataDir) {
        try {
            lock.close();
        } catch (IOException failure) {
            throw FileFailure.of("let go of " + dataDir, failure);
        }
    }

    /** Lets go of the directory: another may open it then. */
    @Override
    public void close() {
        closed.countDown();
        try {
            lock.close();
        } catch (IOException failure) {
            throw FileFailure.of("let go of the data directory", failure);
        }
    }
}
