package dev.dunlin.core.store;

import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Digests of the machines' states, turn by turn. Remembers each machine's last state with its digest, so that the state before a turn is not
 * digested again. Not thread-safe.
 */
public final class MachineDigests {

    // Lookup only.
    private final Map<String, Known> known = new LinkedHashMap<>();

    private record Known(Object state, Digest digest) {}

    /** The digests of the states whose content a turn changed, by machine, in mounting order. */
    public Map<String, Digest> changedBy(Turn turn) {
        if (turn.changed().isEmpty()) {
            return Map.of();
        }
        Map<String, Digest> digests = new LinkedHashMap<>();
        for (Turn.Changed change : turn.changed()) {
            Known last = known.get(change.machine());
            Digest before =
                    last != null && last.state == change.before() ? last.digest : Content.digest(change.before());
            Digest after = Content.digest(change.state());
            known.put(change.machine(), new Known(change.state(), after));
            if (!after.equals(before)) {
                digests.put(change.machine(), after);
            }
        }
        return digests;
    }
}
