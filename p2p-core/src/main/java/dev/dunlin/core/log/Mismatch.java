package dev.dunlin.core.log;

import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a turn differs from the recorded one of the same input.
 *
 * @param number the input
 * @param what one sentence
 * @param machines the machines whose state differs, in mounting order; empty if only what was dispatched differs
 */
public record Mismatch(long number, String what, List<String> machines) {

    /**
     * Compares a turn with its record.
     *
     * @param incomparable the digests that say nothing, because another build made them of another shape:
     *     {@link Schema#incomparable}
     */
    public static Optional<Mismatch> between(Frame.Recorded recorded, Turn turn, Set<String> incomparable) {
        List<String> found = new ArrayList<>();
        List<String> machines = new ArrayList<>();
        Map<String, Digest> changed = turn.changedDigests();
        changed.forEach((machine, digest) -> {
            Digest told = recorded.changed().get(machine);
            if (told == null) {
                found.add("the machine " + machine + " changes and did not");
                machines.add(machine);
            } else if (!told.equals(digest) && !incomparable.contains(machine)) {
                found.add("the machine " + machine + " changes to another state");
                machines.add(machine);
            }
        });
        for (String machine : recorded.changed().keySet()) {
            if (!changed.containsKey(machine)) {
                found.add("the machine " + machine + " does not change and did");
                machines.add(machine);
            }
        }
        dispatched(recorded, turn, incomparable.contains(Schema.DERIVED), found);
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new Mismatch(recorded.number(), String.join("; ", found), List.copyOf(machines)));
    }

    private static void dispatched(Frame.Recorded recorded, Turn turn, boolean countOnly, List<String> found) {
        if (recorded.size() != turn.size()) {
            found.add("it leads to " + (turn.size() - 1) + " actions and effects, not " + (recorded.size() - 1));
        } else if (!countOnly && !recorded.derived().equals(turn.derived())) {
            found.add("it leads to other actions or effects");
        }
        List<String> told = recorded.rejected().stream()
                .map(rejected -> rejected.index() + " " + rejected.clause() + " " + rejected.operands())
                .toList();
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < turn.size(); i++) {
            Verdict.Disabled why = turn.rejection(i);
            if (why != null) {
                seen.add(i + " " + why.clause() + " " + why.operands());
            }
        }
        if (!told.equals(seen)) {
            found.add("it is disabled by " + seen + ", not by " + told);
        }
    }
}
