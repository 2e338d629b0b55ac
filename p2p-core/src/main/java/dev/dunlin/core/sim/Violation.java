package dev.dunlin.core.sim;

import java.util.Locale;

/**
 * What a run found wrong.
 *
 * @param kind what is violated
 * @param name what is broken: an invariant's name, or that of a reducer's failure
 * @param node where; -1 for the world as a whole
 * @param input the node's input after which it was seen; 0 for none
 * @param at microseconds after the world's beginning
 * @param why the sentence that says how
 */
public record Violation(Kind kind, String name, int node, long input, long at, String why) {

    /** What is violated. */
    public enum Kind {
        /** A reducer, a guard or a simulated service threw. */
        CRASH,
        /** Something happened that never must. */
        SAFETY,
        /** Something did not happen in time, though nothing was wrong any more. */
        LIVENESS
    }

    /** Whether another is of the same bug, as far as can be told. */
    public boolean isLike(Violation other) {
        return kind == other.kind && name.equals(other.name);
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + " violated after " + at / 1000 + " ms"
                + (node < 0 ? "" : " on node " + node + " at input " + input) + ": " + name + ": " + why;
    }
}
