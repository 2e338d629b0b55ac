package dev.dunlin.node;

import dev.dunlin.connection.words.ClauseWords;
import dev.dunlin.core.debug.Entry;
import dev.dunlin.core.debug.LogIndex;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Subject;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The actions and effects of an index, as people and programs read them. */
final class EntryText {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final WallClock clock;
    private final boolean verbose;

    /**
     * Texts of a log's entries.
     *
     * @param clock the log's
     * @param verbose whether the node's time and the names of clauses are shown, too
     */
    EntryText(WallClock clock, boolean verbose) {
        this.clock = clock;
        this.verbose = verbose;
    }

    /** When it was, by the clock on the wall. */
    String time(Entry entry) {
        return LogLine.time(clock.of(entry.id().input(), entry.at())) + (verbose ? LogLine.nodeTime(entry.at()) : "");
    }

    /** Id, time, how it came about, type, payload, cause, and why it was rejected, on one line. */
    String line(Entry entry) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%8s  %s  %-6s  %s  %s",
                entry.id(),
                time(entry),
                entry.kind().name().toLowerCase(Locale.ROOT),
                entry.type(),
                LogLine.shortened(entry.payload())));
        if (!entry.cause().isNone()) {
            text.append(entry.kind() == Entry.Kind.INPUT ? "  answers " : "  <- ")
                    .append(entry.cause());
        }
        entry.rejection()
                .ifPresent(why -> text.append("  [refused: ")
                        .append(reason(entry.type(), why))
                        .append(']'));
        entry.failed()
                .ifPresent(what -> text.append("  [stopped the node: ")
                        .append(LogLine.printable(what))
                        .append(']'));
        return text.toString();
    }

    /** What the clause means; its name and what it looked at in brackets behind it, if it is to be known. */
    String reason(String type, Entry.Rejection why) {
        return reason(type, why.clause(), why.operands(), verbose);
    }

    /** As {@link #reason(String, Entry.Rejection)}, of what any log says. */
    static String reason(String type, String clause, List<Operand> operands, boolean verbose) {
        String looked = operands.stream().map(Operand::toString).collect(Collectors.joining(", "));
        String name = " (" + clause + (looked.isEmpty() ? "" : ": " + looked) + ")";
        return LogLine.printable(ClauseWords.why(type, clause, operands) + (verbose ? name : ""));
    }

    /** A subject in words. */
    static String subject(Subject subject) {
        return LogLine.printable(subject.key().isEmpty() ? subject.kind() : subject.kind() + " " + subject.key());
    }

    /** As JSON. A payload that was cut is a string. */
    ObjectNode json(Entry entry) {
        ObjectNode tree = Report.object()
                .put("id", entry.id().toString())
                .put("at", LogLine.time(clock.of(entry.id().input(), entry.at())))
                .put("nodeTime", entry.at())
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
            ObjectNode rejected = tree.putObject("rejected")
                    .put("why", ClauseWords.why(entry.type(), why.clause(), why.operands()))
                    .put("clause", why.clause());
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
