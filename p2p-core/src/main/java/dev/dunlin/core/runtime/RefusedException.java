package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Verdict;

/** A wish that the node did not take up: a guard's clause failed, or there was no room. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String clause;

    RefusedException(String clause, String message) {
        super(message);
        this.clause = clause;
    }

    static RefusedException of(Verdict.Disabled why) {
        return new RefusedException(
                why.clause(), why.clause() + " does not hold" + (why.operands().isEmpty() ? "" : " " + why.operands()));
    }

    /** The guard's clause that failed, or {@code inbox-has-room}, {@code disk-has-room}, {@code node-runs}. */
    public String clause() {
        return clause;
    }
}
