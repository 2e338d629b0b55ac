package dev.dunlin.node;

import dev.dunlin.core.store.Operand;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One line of a log, as people read it. It is not held to this build's types: a log of any build can be listed.
 *
 * @param raw the line
 * @param type the full name of the action, or of the log's own frame
 * @param input the input's number; 0 for the log's own frames
 * @param frame the line as JSON
 */
record LogLine(String raw, String type, long input, JsonNode frame) {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String OWN = "@log/";
    private static final int MAX_PAYLOAD = 160;
    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Of a line whose checksum holds. */
    static LogLine of(String raw) {
        JsonNode frame = MAPPER.readTree(raw);
        return new LogLine(
                raw,
                frame.path("type").asString(),
                frame.path("meta").path("input").asLong(),
                frame);
    }

    /** Whether it is a header or a force mark, and no input. */
    boolean isOwn() {
        return type.startsWith(OWN);
    }

    /** Whether it concerns a peer: its payload names it, or a rejected action is about it. */
    boolean concerns(String peer) {
        if (frame.path("payload").toString().contains(peer)) {
            return true;
        }
        for (JsonNode rejected : frame.path("meta").path("rejected")) {
            if (rejected.path("key").asString().contains(peer)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Step, time, type, payload, and what was rejected, on one line.
     *
     * @param wallOffset how far the wall clock was ahead of the node's time, microseconds
     * @param verbose whether the node's time and the names of clauses are shown, too
     */
    String text(long wallOffset, boolean verbose) {
        JsonNode payload = frame.path("payload");
        if (isOwn()) {
            return "       -  "
                    + switch (type.substring(OWN.length())) {
                        case "header" ->
                            "segment from step " + payload.path("first") + ", forced up to "
                                    + payload.path("forced") + ", build "
                                    + printable(payload.path("build").asString());
                        case "forced" -> "forced up to step " + payload.path("input");
                        default -> printable(type);
                    };
        }
        return String.format(
                Locale.ROOT,
                "%8d  %s  %s  %s",
                input,
                time(at() + wallOffset) + (verbose ? nodeTime(at()) : ""),
                printable(type),
                details(verbose));
    }

    /** When it was, microseconds of the node's time. */
    long at() {
        return frame.path("meta").path("at").asLong();
    }

    /** An input's payload, and what was rejected, on one line; with the names of clauses, if they are to be known. */
    String details(boolean verbose) {
        JsonNode meta = frame.path("meta");
        StringBuilder text = new StringBuilder(shortened(frame.path("payload").toString()));
        for (JsonNode rejected : meta.path("rejected")) {
            text.append("  ").append(rejection(rejected, verbose));
        }
        JsonNode failed = meta.path("failed");
        if (failed.isString()) {
            text.append("  [stopped the node: ")
                    .append(printable(failed.asString()))
                    .append(']');
        }
        return text.toString();
    }

    private static String rejection(JsonNode rejected, boolean verbose) {
        List<Operand> operands = new ArrayList<>();
        rejected.path("operands")
                .properties()
                .forEach(operand -> operands.add(
                        new Operand(operand.getKey(), operand.getValue().asString())));
        String type = rejected.path("type").asString();
        return "[refused " + printable(type) + ": "
                + EntryText.reason(type, rejected.path("clause").asString(), operands, verbose) + "]";
    }

    /** A time of the log in UTC, to the microsecond. */
    static String time(long micros) {
        return UTC.format(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    }

    /** A node's time, behind the time of the wall clock. */
    static String nodeTime(long micros) {
        return " (node " + micros + ")";
    }

    /** A time of the log in UTC, to the second. */
    static String second(long micros) {
        return SECONDS.format(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    }

    /** A payload, cut to what a line can show. */
    static String shortened(String payload) {
        return shortened(payload, MAX_PAYLOAD);
    }

    /** A {@link #printable} text of at most so many characters. */
    static String shortened(String text, int most) {
        String shown = printable(text);
        if (shown.length() <= most) {
            return shown;
        }
        int end = Character.isHighSurrogate(shown.charAt(most - 2)) ? most - 2 : most - 1;
        return shown.substring(0, end) + "…";
    }

    /** A text without what a terminal would carry out or hide: peers choose parts of it. */
    static String printable(String text) {
        return printable(text, false);
    }

    /** As {@link #printable(String)}; newlines stay where a report of several lines is shown. */
    static String printable(String text, boolean manyLines) {
        if (text.chars().allMatch(unit -> unit >= ' ' && unit < 0x7F)) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(point -> {
            if (manyLines && point == '\n') {
                shown.append('\n');
                return;
            }
            switch (Character.getType(point)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.SURROGATE,
                        Character.PRIVATE_USE,
                        Character.UNASSIGNED ->
                    shown.append("\\u{").append(Integer.toHexString(point)).append('}');
                default -> shown.appendCodePoint(point);
            }
        });
        return shown.toString();
    }
}
