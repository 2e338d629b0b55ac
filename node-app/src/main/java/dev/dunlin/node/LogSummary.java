package dev.dunlin.node;

import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;

/** What a log holds, without replaying it. */
final class LogSummary {

    private final LogReader<NodeRoot> log;
    private final Path folder;

    LogSummary(LogReader<NodeRoot> log, Path folder) {
        this.log = log;
        this.folder = folder;
    }

    /**
     * Prints steps, times, snapshots, builds, fit, and what a crash left behind the end.
     *
     * @throws LogException.OtherMachines if it has machines that nobody has brought, when all is printed
     */
    void print(PrintWriter out, boolean json) {
        Optional<LogLine> first = Optional.empty();
        String last = "";
        Map<Long, String> builds = new TreeMap<>();
        Optional<LogCursor.Tail> tail;
        try (LogCursor cursor = log.cursor(1)) {
            for (Optional<String> next = cursor.nextText(); next.isPresent(); next = cursor.nextText()) {
                String text = next.get();
                if (text.startsWith("{\"type\":\"@log/header\"")) {
                    LogLine header = LogLine.of(text);
                    builds.put(
                            header.frame().path("payload").path("first").asLong(),
                            header.frame().path("payload").path("build").asString());
                } else if (!text.startsWith("{\"type\":\"@log/")) {
                    if (first.isEmpty()) {
                        first = Optional.of(LogLine.of(text));
                    }
                    last = text;
                }
            }
            tail = cursor.tail();
        }
        Report report = new Report(out, json).add("log", folder.toString());
        if (first.isPresent()) {
            steps(report, first.get(), LogLine.of(last), new WallClock(log));
        } else {
            report.add("steps", "none", Report.object());
        }
        snapshots(report, log.snapshots());
        builds(report, builds);
        report.add(log.fit());
        tail.ifPresent(found -> tail(report, found));
        report.print();
        if (!log.fit().missing().isEmpty()) {
            throw LogException.OtherMachines.of("the log in " + folder, log.fit());
        }
    }

    private static void steps(Report report, LogLine first, LogLine last, WallClock clock) {
        String from = time(first, clock);
        String to = time(last, clock);
        report.add(
                "steps",
                first.input() + " to " + last.input() + ", " + from + " to " + to,
                Report.object()
                        .put("first", first.input())
                        .put("last", last.input())
                        .put("from", from)
                        .put("to", to));
    }

    private static String time(LogLine line, WallClock clock) {
        return LogLine.time(clock.of(line.input(), line.at()));
    }

    private static void snapshots(Report report, List<Long> steps) {
        ArrayNode list = Report.list();
        steps.forEach(list::add);
        report.add(
                "snapshots",
                steps.isEmpty()
                        ? "none"
                        : "after step " + steps.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                list);
    }

    // A build that goes on over many segments is named once.
    private static void builds(Report report, Map<Long, String> bySegment) {
        ArrayNode list = Report.list();
        StringBuilder text = new StringBuilder();
        String before = "";
        for (Map.Entry<Long, String> segment : bySegment.entrySet()) {
            if (!segment.getValue().equals(before)) {
                before = segment.getValue();
                list.addObject().put("first", segment.getKey()).put("build", before);
                text.append(text.isEmpty() ? "" : "\n")
                        .append("from step ")
                        .append(segment.getKey())
                        .append(": ")
                        .append(LogLine.printable(before));
            }
        }
        report.add("builds", text.toString(), list);
    }

    /** What stands behind the last whole line. */
    static void tail(Report report, LogCursor.Tail tail) {
        report.add(
                "tail",
                tail.bytes() + " bytes behind the last whole line of " + tail.file() + ": " + tail.why(),
                Report.object()
                        .put("file", tail.file())
                        .put("offset", tail.offset())
                        .put("bytes", tail.bytes())
                        .put("why", tail.why()));
    }
}
