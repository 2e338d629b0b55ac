package dev.dunlin.node;

import dev.dunlin.core.debug.Entry;
import dev.dunlin.core.debug.LogIndex;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Subject;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One action or effect of an index, as people and programs read it. */
final class EntryText {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private EntryText() {}

    /** Id, time, how it came about, type, payload, cause, and why it was rejected, on one line. */
    static String line(Entry entry) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%8s  %s  %-6s  %s  %s",
                entry.id(),
                LogLine.time(entry.at()),
                entry.kind().name().toLowerCase(Locale.ROOT),
                entry.type(),
                LogLine.shortened(entry.payload())));
        if (!entry.cause().isNone()) {
            text.append(entry.kind() == Entry.Kind.INPUT ? "  answers " : "  <- ")
                    .append(entry.cause());
        }
        entry.rejection()
                .ifPresent(why ->
                        text.append("  [rejected by ").append(reason(why)).append(']'));
        entry.failed()
                .ifPresent(what -> text.append("  [stopped the node: ")
                        .append(LogLine.printable(what))
                        .append(']'));
        return text.toString();
    }

    /** The clause and what it looked at. */
    static String reason(Entry.Rejection why) {
        String operands = why.operands().stream()
                .map(operand -> operand.name() + "=" + operand.value())
                .collect(Collectors.joining(", "));
        return LogLine.printable(why.clause() + (operands.isEmpty() ? "" : ": " + operands));
    }

    /** A subject in words. */
    static String subject(Subject subject) {
        return LogLine.printable(subject.key().isEmpty() ? subject.kind() : subject.kind() + " " + subject.key());
    }

    /** As JSON. A payload that was cut is a string. */
    static ObjectNode json(Entry entry) {
        ObjectNode tree = Report.object()
                .put("id", entry.id().toString())
                .put("at", LogLine.time(entry.at()))
                .put("kind", entry.kind().name().toLowerCase(Locale.ROOT))
                .put("type", entry.type());
        if (!entry.cause().isNone()) {
            tree.put("cause", entry.cause().toString());
        }
        tree.set("subject", json(entry.about()));
        if (entry.payload().endsWith(LogIndex.CUT)) {
            tree.put("payload", entry.payload());
        } else {
            tree.set("payload", MAPPER.readTree(entry.payload()));
        }
        entry.rejection().ifPresent(why -> {
            ObjectNode rejected = tree.putObject("rejected").put("clause", why.clause());
            ObjectNode operands = rejected.putObject("operands");
            for (Operand operand : why.operands()) {
                operands.put(operand.name(), operand.value());
            }
        });
        entry.failed().ifPresent(what -> tree.put("failed", what));
        return tree;
    }

    /** A subject as JSON. */
    static ObjectNode json(Subject subject) {
        return Report.object().put("kind", subject.kind()).put("key", subject.key());
    }
}
