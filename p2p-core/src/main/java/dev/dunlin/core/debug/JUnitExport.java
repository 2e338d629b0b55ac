package dev.dunlin.core.debug;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.Replayer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a JUnit test of a range of steps: it restores the state before them, applies their inputs, and asserts the digests that the
 * log recorded. State and inputs are a resource beside the test, {@code NAME.jsonl}; the digests stand in its source.
 *
 * @param packageName the test's package; empty for none
 * @param className its simple name
 * @param store a Java expression for a new store, such as {@code dev.dunlin.node.NodeRoot.newStore()}
 */
public record JUnitExport(String packageName, String className, String store) {

    private static final Pattern UNPAIRED =
            Pattern.compile("[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]");

    /** The most steps. */
    public static final int MAX_STEPS = 2000;

    private static final int PER_METHOD = 100;

    /** Refuses names that Java does not take. */
    public JUnitExport {
        if (!SourceVersion.isIdentifier(className) || SourceVersion.isKeyword(className)) {
            throw new IllegalArgumentException("'" + className + "' is no name of a Java class");
        }
        if (!packageName.isEmpty() && !SourceVersion.isName(packageName)) {
            throw new IllegalArgumentException("'" + packageName + "' is no name of a Java package");
        }
    }

    /**
     * Of a class's full name.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static JUnitExport of(String fullName, String store) {
        int dot = fullName.lastIndexOf('.');
        return new JUnitExport(dot < 0 ? "" : fullName.substring(0, dot), fullName.substring(dot + 1), store);
    }

    /** The file name of the resource. */
    public String resource() {
        return className + ".jsonl";
    }

    /**
     * Writes the resource, and gives the source of the test.
     *
     * @param log the log that the replayer replays
     * @param resource gets the lines, in UTF-8; it is flushed and left open
     * @throws LogException if the range is empty or has more than {@link #MAX_STEPS} steps, the log does not have it, or its
     *     digests are over states of another shape than this build's
     * @throws UncheckedIOException if the stream fails
     */
    public <R> String write(LogReader<R> log, Replayer<R> replayer, long from, long to, OutputStream resource) {
        return source(from, to, lines(log, replayer, from, to, resource));
    }

    /**
     * As {@link #write}, and the test asks no digests, but that no invariant breaks and no machine throws: it fails as long as the
     * fault is there that the steps were shrunk to.
     */
    public <R> String writeAudit(LogReader<R> log, Replayer<R> replayer, long from, long to, OutputStream resource) {
        lines(log, replayer, from, to, resource);
        return head(List.of("java.util.Objects", "java.util.Optional"), false)
                + "/** Steps " + from + " to " + to + " of a shrunk log; the state before them and their inputs are in "
                + resource() + ",\n * a resource of the same package. */\nclass " + className
                + " {\n\n    @Test\n    void breaksNothing() {\n" + opened()
                + "            assertEquals(Optional.empty(), steps.audit());\n        }\n    }\n}\n";
    }

    // The lines of the resource are written; what the test asserts of each step is given.
    private <R> List<String> lines(LogReader<R> log, Replayer<R> replayer, long from, long to, OutputStream resource) {
        Steps.of(from, to, MAX_STEPS);
        Codec codec = log.codec();
        List<String> assertions = new ArrayList<>();
        Set<String> machines = Set.of();
        try (LogCursor frames = log.cursor(from)) {
            Steps.seekBefore(replayer, from);
            line(
                    resource,
                    RecordedSteps.header(codec, from - 1, replayer.state().now(), replayer.json(replayer.state())));
            for (Optional<Frame> next = frames.next();
                    next.isPresent() && assertions.size() <= to - from;
                    next = frames.next()) {
                if (next.get() instanceof Frame.Recorded frame && frame.number() >= from) {
                    if (!frames.incomparable().isEmpty()) {
                        throw new LogException(
                                "step " + frame.number() + " was recorded by a build with states of another"
                                        + " shape: make the test with that build");
                    }
                    line(resource, input(codec, frame, !frame.machines().equals(machines)));
                    machines = frame.machines();
                    assertions.add(assertion(frame, codec.nameOf(frame.action())));
                }
            }
            resource.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            replayer.close();
        }
        if (assertions.size() <= to - from) {
            long last = from + assertions.size() - 1;
            throw LogException.NoStep.behind(last, to);
        }
        return assertions;
    }

