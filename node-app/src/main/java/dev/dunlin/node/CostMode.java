package dev.dunlin.node;

import dev.dunlin.core.debug.Cost;
import dev.dunlin.core.debug.LogIndex;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;
import tools.jackson.databind.node.ObjectNode;

/** {@code dunlin replay DIR --cost}: what a log cost, by type and by peer. */
final class CostMode {

    private static final int MAX_ROWS = 100;
    private static final String NOBODY = "(no peer)";

    private CostMode() {}

    /** Replays, and prints the dearest first. */
    static void print(LogIndex<NodeRoot> index, PrintWriter out, boolean json, LongConsumer progress) {
        Cost cost = Cost.of(index, System::nanoTime, progress);
        if (json) {
            ObjectNode tree = Report.object().put("first", cost.first()).put("last", cost.last());
            tree.put("time", "nanoseconds in the store in this replay");
            tree.set("all", json(cost.all()));
            ObjectNode types = tree.putObject("types");
            cost.types().forEach((type, share) -> types.set(type, json(share)));
            ObjectNode peers = tree.putObject("peers");
            cost.peers().forEach((peer, share) -> peers.set(peer, json(share)));
            out.println(tree);
            return;
        }
        out.println("steps " + cost.first() + " to " + cost.last()
                + "; ms is time in the store in this replay, KiB is log lines, both at the types of inputs");
        out.println(row("inputs", "actions", "effects", "rejected", "KiB", "ms", "type"));
        table(out, cost.types());
        out.println(row("inputs", "actions", "effects", "rejected", "KiB", "ms", "caused by peer"));
        table(out, cost.peers());
        out.println(row("all", cost.all()));
    }

    private static void table(PrintWriter out, Map<String, Cost.Share> shares) {
        List<Map.Entry<String, Cost.Share>> rows = shares.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Cost.Share> row) ->
                                row.getValue().nanos())
                        .thenComparingLong(row -> row.getValue().actions())
                        .reversed())
                .limit(MAX_ROWS)
                .toList();
        rows.forEach(row -> out.println(
                row(row.getKey().equals(Cost.NO_PEER) ? NOBODY : LogLine.printable(row.getKey()), row.getValue())));
        if (shares.size() > MAX_ROWS) {
            out.println("… and " + (shares.size() - MAX_ROWS) + " more: see --json");
        }
    }

    private static String row(String name, Cost.Share share) {
        return row(
                Long.toString(share.inputs()),
                Long.toString(share.actions()),
                Long.toString(share.effects()),
                Long.toString(share.rejected()),
                String.format(Locale.ROOT, "%.1f", share.bytes() / 1024.0),
                String.format(Locale.ROOT, "%.2f", share.nanos() / 1e6),
                name);
    }

    private static String row(
            String inputs, String actions, String effects, String rejected, String bytes, String time, String name) {
        return String.format(
                Locale.ROOT, "%9s %9s %9s %9s %10s %10s  %s", inputs, actions, effects, rejected, bytes, time, name);
    }

    private static ObjectNode json(Cost.Share share) {
        return Report.object()
                .put("inputs", share.inputs())
                .put("actions", share.actions())
                .put("effects", share.effects())
                .put("rejected", share.rejected())
                .put("bytes", share.bytes())
                .put("nanos", share.nanos());
    }
}
