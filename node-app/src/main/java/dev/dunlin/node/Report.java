package dev.dunlin.node;

import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.replay.JsonDifference;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A report of named findings: for people a line each, as JSON one object. */
final class Report {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final PrintWriter out;
    private final boolean json;
    private final ObjectNode fields = MAPPER.createObjectNode();

    Report(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** A finding; its text may have several lines. */
    Report add(String name, String text, JsonNode value) {
        fields.set(name, value);
        if (!json) {
            out.println(String.format(Locale.ROOT, "%-10s %s", name, text.replace("\n", "\n" + " ".repeat(11))));
        }
        return this;
    }

    /** A finding in words. */
    Report add(String name, String text) {
        return add(name, LogLine.printable(text), MAPPER.getNodeFactory().stringNode(text));
    }

    /** A count. */
    Report add(String name, long value) {
        return add(name, Long.toString(value), MAPPER.getNodeFactory().numberNode(value));
    }

    /** How well the log fits this build. */
    Report add(Schema.Report fit) {
        ObjectNode value = MAPPER.createObjectNode().put("fit", fit.fit().name());
        ArrayNode differences = value.putArray("differences");
        fit.differences()
                .forEach(difference -> differences
                        .addObject()
                        .put("fit", difference.fit().name())
                        .put("what", difference.what()));
        String text = fit.fit() + (fit.differences().isEmpty() ? "" : "\n" + fit.text());
        return add("fit", text, value);
    }

    /** Ends the report. */
    void print() {
        if (json) {
            out.println(fields);
        }
    }

    /** Differences as JSON. */
    static ArrayNode differences(List<JsonDifference> differences) {
        ArrayNode list = list();
        differences.forEach(difference -> list.addObject()
                .put("path", difference.path())
                .put("before", difference.before())
                .put("after", difference.after()));
        return list;
    }

    /** A list, to be filled in. */
    static ArrayNode list() {
        return MAPPER.createArrayNode();
    }

    /** An object, to be filled in. */
    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }
}
