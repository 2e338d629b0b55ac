package dev.dunlin.dht.operation;

import dev.dunlin.dht.query.QueryOutcome;
import java.util.ArrayList;
import java.util.List;

/**
 * What the lookups of an operation took, as far as they are over.
 *
 * @param asked how many nodes were asked
 * @param answers how many of them have answered
 * @param lookups the numbers of the lookups, as the log has them; at most one for each network
 */
public record Effort(int asked, int answers, List<Long> lookups) {

    /** Of an operation that has not looked for anything. */
    public static final Effort NONE = new Effort(0, 0, List.of());

    /** Copies the list. */
    public Effort {
        lookups = List.copyOf(lookups);
    }

    /** With one more lookup. */
    Effort with(QueryOutcome.Done lookup) {
        List<Long> more = new ArrayList<>(lookups);
        more.add(lookup.query());
        return new Effort(asked + lookup.requests(), answers + lookup.answers(), more);
    }
}
