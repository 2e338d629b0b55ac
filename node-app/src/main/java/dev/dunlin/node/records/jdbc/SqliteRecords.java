package dev.dunlin.node.records.jdbc;

import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.dht.record.RecordStoreException;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.record.RecordsEffect;
import dev.dunlin.dht.record.RecordsEffects;
import dev.dunlin.dht.record.RecordsService;
import dev.dunlin.dht.record.StoreFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the records machine asks of its file. One thread does what waits in one transaction, at most so much at once, and then
 * answers all of it. Thread-safe.
 */
public final class SqliteRecords implements RecordsService {

    /** The name of the file. */
    public static final String FILE = "records.db";

    /** What is behind the name of a damaged file that was put aside. */
    static final String ASIDE = ".damaged";

    /** The most such files that are kept. */
    static final int MOST_ASIDE = 4;

    /** The most requests that wait. The machine lets fewer wait; those that it gave up wait here still. */
    static final int MOST_WAITING = 1 << 14;

    /** The most bytes of the values in them. */
    static final long MOST_BYTES = 64L << 20;

    private static final int MOST_AT_ONCE = 256;

    /** So long at least a failure holds, as it is told: nanoseconds. */
    private static final long TOLD_EACH = 10_000_000_000L;

    private static final long CLOSING_SECONDS = 20;
    private static final Logger LOG = LoggerFactory.getLogger(SqliteRecords.class);

    private final Path file;
    private final Port port;
    private final Thread thread;
    private final AtomicLong bytes = new AtomicLong();

    // Guarded by itself: what is asked after the close is answered, and what was asked before it is done.
    private final LinkedBlockingQueue<Request> waiting = new LinkedBlockingQueue<>(MOST_WAITING + 1);
    private volatile boolean isClosed;

    // Of the thread alone, once it runs.
    private @Nullable SqliteStore store;
    private Optional<StoreFailure> told = Optional.empty();
    private long toldAt;

    private record Request(ActionId id, Optional<RecordsEffect> effect) {

        /** After it nothing comes. */
        static final Request LAST = new Request(ActionId.NONE, Optional.empty());

        long bytes() {
            return effect.filter(RecordsEffect.StoreValue.class::isInstance)
                    .map(RecordsEffect.StoreValue.class::cast)
                    .map(init -> (long) init.record().value().size())
                    .orElse(0L);
        }
    }

    private SqliteRecords(Path file, Port port) {
        this.file = file;
        this.port = port;
        this.thread = Thread.ofPlatform().name("dunlin-records").daemon().unstarted(this::run);
    }

    /**
     * Opens the file, and makes it if there is none. A damaged one is put aside, and another made.
     *
     * @param port where the answers go
     * @throws RecordStoreException if it cannot be opened or made
     */
    public static SqliteRecords open(Path file, Port port) {
        SqliteRecords records = new SqliteRecords(file, port);
        try {
            records.store = records.opened();
        } catch (RecordStoreException e) {
            throw new RecordStoreException(
                    Files.exists(file) && !(Files.isReadable(file) && Files.isWritable(file))
                            ? StoreFailure.READ_ONLY
                            : e.why(),
                    file + (e.detail().isEmpty() ? "" : ", " + e.detail()),
                    e);
        }
        records.thread.start();
        return records;
    }

    /** All files of a store: it, and those that SQLite makes beside it. */
    public static List<Path> files(Path file) {
        return SqliteStore.files(file);
    }

    private SqliteStore opened() {
        try {
            return SqliteStore.open(file);
        } catch (RecordStoreException e) {
            if (e.why() != StoreFailure.CORRUPT) {
                throw e;
            }
            putAside(e);
            return SqliteStore.open(file);
        }
    }

