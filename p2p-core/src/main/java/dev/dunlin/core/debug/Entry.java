package dev.dunlin.core.debug;

import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Subject;
import java.util.List;
import java.util.Optional;

/**
 * One action or effect of a log, as the index has it.
 *
 * @param id its input's number, and its place in what that led to
 * @param at its input's time, microseconds of the node's time
 * @param cause what led to it; of an input, the effect that it answers, or {@link ActionId#NONE}
 * @param kind how it entered
 * @param type its full name, such as {@code connection/connect}
 * @param about its subject; an effect's is that of the action that asked for it
 * @param payload its JSON; a long one is cut and ends with an ellipsis
 * @param rejection why it was disabled, if it was
 * @param failed what broke, if this input ended the run
 */
public record Entry(
        ActionId id,
        long at,
        ActionId cause,
        Kind kind,
        String type,
        Subject about,
        String payload,
        Optional<Rejection> rejection,
        Optional<String> failed) {

    /** How an action came about. */
    public enum Kind {
        /** It entered from outside. */
        INPUT,
        /** A reducer dispatched it, or an observer made it. */
        ACTION,
        /** It asked something of the world. */
        EFFECT
    }

    /**
     * Why an action changed nothing.
     *
     * @param clause the guard's clause that failed
     * @param operands what the clause looked at
     */
    public record Rejection(String clause, List<Operand> operands) {
        /** Copies the operands. */
        public Rejection {
            operands = List.copyOf(operands);
        }
    }
}
