package dev.dunlin.core.store;

import java.util.List;

/** A guard's answer. */
public sealed interface Verdict {

    /** The action may be reduced. */
    record Enabled() implements Verdict {}

    /**
     * The action changes nothing.
     *
     * @param clause the name of the first clause that failed
     * @param operands what it looked at
     */
    record Disabled(String clause, List<Operand> operands) implements Verdict {
        /** Copies the operands. */
        public Disabled {
            operands = List.copyOf(operands);
        }
    }

    /** The one enabled verdict. */
    Enabled ENABLED = new Enabled();
}
