package dev.dunlin.connection.words;

import dev.dunlin.core.store.Operand;
import java.util.List;
import java.util.Set;

/**
 * An action about a peer that its guard has disabled.
 *
 * @param at when, microseconds of the node's time
 * @param type its full name, such as {@code connection/connect}
 * @param clause the clause that failed
 * @param operands what the clause looked at
 */
public record Refusal(long at, String type, String clause, List<Operand> operands) {
    // What follows of a refusal is refused, too, such as the end of a connection that was not taken: it is no answer.
    private static final Set<String> TOLD = Set.of(
            "connection/connect", "connection/keep", "connection/disconnect", "connection/accepted", "peer/reach");

    /** Copies the list. */
    public Refusal {
        operands = List.copyOf(operands);
    }

    /** Whether an action of this full name is one whose refusal says why a peer is or is not connected. */
    public static boolean isTold(String type) {
        return TOLD.contains(type);
    }

    boolean isAboutConnecting() {
        return isTold(type) && !type.equals("connection/disconnect");
    }
}