    private String head(List<String> imports, boolean stops) {
        StringBuilder text = new StringBuilder();
        if (!packageName.isEmpty()) {
            text.append("package ").append(packageName).append(";\n\n");
        }
        text.append("import static org.junit.jupiter.api.Assertions.assertEquals;\n");
        if (stops) {
            text.append("import static org.junit.jupiter.api.Assertions.assertThrows;\n");
        }
        text.append("\nimport dev.dunlin.core.debug.RecordedSteps;\n");
        imports.forEach(each -> text.append("import ").append(each).append(";\n"));
        return text.append("import org.junit.jupiter.api.Test;\n\n").toString();
    }

    private String opened() {
        return "        try (RecordedSteps<?> steps = RecordedSteps.open(\n                " + store
                + ",\n                Objects.requireNonNull(\n                        " + className
                + ".class.getResourceAsStream(\"" + resource() + "\"), \"" + resource()
                + " is no resource beside this class\"))) {\n";
    }

    private static void line(OutputStream out, String line) throws IOException {
        out.write(unpaired(line).getBytes(StandardCharsets.UTF_8));
        out.write('\n');
    }

    // Half a surrogate pair has no UTF-8: in JSON it is written by its number.
    private static String unpaired(String json) {
        return UNPAIRED.matcher(json)
                .replaceAll(half -> String.format(
                        Locale.ROOT, "\\\\u%04x", (int) half.group().charAt(0)));
    }

    private static String input(Codec codec, Frame.Recorded frame, boolean withMachines) {
        ObjectNode tree = codec.mapper().createObjectNode().put("type", codec.nameOf(frame.action()));
        tree.set("payload", codec.tree(frame.action()));
        ObjectNode meta = tree.putObject("meta").put("input", frame.number()).put("at", frame.at());
        if (!frame.answers().isNone()) {
            meta.put("answers", frame.answers().toString());
        }
        if (withMachines) {
            new TreeSet<>(frame.machines()).forEach(meta.putArray(RecordedSteps.MACHINES)::add);
        }
        return tree.toString();
    }

    // Payloads are no part of the source: peers choose their texts.
    private static String assertion(Frame.Recorded frame, String type) {
        if (frame.failed().isPresent()) {
            return "        // " + type + " stopped the recorded run\n"
                    + "        assertThrows(StoreFailure.class, steps::next);\n";
        }
        RecordedSteps.Step step = RecordedSteps.Step.of(frame);
        return "        // " + type + "\n        assertEquals(\n                new Step(" + step.number() + "L, "
                + step.size() + ", " + literal(step.derived()) + ",\n                        "
                + literal(step.changed()) + ", " + literal(step.rejected()) + "),\n                steps.next());\n";
    }

    private static String literal(String text) {
        StringBuilder literal = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == '"' || unit == '\\') {
                literal.append('\\').append(unit);
            } else if (unit >= ' ' && unit < 0x7F) {
                literal.append(unit);
            } else {
                literal.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
            }
        }
        return literal.append('"').toString();
    }

    private String source(long from, long to, List<String> assertions) {
        boolean stops = assertions.stream().anyMatch(assertion -> assertion.contains("assertThrows"));
        List<String> imports = new ArrayList<>(List.of("dev.dunlin.core.debug.RecordedSteps.Step"));
        if (stops) {
            imports.add("dev.dunlin.core.store.StoreFailure");
        }
        imports.add("java.util.Objects");
        StringBuilder text = new StringBuilder(head(imports, stops))
                .append("/** Steps ")
                .append(from)
                .append(" to ")
                .append(to)
                .append(" of a recorded log. The state before them and their inputs are in ")
                .append(resource())
                .append(",\n * a resource of the same package. */\nclass ")
                .append(className)
                .append(" {\n\n    @Test\n    void replaysAsRecorded() {\n")
                .append(opened());
        int parts = (assertions.size() + PER_METHOD - 1) / PER_METHOD;
        for (int part = 0; part < parts; part++) {
            text.append("            part").append(part).append("(steps);\n");
        }
        text.append("        }\n    }\n");
        for (int part = 0; part < parts; part++) {
            text.append("\n    private static void part").append(part).append("(RecordedSteps<?> steps) {\n");
            assertions
                    .subList(part * PER_METHOD, Math.min((part + 1) * PER_METHOD, assertions.size()))
                    .forEach(text::append);
            text.append("    }\n");
        }
        return text.append("}\n").toString();
    }
}
