package dev.dunlin.node.top;

import dev.dunlin.connection.operations.PeerOperations.PeerRow;
import dev.dunlin.connection.words.ClauseWords;
import dev.dunlin.core.words.Spans;
import dev.dunlin.node.screen.Line;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What is shown of two moments of a node: the later one, and how much was done between them. Lines of text only.
 *
 * @param before the earlier moment; the later one, where there is none
 * @param now the later
 */
record Board(Moment before, Moment now) {

    private static final int MOST_REFUSALS = 6;
    private static final int MOST_ACTIONS = 6;

    /** By what peers are sorted. */
    enum Order {
        /** As the node tells them: connected ones first. */
        STATE,
        /** By round-trip time, the longest first. */
        ROUND_TRIP,
        /** By their software. */
        AGENT;

        Order next() {
            return values()[(ordinal() + 1) % values().length];
        }
    }

    private double seconds() {
        return Math.max(1e-9, (now.nanos() - before.nanos()) / 1e9);
    }

    private String rate(String name) {
        return before == now
                ? "–"
                : count((now.metrics().sum(name) - before.metrics().sum(name)) / seconds());
    }

    private static String count(double value) {
        return value >= 10_000
                ? String.format(Locale.ROOT, "%.1fk", value / 1000)
                : value >= 100 || value == Math.rint(value)
                        ? String.format(Locale.ROOT, "%.0f", value)
                        : String.format(Locale.ROOT, "%.1f", value);
    }

    private static String mebi(double bytes) {
        return String.format(Locale.ROOT, "%.0f MiB", bytes / (1 << 20));
    }

    /** The lines above the peers. */
    List<Line> head(int width) {
        Metrics metrics = now.metrics();
        List<Line> lines = new ArrayList<>();
        lines.add(Line.of(now.head(), Line.Style.TITLE, width));
        double cpu = before == now
                ? 0
                : (metrics.sum("process_cpu_seconds_total") - before.metrics().sum("process_cpu_seconds_total"))
                        / seconds();
        plain(
                lines,
                width,
                "a second:  inputs " + rate("dunlin_inputs_total") + "   actions " + rate("dunlin_actions_total")
                        + "   disabled " + rate("dunlin_rejections_total") + "   refused at the door "
                        + rate("dunlin_refused_total"));
        plain(
                lines,
                width,
                "now:       queue " + count(metrics.sum("dunlin_queued_inputs")) + "   requests "
                        + count(metrics.sum("dunlin_requests")) + oldest() + "   open "
                        + count(metrics.sum("dunlin_handles")) + "   log behind "
                        + count(metrics.sum("dunlin_log_queued")) + " unforced "
                        + count(metrics.sum("dunlin_log_unforced")));
        plain(
                lines,
                width,
                "process:   CPU " + String.format(Locale.ROOT, "%.1f", cpu * 100) + " % of a core   heap "
                        + mebi(metrics.of("jvm_memory_used_bytes", "area", "heap")) + " of "
                        + mebi(metrics.of("jvm_memory_max_bytes", "area", "heap")) + "   resident "
                        + mebi(metrics.sum("process_resident_memory_bytes")) + "   files "
                        + count(metrics.sum("process_open_fds")));
        plain(
                lines,
                width,
                "peers:     connected " + peers("connected") + "   connecting " + peers("connecting") + "   failed "
                        + peers("failed") + "   streams " + count(metrics.sum("dunlin_stream_streams")) + "   kept "
                        + count(metrics.sum("dunlin_connection_kept_peers")) + ", lost "
                        + count(metrics.sum("dunlin_connection_kept_peers_lost")));
        now.problems().forEach(problem -> lines.add(Line.of("! " + problem, Line.Style.REJECTED, width)));
        return lines;
    }

    private static void plain(List<Line> lines, int width, String text) {
        lines.add(Line.of(text, Line.Style.PLAIN, width));
    }

