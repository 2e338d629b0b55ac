package dev.dunlin.core.debug;

import dev.dunlin.core.log.LogStorage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The files of an index: columns that grow, the subjects, and a head that says what of them holds. The head is replaced in one
 * step, so that after a crash either the last index stands or the one before it.
 */
final class IndexFiles {

    /** The version of the format. */
    static final int FORMAT = 2;

    private static final String HEAD = "head.json";
    private static final String UNFINISHED = ".part";
    private static final String SUBJECTS = "subjects-";
    private static final int MAX_HEAD = 16 << 20;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    final LogStorage storage;
    final Column acts;
    final Column steps;
    final Column postings;
    final Column stretches;
    final Column changes;
    final Texts texts;
    final Names types;
    final Names clauses;
    final Names kinds;
    Subjects subjects;

    /** The last step with a snapshot that stays. */
    long dense;

    /** The step that gets the next. */
    long next;

    /**
     * What an index is of.
     *
     * @param format {@link #FORMAT}
     * @param build the build that replayed the log
     * @param schema the digest of that build's schema
     * @param first the first step
     * @param last the last step
     * @param lastCrc the checksum of the last step's line
     * @param dense the last step with a snapshot that stays when the index grows
     * @param next the step that gets the next
     * @param columns what each file has
     * @param types the actions' types; effects with a leading {@code !}
     * @param clauses the guards' clauses
     * @param kinds the kinds of subjects that a machine tells of, as {@code machine kind}
     */
    record Head(
            int format,
            String build,
            String schema,
            long first,
            long last,
            long lastCrc,
            long dense,
            long next,
            Map<String, Column.Mark> columns,
            List<String> types,
            List<String> clauses,
            List<String> kinds) {}

    private IndexFiles(
            LogStorage storage, int maxSubjects, List<String> types, List<String> clauses, List<String> kinds) {
        this.storage = storage;
        this.acts = new Column(storage, "actions.bin", Records.Act.WIDTH);
        this.steps = new Column(storage, "steps.bin", Records.Step.WIDTH);
        this.postings = new Column(storage, "postings.bin", Records.Posting.WIDTH);
        this.stretches = new Column(storage, "stretches.bin", Records.Stretch.WIDTH);
        this.changes = new Column(storage, "changes.bin", Integer.BYTES);
        this.texts = new Texts(storage, "texts.bin");
        this.types = new Names(types);
        this.clauses = new Names(clauses);
        this.kinds = new Names(kinds);
        this.subjects = new Subjects(maxSubjects);
    }

    /** Begins anew; what an earlier index left is deleted, its snapshots excepted. */
    static IndexFiles begin(LogStorage storage, int maxSubjects) throws IOException {
        IndexFiles files = new IndexFiles(storage, maxSubjects, List.of(), List.of(), List.of());
        for (String name : List.of(
                HEAD, "actions.bin", "steps.bin", "postings.bin", "stretches.bin", "changes.bin", "texts.bin")) {
            storage.delete(name);
        }
        dropSubjects(storage, "");
        return files;
    }

    /** The head that was saved, if there is one that holds. */
    static Optional<Head> head(LogStorage storage) throws IOException {
        if (!storage.names().contains(HEAD) || storage.size(HEAD) > MAX_HEAD) {
            return Optional.empty();
        }
        byte[] bytes;
        try (InputStream in = storage.read(HEAD, 0)) {
            bytes = in.readAllBytes();
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        if (end < 0 || !text.substring(end + 1).equals(crc(text.substring(0, end)))) {
            return Optional.empty();
        }
        try {
            return Optional.of(MAPPER.readValue(text.substring(0, end), Head.class))
                    .filter(head -> head.format() == FORMAT);
        } catch (JacksonException otherFormat) {
            return Optional.empty();
        }
    }

    private static String crc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }

    /** Takes up what a head names; empty if a file is damaged or gone. */
    static Optional<IndexFiles> open(LogStorage storage, Head head, int maxSubjects) throws IOException {
        IndexFiles files = new IndexFiles(storage, maxSubjects, head.types(), head.clauses(), head.kinds());
        files.dense = head.dense();
        files.next = head.next();
        Column.Mark nothing = new Column.Mark(-1, 0);
        Map<String, Column.Mark> marks = head.columns();
        boolean good = files.acts.open(marks.getOrDefault("acts", nothing))
                && files.steps.open(marks.getOrDefault("steps", nothing))
                && files.postings.open(marks.getOrDefault("postings", nothing))
                && files.stretches.open(marks.getOrDefault("stretches", nothing))
                && files.changes.open(marks.getOrDefault("changes", nothing))
                && files.texts.open(marks.getOrDefault("texts", nothing))
                && files.steps.count() == head.last() - head.first() + 1;
        if (!good) {
            return Optional.empty();
        }
        Optional<Subjects> subjects =
                Subjects.open(storage, SUBJECTS + head.last(), marks.getOrDefault("subjects", nothing), maxSubjects);
        subjects.ifPresent(read -> files.subjects = read);
        return subjects.map(any -> files);
    }

    /** Saves all: the head last. */
    void save(String build, String schema, long first, long last, long lastCrc) throws IOException {
        Map<String, Column.Mark> marks = new LinkedHashMap<>();
        marks.put("acts", acts.save());
        marks.put("steps", steps.save());
        marks.put("postings", postings.save());
        marks.put("stretches", stretches.save());
        marks.put("changes", changes.save());
        marks.put("texts", texts.save());
        String name = SUBJECTS + last;
        // A name that the present head uses is used again only when nothing was added.
        marks.put("subjects", subjects.save(storage, name));
        String text = MAPPER.writeValueAsString(new Head(
                FORMAT,
                build,
                schema,
                first,
                last,
                lastCrc,
                dense,
                next,
                marks,
                types.all(),
                clauses.all(),
                kinds.all()));
        byte[] bytes = (text + "\n" + crc(text)).getBytes(StandardCharsets.UTF_8);
        storage.delete(HEAD + UNFINISHED);
        try (LogStorage.Appender out = storage.append(HEAD + UNFINISHED)) {
            out.write(bytes, 0, bytes.length);
            out.force();
        }
        storage.rename(HEAD + UNFINISHED, HEAD);
        storage.forceNames();
        dropSubjects(storage, name);
    }

    private static void dropSubjects(LogStorage storage, String but) throws IOException {
        for (String name : storage.names()) {
            if (name.startsWith(SUBJECTS) && !name.equals(but)) {
                storage.delete(name);
            }
        }
    }

    /** How many bytes all files take, snapshots included. */
    long bytes() throws IOException {
        long bytes = 0;
        for (String name : storage.names()) {
            bytes += storage.size(name);
        }
        return bytes;
    }
}
