package dev.dunlin.core.debug;

import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.LogStorage;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Subject;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * An index of a log: every action of every turn with its cause, subject and rejection, the actions that concern each subject,
 * and snapshots so dense that going to any step replays few inputs. It is made by one replay and kept in a folder of its own;
 * when the log has grown, the next opening adds what is new. An index of another log, another build or another format, a damaged
 * one, and one of which the ring has dropped more than it still has, is made anew.
 *
 * <p>It holds the files it was opened with, and a dictionary of subjects in memory; everything else is read as it is asked
 * for. Not thread-safe.
 *
 * @param <R> the root of the state tree
 */
public final class LogIndex<R> {

    /** The kind of subject that a remote peer is. */
    public static final String PEER = "peer";

    /** What a payload that was cut ends with. */
    public static final String CUT = "…";

    /** Leads the type of an effect, as in a log's schema. */
    static final String EFFECT = "!";

    private static final long TRIAL = 250;

    private final LogReader<R> log;
    private final Store<R> store;
    private final IndexFiles files;
    private final long first;
    private final Made made;

    /**
     * The bounds of an index.
     *
     * @param least the least number of inputs between two snapshots: that of a small state
     * @param most the most: that of a big state, whose snapshots take long to read, and of a long log
     * @param maxSubjects the most subjects; a log that has more gets no index
     * @param acceptRisky whether a log that fits this build only with losses is taken
     */
    public record Options(int least, int most, int maxSubjects, boolean acceptRisky) {

        /** A snapshot every 250 to 10,000 inputs, 4 million subjects, no losses. */
        public static final Options DEFAULT = new Options(250, 10_000, 1 << 22, false);

        /** Refuses what is not positive. */
        public Options {
            if (least <= 0 || most < least || maxSubjects <= 0) {
                throw new IllegalArgumentException("an index has a snapshot interval and a bound of subjects");
            }
        }

        /** Whether a log that fits only with losses is taken. */
        public Options risky(boolean accept) {
            return new Options(least, most, maxSubjects, accept);
        }
    }

    /** What opening did. */
    public enum Made {
        /** The index was whole and up to date. */
        FOUND,
        /** The log had grown, and what is new was added. */
        EXTENDED,
        /** There was none for this log and build, so it was made. */
        BUILT
    }

    private LogIndex(LogReader<R> log, Store<R> store, IndexFiles files, long first, Made made) {
        this.log = log;
        this.store = store;
        this.files = files;
        this.first = first;
        this.made = made;
    }

