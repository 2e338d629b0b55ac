package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.connection.bootstrap.wire.RedemptionNames;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.system.SystemErrors;
import dev.dunlin.node.bootstrap.DatabaseException;
import dev.dunlin.node.bootstrap.Provisioner;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one SQLite file for each tally, in a directory that nobody but the node's user may read. A file is made under another name, checked, forced
 * to disk and renamed: what has the name of a database is whole. One process at a time has a directory.
 */
public final class SqliteTallies implements Provisioner {

    /** The name of the directory in a node's directory. */
    public static final String DIRECTORY = "tallies";

    /** The bytes that a database has when it is made. */
    static final long FRESH_BYTES = 8192;

    private static final int STRIPES = 64;
    private static final Logger LOG = LoggerFactory.getLogger(SqliteTallies.class);

    private final TallyDirectory directory;
    private final Probe probe;
    private final TallyQuota quota;

    /** What is done with a name is done by one thread; names share locks, so that there are so many. */
    private final List<ReentrantLock> locks =
            Stream.generate(ReentrantLock::new).limit(STRIPES).toList();

    /** Whoever counts all files has it for writing, whoever adds or removes one for reading. */
    private final ReentrantReadWriteLock counting = new ReentrantReadWriteLock();

    private volatile boolean isClosed;

    /**
     * What there may be of databases.
     *
     * @param maxDatabases how many, at least 1; the setting {@code tally.maxDatabases}
     * @param maxBytes how many bytes they may take all together when another is made, at least 1; the setting {@code tally.maxBytes}. Whoever uses
     *     them is not held up
     * @param minFree how many bytes of the disk are to be free when one has been made, 0 or more; the setting {@code tally.minFree}
     */
    public record Limits(long maxDatabases, long maxBytes, long minFree) {

        /**
         * Of what an operator allows.
         *
         * @throws IllegalArgumentException if one is out of its range
         */
        public Limits {
            if (maxDatabases < 1 || maxBytes < 1 || minFree < 0) {
                throw new IllegalArgumentException(
                        "at least 1 database, 1 byte of them, and 0 bytes that are free, not " + maxDatabases + ", "
                                + maxBytes + " and " + minFree);
            }
        }
    }

    /** What is done, in its order; a removal begins with {@link #REMOVE}. */
    enum Step {
        CLEAR,
        CREATE,
        FILL,
        CHECK,
        FORCE,
        NAME,
        FORCE_NAMES,
        REMOVE,
        REMOVE_REST,
        FORCE_REMOVED
    }

    /** Sees each step, for tests: what it throws the step throws. */
    @FunctionalInterface
    interface Probe {
        void at(Step step, boolean isDone) throws IOException;
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException, SQLException;
    }

    private SqliteTallies(TallyDirectory directory, Limits limits, Probe probe) {
        this.directory = directory;
        this.probe = probe;
        this.quota = new TallyQuota(limits);
    }

    /**
     * Opens a directory, and makes it if there is none; its parent must be there.
     *
     * @throws DatabaseException if it cannot be made or read, is a link or no directory, or others than its owner may come in
     */
    public static SqliteTallies open(Path directory, Limits limits) {
        return open(directory, limits, (step, isDone) -> {});
    }

    static SqliteTallies open(Path directory, Limits limits, Probe probe) {
        try {
            SqliteTallies opened = new SqliteTallies(TallyDirectory.open(directory), limits, probe);
            opened.usage();
            return opened;
        } catch (IOException e) {
            throw failure("the directory of databases " + directory + " cannot be opened", e);
        }
    }

    private static DatabaseException failure(String what, Exception e) {
        return new DatabaseException(
                what + ": " + (e instanceof SQLException sql ? TallyFile.sentence(sql) : why(e)), e);
    }

    private static String why(Exception e) {
        if (e instanceof NoSuchFileException none) {
            return none.getFile() + " is not there: somebody has removed it, or never made it";
        }
        if (e instanceof FileAlreadyExistsException there) {
            return there.getFile() + " is in the way: move it away";
        }
        String next = SystemErrors.of(e)
                .map(error -> switch (error) {
                    case ENOSPC, EDQUOT -> ": free some of it";
                    case EACCES, EPERM -> ": give the directory to the user of the node";
                    case EROFS -> ": mount it for writing";
                    default -> "";
                })
                .orElse("");
        return SystemErrors.sentence(e) + next;
    }

    private static void check(String name) {
        if (!RedemptionNames.isOne(name)) {
            // It is not repeated: somebody else may have chosen it.
            throw new IllegalArgumentException("a database has a name of 26 characters of a to z and 2 to 7");
        }
    }

    private void checkOpen() {
        if (isClosed) {
            throw new DatabaseException("the directory of databases " + directory + " is closed");
        }
    }

    private ReentrantLock lock(String name) {
        return locks.get(Math.floorMod(name.hashCode(), STRIPES));
    }

    @Override
    public Tally make(String name, Role role) throws InterruptedException {
        check(name);
        checkOpen();
        ReentrantLock lock = lock(name);
        lock.lockInterruptibly();
        try {
            Optional<Tally> there = found(name);
            return there.isPresent() ? there.get() : made(name, role);
        } finally {
            lock.unlock();
        }
    }

    private Tally made(String name, Role role) throws InterruptedException {
        boolean isMade = false;
        try {
            quota.reserve(directory.free(), directory);
            try {
                part(name, role);
                publish(name);
                isMade = true;
            } finally {
                if (!isMade) {
                    quota.release();
                    undo(directory.part(name));
                }
            }
            return tally(name, role);
        } catch (IOException | SQLException e) {
            throw failure(directory.file(name) + " cannot be made", e);
        }
    }

