package dev.dunlin.core.debug;

import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogStorage;
import dev.dunlin.core.store.Subject;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All subjects of a log, by number from 0, which is the machine. Each knows where the chain of its postings ends. */
final class Subjects {

    private static final int NUMBERS = 5 * Long.BYTES;
    private static final int NOBODY = -1;

    private final int max;
    private final List<Known> known = new ArrayList<>();

    // Lookup only.
    private final Map<Subject, Integer> numbers = new HashMap<>();
    private final Map<String, List<Integer>> byKey = new HashMap<>();

    /** A subject, and what the index has of it. */
    static final class Known {
        final Subject subject;

        /** The number of its last posting plus 1; 0 if it has none. */
        long head;

        /** How many postings. */
        long count;

        /** How many of its own actions were disabled. */
        long rejected;

        /** The last of them plus 1: an action's place. */
        long lastRejected;

        /** The number of the peer that it belongs to; negative if that is not known. */
        int peer = NOBODY;

        Known(Subject subject) {
            this.subject = subject;
        }
    }

    Subjects(int max) {
        this.max = max;
        numberOf(Subject.MACHINE);
    }

    int numberOf(Subject subject) {
        Integer number = numbers.get(subject);
        if (number != null) {
            return number;
        }
        if (known.size() == max) {
            throw new LogException("the log has more than " + max
                    + " subjects, more than an index holds: look for what concerns one in the log's text");
        }
        int next = known.size();
        known.add(new Known(subject));
        numbers.put(subject, next);
        if (!subject.key().isEmpty()) {
            byKey.computeIfAbsent(subject.key(), any -> new ArrayList<>(1)).add(next);
        }
        return next;
    }

    Known at(int number) {
        return known.get(number);
    }

    Optional<Known> find(Subject subject) {
        Integer number = numbers.get(subject);
        return number == null ? Optional.empty() : Optional.of(known.get(number));
    }

    /** The subjects of any kind that have a key. */
    List<Integer> named(String key) {
        return byKey.getOrDefault(key, List.of());
    }

    /** The peer that a subject is or belongs to; negative if none is known. */
    int peerOf(int number) {
        return isPeer(number) ? number : known.get(number).peer;
    }

    boolean isPeer(int number) {
        return known.get(number).subject.kind().equals(LogIndex.PEER);
    }

    /** Writes all into a new file. */
    Column.Mark save(LogStorage storage, String name) throws IOException {
        storage.delete(name);
        Column out = new Column(storage, name, 1);
        for (Known one : known) {
            byte[] kind = one.subject.kind().getBytes(StandardCharsets.UTF_8);
            byte[] key = one.subject.key().getBytes(StandardCharsets.UTF_8);
            ByteBuffer entry = ByteBuffer.allocate(2 * Integer.BYTES + kind.length + key.length + NUMBERS)
                    .putInt(kind.length)
                    .put(kind)
                    .putInt(key.length)
                    .put(key)
                    .putLong(one.head)
                    .putLong(one.count)
                    .putLong(one.rejected)
                    .putLong(one.lastRejected)
                    .putLong(one.peer);
            out.append(entry.array(), entry.position());
        }
        return out.save();
    }

    /** Reads what was saved; empty if the file does not have it. */
    static Optional<Subjects> open(LogStorage storage, String name, Column.Mark saved, int max) throws IOException {
        if (!new Column(storage, name, 1).open(saved)) {
            return Optional.empty();
        }
        Subjects subjects = new Subjects(max);
        long left = saved.size();
        try (DataInputStream in = new DataInputStream(storage.read(name, 0))) {
            while (left > 0) {
                byte[] kind = text(in, left);
                byte[] key = text(in, left - kind.length);
                left -= 2 * Integer.BYTES + kind.length + key.length + NUMBERS;
                Subject subject =
                        new Subject(new String(kind, StandardCharsets.UTF_8), new String(key, StandardCharsets.UTF_8));
                Known one = subjects.at(subjects.numberOf(subject));
                one.head = in.readLong();
                one.count = in.readLong();
                one.rejected = in.readLong();
                one.lastRejected = in.readLong();
                one.peer = (int) in.readLong();
            }
        }
        return Optional.of(subjects);
    }

    private static byte[] text(DataInputStream in, long left) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > left) {
            throw new IOException("a name of " + length + " bytes does not fit the file of subjects");
        }
        return in.readNBytes(length);
    }
}