    /**
     * Opens the index of a log, and makes or extends it where that is needed.
     *
     * @param log the log
     * @param store a store of the same machines; it is moved to some state
     * @param folder where the index is kept: a folder of its own, open for writing
     * @param build names this build: what another one made of the log is not taken
     * @param progress is told the step from time to time, while the log is replayed
     * @throws LogException if the log does not fit this build, is damaged, replays to another result than recorded, or has
     *     more subjects than allowed
     * @throws UncheckedIOException if the folder cannot be read or written
     */
    public static <R> LogIndex<R> open(
            LogReader<R> log, Store<R> store, LogStorage folder, String build, Options options, LongConsumer progress) {
        String schema = schema(log, store, options);
        try {
            Optional<Known<R>> known = known(log, folder, build, schema, options);
            if (known.isPresent()) {
                Known<R> there = known.get();
                if (there.holds(store)) {
                    return there.grown()
                            ? extended(there, store, folder, build, schema, options, progress)
                            : there.index(store, Made.FOUND);
                }
            }
            return built(log, store, folder, build, schema, options, progress);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * As {@link #open}, but only what is there: no step is added. If the log has grown, the index has its beginning, and
     * {@link #log} still all of it.
     *
     * @return empty if there is no index that can be used
     */
    public static <R> Optional<LogIndex<R>> find(
            LogReader<R> log, Store<R> store, LogStorage folder, String build, Options options) {
        String schema = schema(log, store, options);
        try {
            return known(log, folder, build, schema, options)
                    .filter(there -> there.holds(store))
                    .map(there -> there.index(store, Made.FOUND));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <R> String schema(LogReader<R> log, Store<R> store, Options options) {
        new Replayer<>(log, store, options.acceptRisky()).close();
        return new Hasher()
                .putString(
                        log.codec().mapper().writeValueAsString(Schema.of(store).types()))
                .finish()
                .toString();
    }

    private static boolean isMostlyThere(LogReader<?> log, IndexFiles.Head head) {
        return log.firstInput() - head.first() <= head.last() - log.firstInput();
    }

    /**
     * An index that is there.
     *
     * @param log the log, read by way of it
     * @param grown whether the log has more by now
     */
    private record Known<R>(LogReader<R> log, IndexFiles files, IndexFiles.Head head, boolean grown) {

        LogIndex<R> index(Store<R> store, Made made) {
            return new LogIndex<>(log, store, files, head.first(), made);
        }

        // Goes once from a snapshot towards the index's end and compares the last step: a build of the same name may
        // have been changed since, and mostly shows there.
        // What the first going to a step has to load is loaded then, too.
        boolean holds(Store<R> store) {
            Replayer<R> replayer = new Replayer<>(log, store, true);
            try {
                long from = log.stateBefore(head.last() - 1).input();
                return replayer.mismatchAt(Math.min(head.last(), from + TRIAL)).isEmpty();
            } catch (LogException | UncheckedIOException gone) {
                return false;
            } finally {
                replayer.close();
            }
        }
    }

    private static <R> Optional<Known<R>> known(
            LogReader<R> log, LogStorage folder, String build, String schema, Options options) throws IOException {
        Optional<IndexFiles.Head> found = IndexFiles.head(folder)
                .filter(it -> it.build().equals(build) && it.schema().equals(schema))
                .filter(it -> isMostlyThere(log, it));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        IndexFiles.Head head = found.get();
        Optional<IndexFiles> files = IndexFiles.open(folder, head, options.maxSubjects());
        if (files.isEmpty()) {
            return Optional.empty();
        }
        // What was not saved with the head may be of frames that the log has lost since.
        LogReader.dropSnapshots(folder, input -> input > head.last());
        LogReader<R> quick = log.with(shortcuts(files.get(), head.first()));
        return hasGrown(quick, head).map(grown -> new Known<>(quick, files.get(), head, grown));
    }

    private static <R> LogIndex<R> extended(
            Known<R> known,
            Store<R> store,
            LogStorage folder,
            String build,
            String schema,
            Options options,
            LongConsumer progress)
            throws IOException {
        IndexFiles.Head head = known.head();
        StoreState<R> from = known.log().stateBefore(head.last());
        fill(known.log(), store, known.files(), head.first(), from, build, schema, options, progress);
        if (head.last() != head.dense()) {
            LogReader.dropSnapshots(folder, input -> input == head.last());
        }
        return known.index(store, Made.EXTENDED);
    }

    private static <R> LogIndex<R> built(
            LogReader<R> log,
            Store<R> store,
            LogStorage folder,
            String build,
            String schema,
            Options options,
            LongConsumer progress)
            throws IOException {
        IndexFiles files = IndexFiles.begin(folder, options.maxSubjects());
        LogReader.dropSnapshots(folder, input -> true);
        StoreState<R> from = log.earliestState();
        long first = from.input() + 1;
        files.next = from.input() + options.least();
        LogReader<R> quick = log.with(shortcuts(files, first));
        fill(quick, store, files, first, from, build, schema, options, progress);
        return new LogIndex<>(quick, store, files, first, Made.BUILT);
    }

    private static <R> void fill(
            LogReader<R> log,
            Store<R> store,
            IndexFiles files,
            long first,
            StoreState<R> from,
            String build,
            String schema,
            Options options,
            LongConsumer progress)
            throws IOException {
        new Indexer<>(log, store, files, first, build, options, progress).goOn(from);
        long last = first + files.steps.count() - 1;
        if (last < first) {
            return;
        }
        if (last != files.dense) {
            log.saveSnapshot(files.storage, store.state(), build);
        }
        long crc = lines(log, last, 1).getFirst();
        files.save(build, schema, first, last, crc);
    }

    private static LogReader.Shortcuts shortcuts(IndexFiles files, long first) {
        return new LogReader.Shortcuts(files.storage, input -> {
            long row = input - first;
            if (row < 0 || row >= files.steps.count()) {
                return OptionalLong.empty();
            }
            try {
                return OptionalLong.of(Records.Step.read(files.steps.at(row)).offset());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    // Whether there are inputs after the index's last; empty if that one is not in this log.
    private static Optional<Boolean> hasGrown(LogReader<?> log, IndexFiles.Head head) throws IOException {
        try {
            List<Long> crcs = lines(log, head.last(), 2);
            return crcs.isEmpty() || crcs.getFirst() != head.lastCrc()
                    ? Optional.empty()
                    : Optional.of(crcs.size() > 1);
        } catch (LogException.Damaged elsewhere) {
            return Optional.empty();
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof EOFException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    // The checksums of the lines of some inputs, from one on.
    private static List<Long> lines(LogReader<?> log, long from, int atMost) {
        List<Long> crcs = new ArrayList<>();
        try (LogCursor cursor = log.cursor(from)) {
            for (Optional<String> next = cursor.nextText();
                    next.isPresent() && crcs.size() < atMost;
                    next = cursor.nextText()) {
                if (!Frame.isOwn(next.get())) {
                    CRC32C crc = new CRC32C();
                    crc.update(next.get().getBytes(StandardCharsets.UTF_8));
                    crcs.add(crc.getValue());
                }
            }
        }
        return crcs;
    }

    /** What opening did. */
    public Made made() {
        return made;
    }

    /** The log, read by way of this index: going to a step replays no more inputs than lie between two snapshots. */
    public LogReader<R> log() {
        return log;
    }

    /** The first step that it has. */
    public long first() {
        return first;
    }

    /** The last step that it has; less than the first if the log has none. */
    public long last() {
        return first + files.steps.count() - 1;
    }

    /** How many actions and effects it has. */
    public long actions() {
        return files.acts.count();
    }

    /** How many bytes its files take. */
    public long bytes() {
        try {
            return files.bytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The store that it replays with. */
    Store<R> store() {
        return store;
    }

    IndexFiles files() {
        return files;
    }

    Records.Step step(long step) {
        if (step < first || step > last()) {
            throw new LogException.NoStep(
                    "the log has no step " + step + ": the index has steps " + first + " to " + last());
        }
        try {
            return Records.Step.read(files.steps.at(step - first));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many stretches of steps it has. */
    long stretches() {
        return files.stretches.count();
    }

    /** A stretch; the one before the first ends before the first step. */
    Records.Stretch stretch(long row) {
        try {
            return row < 0 ? new Records.Stretch(first - 1, 0) : Records.Stretch.read(files.stretches.at(row));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A hash of a part that changed in a stretch. */
    int changed(long hash) {
        try {
            return files.changes.at(hash).getInt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many actions and effects a step has, its input included. */
    public int size(long step) {
        long begin = step(step).first();
        long end = step == last() ? actions() : step(step + 1).first();
        return (int) (end - begin);
    }

    /**
     * One action or effect.
     *
     * @throws LogException if the log has none with this id
     */
    public Entry entry(ActionId id) {
        int size = size(id.input());
        if (id.index() >= size) {
            throw new LogException.NoStep("step " + id.input() + " has no action " + id.index() + ": it led to "
                    + (size - 1) + " after the input, which is 0");
        }
        return entry(step(id.input()).first() + id.index());
    }

    Entry entry(long act) {
        try {
            Records.Act row = Records.Act.read(files.acts.at(act));
            Records.Step step = step(row.step());
            String type = files.types.at(row.type());
            boolean effect = type.startsWith(EFFECT);
            String[] texts = files.texts.at(row.text()).split("\n", 3);
            ActionId cause = row.index() > 0
                    ? new ActionId(row.step(), row.cause())
                    : new ActionId(step.answersStep(), step.answersIndex());
            return new Entry(
                    new ActionId(row.step(), row.index()),
                    step.at(),
                    cause,
                    row.index() == 0 ? Entry.Kind.INPUT : effect ? Entry.Kind.EFFECT : Entry.Kind.ACTION,
                    effect ? type.substring(EFFECT.length()) : type,
                    files.subjects.at(row.subject()).subject,
                    texts[0],
                    row.clause() == Records.NONE
                            ? Optional.empty()
                            : Optional.of(new Entry.Rejection(files.clauses.at(row.clause()), operands(texts))),
                    texts.length > 2 ? Optional.of(texts[2]) : Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Operand> operands(String[] texts) {
        if (texts.length < 2) {
            return List.of();
        }
        try {
            JsonNode node = log.codec().mapper().readTree(texts[1]);
            List<Operand> operands = new ArrayList<>();
            node.properties()
                    .forEach(one -> operands.add(
                            new Operand(one.getKey(), one.getValue().asString())));
            return operands;
        } catch (JacksonException e) {
            throw new UncheckedIOException(new IOException("the index's text of operands cannot be read", e));
        }
    }

    /** What led to an action that is no input. */
    ActionId cause(long step, int index) {
        try {
            Records.Act row = Records.Act.read(files.acts.at(step(step).first() + index));
            return new ActionId(step, row.cause());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The state after a step.
     *
     * @throws LogException if the log does not have it any more
     */
    public StoreState<R> state(long step) {
        Replayer<R> replayer = new Replayer<>(log, store, true);
        try {
            replayer.seek(step);
            return replayer.state();
        } finally {
            replayer.close();
        }
    }

    /**
     * The last actions and effects that concern a subject, in order: those about it, the effects that an action about it asked
     * for, and all that have its key in their fields.
     */
    public List<Entry> about(Subject subject, int atMost) {
        Optional<Subjects.Known> known = files.subjects.find(subject);
        List<Entry> entries = new ArrayList<>();
        try {
            long next = known.map(one -> one.head).orElse(0L);
            while (next > 0 && entries.size() < atMost) {
                Records.Posting posting = Records.Posting.read(files.postings.at(next - 1));
                entries.add(entry(posting.act()));
                next = posting.previous();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return entries.reversed();
    }

    /** The kinds of subjects that the log has, in the order of their names. */
    public List<String> kinds() {
        return files.kinds.all().stream()
                .map(one -> one.substring(one.indexOf(' ') + 1))
                .distinct()
                .sorted()
                .toList();
    }
}
