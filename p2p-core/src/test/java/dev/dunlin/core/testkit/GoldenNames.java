package dev.dunlin.core.testkit;

import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The names under which a store's types are written, in a committed file: what a log is read by must not change unseen. One line
 * a type, sorted: {@code gate/open: gate string, ticket Ticket}.
 *
 * <pre>{@code
 * GoldenNames.check(Path.of("src/test/resources/names/connection.txt"), store);
 * }</pre>
 */
public final class GoldenNames {

    /** The system property that, if it is {@code true}, has a file rewritten in place of being compared. */
    public static final String ACCEPT = "dunlin.golden.accept";

    private static final String WHAT_TO_DO = """

            Logs are written under these names. What to do:
              - if a class was renamed, put @Named("old") on it, and nothing changes;
              - if a name or a field changed for good, declare renamed, renamedField or defaulted on the Machine.Draft, so \
            that older logs are still read, and accept;
              - if no log was written yet, accept.
            To accept, run this test with -D%s=true, which rewrites the file; commit it.""".formatted(ACCEPT);

    private GoldenNames() {}

    /**
     * Compares the names of a store's types with a file.
     *
     * @throws AssertionError if they differ; the message names each difference and says what to do
     */
    public static void check(Path file, Store<?> store) {
        check(file, Schema.of(store), Boolean.getBoolean(ACCEPT));
    }

    static void check(Path file, Schema schema, boolean accept) {
        try {
            if (accept) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.write(file, lines(schema));
                return;
            }
            if (!Files.exists(file)) {
                throw new AssertionError("there is no file " + file + " of the types' names." + WHAT_TO_DO);
            }
            List<String> differences = differences(read(Files.readAllLines(file)), read(lines(schema)));
            if (!differences.isEmpty()) {
                throw new AssertionError(
                        file + " has other names than the types:\n  " + String.join("\n  ", differences) + WHAT_TO_DO);
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** One line a type. */
    static List<String> lines(Schema schema) {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(schema.types()).forEach((type, fields) -> {
            List<String> parts = new ArrayList<>();
            fields.forEach((field, of) -> parts.add(field + " " + of));
            lines.add(type + ":" + (parts.isEmpty() ? "" : " ") + String.join(", ", parts));
        });
        return lines;
    }

    private static Map<String, Map<String, String>> read(List<String> lines) {
        Map<String, Map<String, String>> types = new TreeMap<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new AssertionError("no type's line: " + line);
            }
            Map<String, String> fields = new LinkedHashMap<>();
            for (String field : line.substring(colon + 1).strip().split(", ", -1)) {
                int space = field.indexOf(' ');
                if (space > 0) {
                    fields.put(field.substring(0, space), field.substring(space + 1));
                }
            }
            types.put(line.substring(0, colon), fields);
        }
        return types;
    }

    private static List<String> differences(
            Map<String, Map<String, String>> golden, Map<String, Map<String, String>> present) {
        List<String> found = new ArrayList<>();
        golden.forEach((type, fields) -> {
            Map<String, String> now = present.get(type);
            if (now == null) {
                found.add("type removed: " + type);
            } else {
                fieldsOf(type, fields, now, found);
            }
        });
        present.keySet().stream()
                .filter(type -> !golden.containsKey(type))
                .forEach(type -> found.add("type added: " + type));
        return found;
    }

    private static void fieldsOf(
            String type, Map<String, String> golden, Map<String, String> present, List<String> found) {
        golden.forEach((field, was) -> {
            String is = present.get(field);
            if (is == null) {
                found.add("field removed: " + type + "." + field + " (" + was + ")");
            } else if (!is.equals(was)) {
                found.add("field changed: " + type + "." + field + " was " + was + " and is " + is);
            }
        });
        present.forEach((field, is) -> {
            if (!golden.containsKey(field)) {
                found.add("field added: " + type + "." + field + " (" + is + ")");
            }
        });
        // Digests depend on the order of the fields, and only the keys are the same here.
        if (golden.equals(present) && !List.copyOf(golden.keySet()).equals(List.copyOf(present.keySet()))) {
            found.add("fields in another order: " + type + " had " + golden.keySet() + " and has " + present.keySet());
        }
    }
}
