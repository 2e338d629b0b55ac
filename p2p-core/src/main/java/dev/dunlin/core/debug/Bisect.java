package dev.dunlin.core.debug;

import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.Mismatch;
import dev.dunlin.core.replay.JsonDifference;
import dev.dunlin.core.replay.Replayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Finds the first step at which two logs, or two builds on one log, differ: from recorded digests, not from whole states. */
public final class Bisect {

    private Bisect() {}

    /**
     * What comparing two logs found.
     *
     * @param from the first step whose records were compared
     * @param to the last
     * @param parting the first step at which they differ, if there is one
     */
    public record Compared(long from, long to, Optional<Parting> parting) {}

    /**
     * Compares two logs record by record, from the first step that both have. Costs reading: no action is decoded, no input
     * replayed. The logs need not fit this build.
     *
     * @throws LogException if a log is damaged, or the two have no step in common
     */
    public static Compared logs(LogReader<?> first, LogReader<?> second) {
        return from(begin(first, second), first, second);
    }

    /**
     * As {@link #logs}, after a binary search over the snapshots that both have, of which only the digests are read: the records
     * are compared from a snapshot on at which the states agree and behind which they do not. Differences that were gone again by
     * then are overlooked.
     *
     * @throws LogException as {@link #logs}
     */
    public static Compared snapshotsFirst(LogReader<?> first, LogReader<?> second) {
        long from = begin(first, second);
        List<Long> both = new ArrayList<>(first.snapshots());
        both.retainAll(second.snapshots());
        both.removeIf(input -> input < from);
        int low = 0;
        int high = both.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (agree(both.get(middle), first, second)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return from(low == 0 ? from : both.get(low - 1) + 1, first, second);
    }

    private static long begin(LogReader<?> first, LogReader<?> second) {
        return Math.max(first.firstInput(), second.firstInput());
    }

    private static boolean agree(long input, LogReader<?> first, LogReader<?> second) {
        var one = first.snapshotDigests(input);
        return one.isPresent() && one.equals(second.snapshotDigests(input));
    }

    private static Compared from(long from, LogReader<?> first, LogReader<?> second) {
        try (Frames one = new Frames(first, from);
                Frames other = new Frames(second, from)) {
            Optional<String> a = one.next();
            Optional<String> b = other.next();
            while (a.isPresent() && b.isPresent()) {
                if (!a.get().equals(b.get())) {
                    Optional<Parting> parting = Parting.between(one.last(), one.tree(a.get()), other.tree(b.get()));
                    if (parting.isPresent()) {
                        return new Compared(from, one.last(), parting);
                    }
                }
                a = one.next();
                b = other.next();
            }
            long last = Math.min(one.last(), other.last());
            if (a.isEmpty() && b.isEmpty()) {
                return new Compared(from, last, Optional.empty());
            }
            if (last < begin(first, second) && begin(first, second) > 1) {
                throw new LogException("the two logs have no step in common: one ends before step "
                        + begin(first, second) + ", with which the other begins");
            }
            return new Compared(from, last, Optional.of(Parting.end(last + 1, a.map(one::tree), b.map(other::tree))));
        }
    }

    /**
     * What this build makes of the step at which two logs differ.
     *
     * @param fields the fields in which the states after it differ, as this build replays each log; none if another build made
     *     the difference
     * @param first how this build's replay departs from the first log's record at that step
     * @param second how it departs from the second log's
     */
    public record Explained(List<JsonDifference> fields, Optional<Mismatch> first, Optional<Mismatch> second) {}

    /**
     * Replays both logs to the step at which they differ.
     *
     * @param atMost the most fields that are told
     * @throws LogException if a log does not have the step, or this build cannot take it
     */
    public static <R> Explained explain(Parting parting, Replayer<R> first, Replayer<R> second, int atMost) {
        if (parting.kind() == Parting.Kind.END) {
            return new Explained(List.of(), Optional.empty(), Optional.empty());
        }
        Optional<Mismatch> one = first.mismatchAt(parting.step());
        Optional<Mismatch> other = second.mismatchAt(parting.step());
        JsonNode before = first.json(first.state());
        JsonNode after = second.json(second.state());
        return new Explained(JsonDifference.between(before, after, atMost), one, other);
    }
}
