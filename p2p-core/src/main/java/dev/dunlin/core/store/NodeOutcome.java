package dev.dunlin.core.store;

import dev.dunlin.core.state.Table;
import java.util.List;

/** The store's own outcomes. */
public sealed interface NodeOutcome extends Outcome {

    /**
     * Settings have other values now.
     *
     * @param changes the recorded values by their keys
     */
    record Configured(Ticket ticket, Table<String, String> changes) implements NodeOutcome {}

    /**
     * A wish was disabled by its guard: nothing was done.
     *
     * @param type the wish's full name, as {@code connection/connect}
     * @param subject what the wish was about
     * @param clause the name of the clause that failed
     * @param operands what the clause looked at
     */
    record Refused(Ticket ticket, String type, Subject subject, String clause, List<Operand> operands)
            implements NodeOutcome {
        /** Copies the operands. */
        public Refused {
            operands = List.copyOf(operands);
        }

        @Override
        public Subject about() {
            return subject;
        }
    }
}
