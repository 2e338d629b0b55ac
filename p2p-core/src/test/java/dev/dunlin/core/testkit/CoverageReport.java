package dev.dunlin.core.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the laws of a test run visited, in files: for each machine {@code NAME.json} and {@code NAME.txt}, and
 * {@code summary.txt} with the first lines of all. How to read them: docs/testing.md.
 */
public final class CoverageReport {

    private static final String SUMMARY = "summary.txt";

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private CoverageReport() {}

    /**
     * Writes a machine's files, in place of older ones, and the summary anew.
     *
     * @param folder where to, made if it is missing
     * @throws UncheckedIOException if that fails
     */
    public static synchronized void write(Path folder, Coverage coverage) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(coverage.machine() + ".json"), json(coverage));
            Files.writeString(folder.resolve(coverage.machine() + ".txt"), text(coverage));
            Files.writeString(folder.resolve(SUMMARY), summary(folder));
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** The counts as JSON. */
    static String json(Coverage coverage) {
        ObjectNode root = MAPPER.createObjectNode().put("machine", coverage.machine());
        List<String> missing = coverage.missing();
        root.put("total", coverage.total()).put("seen", coverage.total() - missing.size());
        ArrayNode transitions = root.putArray("transitions");
        coverage.transitions()
                .forEach((transition, count) -> transitions
                        .addObject()
                        .put("from", transition.from())
                        .put("action", transition.action())
                        .put("to", transition.to())
                        .put("count", count));
        ArrayNode actions = root.putArray("actions");
        coverage.enabled()
                .forEach((action, count) ->
                        actions.addObject().put("action", action).put("enabled", count));
        ArrayNode clauses = root.putArray("clauses");
        coverage.clauses()
                .forEach(clause -> clauses.addObject()
                        .put("action", clause.action())
                        .put("clause", clause.clause())
                        .put("held", clause.held())
                        .put("failed", clause.failed()));
        missing.forEach(root.putArray("neverSeen")::add);
        return MAPPER.writeValueAsString(root) + "\n";
    }

    /** The counts as text: what was never seen first, then all. */
    static String text(Coverage coverage) {
        StringBuilder text =
                new StringBuilder(coverage.machine() + ": " + coverage.report()).append("\n\nTransitions\n");
        coverage.transitions()
                .forEach((transition, count) -> text.append(count(count))
                        .append("  ")
                        .append(Coverage.arrow(transition))
                        .append('\n'));
        text.append("\nEnabled\n");
        coverage.enabled()
                .forEach((action, count) ->
                        text.append(count(count)).append("  ").append(action).append('\n'));
        text.append("\nClauses: held, failed\n");
        coverage.clauses()
                .forEach(clause -> text.append(count(clause.held()))
                        .append(count(clause.failed()))
                        .append("  ")
                        .append(clause.action())
                        .append(": ")
                        .append(clause.clause())
                        .append('\n'));
        return text.toString();
    }

    private static String count(long count) {
        return String.format(Locale.ROOT, "%9d", count);
    }

    // The head of each machine's text: up to the first empty line.
    private static String summary(Path folder) throws IOException {
        StringBuilder summary = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(CoverageReport::isOfAMachine).sorted().toList()) {
                try (Stream<String> lines = Files.lines(file)) {
                    lines.takeWhile(line -> !line.isEmpty())
                            .forEach(line -> summary.append(line).append('\n'));
                }
            }
        }
        return summary.toString();
    }

    private static boolean isOfAMachine(Path file) {
        return file.toString().endsWith(".txt") && !file.endsWith(SUMMARY);
    }
}