    private static Tally tally(String name, Role createdBy) {
        return new Tally(name, createdBy, "sqlite:" + name, "");
    }

    private void part(String name, Role role) throws IOException, SQLException, InterruptedException {
        Path part = directory.part(name);
        interruptible(Step.CLEAR, () -> clear(name));
        interruptible(Step.CREATE, () -> directory.create(name));
        try (Connection connection = TallyFile.openNew(part)) {
            interruptible(
                    Step.FILL,
                    () -> TallyFile.fill(
                            connection, name, role, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now())));
            interruptible(Step.CHECK, () -> TallyFile.check(connection));
        }
        // Behind the closing: a file that is closed drops the locks of others on it in this process.
        interruptible(Step.FORCE, () -> TallyDirectory.force(part));
        checkInterrupt();
    }

    /** Forgets an earlier try, and what has the name and is no database. */
    private void clear(String name) throws IOException {
        if (remove(directory.file(name))) {
            LOG.warn("{} was no whole database: it is made anew", directory.file(name));
        }
        removeRest(name);
    }

    /** Gives one that is made its name, or takes it back. */
    private void publish(String name) throws IOException, SQLException {
        Path file = directory.file(name);
        counting.readLock().lock();
        boolean isMade = false;
        try {
            step(Step.NAME, () -> directory.rename(name));
            step(Step.FORCE_NAMES, directory::forceNames);
            quota.made(Files.size(file));
            isMade = true;
        } finally {
            if (!isMade) {
                undo(file);
            }
            counting.readLock().unlock();
        }
    }

    private static void undo(Path file) {
        try {
            TallyDirectory.delete(file);
            for (Path left : TallyDirectory.beside(file)) {
                TallyDirectory.delete(left);
            }
            TallyDirectory.force(Optional.ofNullable(file.getParent()).orElse(file));
        } catch (NoSuchFileException none) {
            // Somebody has removed the directory.
        } catch (IOException e) {
            LOG.warn("{} was begun, and cannot be removed: {}; it is at the next sweep", file, why(e));
        }
    }

    private static void checkInterrupt() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("nobody waits for the database any more");
        }
    }

    private void interruptible(Step step, Work work) throws IOException, SQLException, InterruptedException {
        checkInterrupt();
        step(step, work);
    }

    private void step(Step step, Work work) throws IOException, SQLException {
        probe.at(step, false);
        work.run();
        probe.at(step, true);
    }

    /**
     * {@inheritDoc}
     *
     * @throws DatabaseException if it cannot be read, which says nothing of whether there is one; or it is of a later version of this program
     */
    @Override
    public Optional<Tally> find(String redemption) {
        check(redemption);
        checkOpen();
        ReentrantLock lock = lock(redemption);
        lock.lock();
        try {
            return found(redemption);
        } finally {
            lock.unlock();
        }
    }

    private Optional<Tally> found(String name) {
        Path file = directory.file(name);
        try {
            return TallyDirectory.isFile(file)
                    ? TallyFile.createdBy(file, name).map(role -> tally(name, role))
                    : Optional.empty();
        } catch (IOException | SQLException e) {
            throw failure(file + " cannot be read", e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws DatabaseException if it cannot be removed, or not all of it
     */
    @Override
    public void remove(String redemption) {
        check(redemption);
        checkOpen();
        ReentrantLock lock = lock(redemption);
        lock.lock();
        try {
            // The file first: without it nothing is found, and what is beside it is forgotten before another has the
            // name.
            step(Step.REMOVE, () -> remove(directory.file(redemption)));
            step(Step.REMOVE_REST, () -> removeRest(redemption));
            step(Step.FORCE_REMOVED, () -> {
                directory.forceNames();
                directory.forceParts();
            });
        } catch (IOException | SQLException e) {
            throw failure(directory.file(redemption) + " cannot be removed", e);
        } finally {
            lock.unlock();
        }
    }

    private boolean remove(Path file) throws IOException {
        counting.readLock().lock();
        try {
            OptionalLong bytes = TallyDirectory.delete(file);
            bytes.ifPresent(gone -> quota.removed(1, gone));
            return bytes.isPresent();
        } finally {
            counting.readLock().unlock();
        }
    }

    private void removeRest(String name) throws IOException {
        counting.readLock().lock();
        try {
            for (Path left : TallyDirectory.beside(directory.file(name))) {
                TallyDirectory.delete(left).ifPresent(gone -> quota.removed(0, gone));
            }
        } finally {
            counting.readLock().unlock();
        }
        TallyDirectory.delete(directory.part(name));
        for (Path left : TallyDirectory.beside(directory.part(name))) {
            TallyDirectory.delete(left);
        }
    }

    /**
     * {@inheritDoc} Whoever lists them from the first on, as a sweep does, also has them counted: they grow while they are used.
     *
     * @throws DatabaseException if the directory cannot be read
     */
    @Override
    public List<String> names(String after, int most) {
        checkOpen();
        if (after.isEmpty()) {
            usage();
        }
        try {
            return directory.names(after, most);
        } catch (IOException e) {
            throw failure("the directory of databases " + directory + " cannot be read", e);
        }
    }

    /**
     * Counts the files, and goes on with that: what others have added to them counts from now on. None is made or removed meanwhile.
     *
     * @throws DatabaseException if the directory cannot be read
     */
    @Override
    public Usage usage() {
        checkOpen();
        counting.writeLock().lock();
        try {
            Usage counted = directory.count();
            quota.counted(counted);
            return counted;
        } catch (IOException e) {
            throw failure("the directory of databases " + directory + " cannot be read", e);
        } finally {
            counting.writeLock().unlock();
        }
    }

    /** What is asked for from now on is refused; what goes on is done. */
    @Override
    public void close() {
        isClosed = true;
    }
}