    private void putAside(RecordStoreException because) {
        Path aside = aside();
        try {
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            for (Path beside : SqliteStore.files(file)) {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw new RecordStoreException(
                    StoreFailure.INPUT_OUTPUT, "the damaged file " + file + " cannot be put aside", e);
        }
        LOG.warn(
                "{} is damaged ({}): it was put aside as {}, and others tell their records again within a day",
                file,
                because.getMessage(),
                aside);
    }

    /** A name that is free; if there is none any more, the last goes. */
    private Path aside() {
        Path aside = file.resolveSibling(file.getFileName() + ASIDE);
        for (int i = 2; i <= MOST_ASIDE && Files.exists(aside); i++) {
            aside = file.resolveSibling(file.getFileName() + ASIDE + "." + i);
        }
        return aside;
    }

    @Override
    public void carryOut(ActionId request, RecordsEffect effect) {
        Request asked = new Request(request, Optional.of(effect));
        StoreFailure refused = StoreFailure.CLOSED;
        synchronized (waiting) {
            if (!isClosed) {
                boolean hasRoom = waiting.size() < MOST_WAITING && bytes.get() + asked.bytes() <= MOST_BYTES;
                if (hasRoom && waiting.offer(asked)) {
                    bytes.addAndGet(asked.bytes());
                    return;
                }
                refused = StoreFailure.OVERLOADED;
            }
        }
        port.answer(request, new RecordsAction.DiskFailed(request, refused, ""));
    }

    /** How many requests wait. */
    public int waiting() {
        return waiting.size();
    }

    /** How many bytes of values are in them. */
    long waitingBytes() {
        return bytes.get();
    }

    @Override
    public void close() {
        synchronized (waiting) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            // There is a place for it.
            waiting.add(Request.LAST);
        }
        try {
            if (!thread.join(Duration.ofSeconds(CLOSING_SECONDS))) {
                LOG.warn("{} is not done with what it was asked for after {} s", file, CLOSING_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Request> batch = new ArrayList<>();
        boolean goesOn = true;
        check();
        while (goesOn) {
            batch.clear();
            try {
                batch.add(waiting.take());
            } catch (InterruptedException nobodyDoes) {
                break;
            }
            waiting.drainTo(batch, MOST_AT_ONCE - 1);
            goesOn = !batch.remove(Request.LAST);
            if (!batch.isEmpty()) {
                answer(batch);
            }
        }
        shut();
    }

    /** Before the first answer, not before the node's start: a big file takes its time. */
    private void check() {
        try {
            Objects.requireNonNull(store).check();
        } catch (RecordStoreException e) {
            undo(e);
        }
    }

    private void shut() {
        SqliteStore open = store;
        store = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (RecordStoreException e) {
            LOG.warn("{} could not be closed: {}", file, e.getMessage());
        }
    }

    private void answer(List<Request> batch) {
        List<RecordsAction> answers = new ArrayList<>();
        try {
            done(batch, answers);
        } catch (RecordStoreException e) {
            failed(batch, answers, e);
        }
        for (int i = 0; i < batch.size(); i++) {
            bytes.addAndGet(-batch.get(i).bytes());
            handIn(batch.get(i).id(), answers.get(i));
        }
    }

    private void done(List<Request> batch, List<RecordsAction> answers) {
        boolean writes = false;
        try {
            SqliteStore open = store;
            if (open == null) {
                open = opened();
                store = open;
            }
            open.begin();
            for (Request each : batch) {
                RecordsEffect effect = each.effect().orElseThrow();
                writes |= effect instanceof RecordsEffect.StoreValue || effect instanceof RecordsEffect.StoreProvider;
                answers.add(RecordsEffects.answer(each.id(), effect, open));
            }
            open.commit();
        } catch (NoSuchElementException | NullPointerException missing) {
            // The rules ask for what must be there.
            throw SqliteErrors.damaged(missing);
        } catch (RecordStoreException e) {
            throw e;
        } catch (RuntimeException | Error bug) {
            LOG.error("{} failed, which is a bug", file, bug);
            throw new RecordStoreException(StoreFailure.OTHER, bug.toString(), bug);
        }
        worked(writes);
    }

    // A read says nothing of a disk that is full; and on one that is nearly so small writes go, and others do not.
    private void worked(boolean writes) {
        boolean isOver = told.isPresent()
                && (writes || told.get() != StoreFailure.DISK_FULL && told.get() != StoreFailure.READ_ONLY)
                && System.nanoTime() - toldAt > TOLD_EACH;
        if (isOver) {
            told = Optional.empty();
            LOG.info("{} works again", file);
        }
    }

    private void failed(List<Request> batch, List<RecordsAction> answers, RecordStoreException why) {
        if (!told.equals(Optional.of(why.why()))) {
            told = Optional.of(why.why());
            toldAt = System.nanoTime();
            LOG.warn("{}: {}; what it is asked for is refused until it works", file, why.getMessage());
        }
        undo(why);
        answers.clear();
        batch.forEach(each -> answers.add(new RecordsAction.DiskFailed(each.id(), why.why(), why.detail())));
    }

    /** The file is closed, which rolls back, and opened anew when something is asked for. What is damaged is put aside. */
    private void undo(RecordStoreException why) {
        boolean wasOpen = store != null;
        shut();
        if (wasOpen && why.why() == StoreFailure.CORRUPT) {
            try {
                putAside(why);
            } catch (RecordStoreException e) {
                LOG.warn("{}", e.getMessage());
            }
        }
    }

    private void handIn(ActionId request, RecordsAction answer) {
        try {
            port.answer(request, answer);
        } catch (IllegalArgumentException unrecordable) {
            LOG.warn("an answer of {} cannot be recorded: {}", file, unrecordable.getMessage());
            port.answer(request, new RecordsAction.DiskFailed(request, StoreFailure.OTHER, "it cannot be recorded"));
        }
    }
}