    private String oldest() {
        double seconds = now.metrics().sum("dunlin_oldest_request_seconds");
        return seconds <= 0 ? "" : " (oldest " + Spans.of((long) (seconds * 1e6)) + ")";
    }

    private String peers(String phase) {
        return count(now.metrics().of("dunlin_connection_peers", "phase", phase));
    }

    /** What is done most, and what is refused and why. */
    List<Line> doings(int width) {
        List<Line> lines = new ArrayList<>();
        lines.add(rule("what happens most, a second and in all", width));
        List<Metrics.Grown> actions = now.metrics().grown("dunlin_actions_total", before.metrics());
        for (Metrics.Grown one : actions.subList(0, Math.min(MOST_ACTIONS, actions.size()))) {
            plain(
                    lines,
                    width,
                    String.format(
                            Locale.ROOT,
                            "%8s %8s  %s",
                            perSecond(one),
                            count(one.value()),
                            one.labels().getOrDefault("type", "")));
        }
        List<Metrics.Grown> refused = now.metrics().grown("dunlin_rejections_total", before.metrics());
        List<Metrics.Grown> full = now.metrics().grown("dunlin_refused_total", before.metrics());
        lines.add(rule("what is refused, a second and in all, and why", width));
        if (refused.isEmpty() && full.isEmpty()) {
            lines.add(Line.of("nothing", Line.Style.DIM, width));
        }
        for (Metrics.Grown one : full) {
            String what = one.labels().getOrDefault("full", "");
            lines.add(refusal(one, "new work: the " + what + " has no room", width));
        }
        for (Metrics.Grown one : refused.subList(0, Math.min(MOST_REFUSALS, refused.size()))) {
            String type = one.labels().getOrDefault("type", "");
            String clause = one.labels().getOrDefault("clause", "");
            lines.add(refusal(one, type + ": " + ClauseWords.why(type, clause, List.of()), width));
        }
        return lines;
    }

    private Line refusal(Metrics.Grown one, String why, int width) {
        return Line.of(
                String.format(Locale.ROOT, "%8s %8s  %s", perSecond(one), count(one.value()), why),
                one.more() > 0 && before != now ? Line.Style.REJECTED : Line.Style.PLAIN,
                width);
    }

    private String perSecond(Metrics.Grown one) {
        return before == now ? "–" : count(one.more() / seconds());
    }

    static Line rule(String title, int width) {
        String begun = "━━ " + title + " ";
        return Line.of(begun + "━".repeat(Math.max(0, width - begun.length())), Line.Style.DIM, width);
    }

    /** A line for each peer. */
    List<Line> peers(Order order, int width) {
        List<PeerRow> rows = new ArrayList<>(now.peers());
        switch (order) {
            case STATE -> {}
            case ROUND_TRIP ->
                rows.sort(
                        Comparator.comparing((PeerRow row) -> row.roundTripMs().orElse(-1.0))
                                .reversed());
            case AGENT -> rows.sort(Comparator.comparing(row -> row.agent().orElse("")));
        }
        List<Line> lines = new ArrayList<>();
        for (PeerRow row : rows) {
            String text = String.format(
                    Locale.ROOT,
                    "%-53s %-10s %-4s %9s  %-28s %s",
                    row.peer(),
                    row.state(),
                    row.keptBy().isEmpty() ? "" : "kept",
                    row.roundTrip(),
                    row.address().orElse(""),
                    row.agent().orElse(""));
            boolean isLost = !row.state().equals("connected") && !row.keptBy().isEmpty();
            lines.add(Line.of(text, isLost ? Line.Style.REJECTED : Line.Style.PLAIN, width));
        }
        return lines;
    }

    /** Names of orders, for people. */
    static String name(Order order) {
        return switch (order) {
            case STATE -> "state";
            case ROUND_TRIP -> "round trip";
            case AGENT -> "agent";
        };
    }
}
