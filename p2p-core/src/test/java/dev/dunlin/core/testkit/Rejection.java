package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Operand;
import java.util.List;

/**
 * An action that a guard disabled.
 *
 * @param id its id
 * @param action what was disabled
 * @param clause the name of the clause that failed
 * @param operands what the clause looked at
 */
public record Rejection(ActionId id, Action action, String clause, List<Operand> operands) {

    /** Copies the operands. */
    public Rejection {
        operands = List.copyOf(operands);
    }
}
