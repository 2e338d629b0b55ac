package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Operand;
import org.assertj.core.api.AbstractAssert;

/** Assertions on what a guard disabled. */
public final class RejectionAssert extends AbstractAssert<RejectionAssert, Rejection> {

    RejectionAssert(Rejection rejection) {
        super(rejection, RejectionAssert.class);
    }

    /** The clause of this name failed. */
    public RejectionAssert by(String clause) {
        if (!actual.clause().equals(clause)) {
            throw failureWithActualExpected(
                    actual.clause(),
                    clause,
                    "%s was to be rejected by the clause %s, and was by %s %s",
                    actual.action(),
                    clause,
                    actual.clause(),
                    actual.operands());
        }
        return this;
    }

    /** The clause looked at this. */
    public RejectionAssert withOperand(String name, Object value) {
        Operand wanted = Operand.of(name, value);
        if (!actual.operands().contains(wanted)) {
            throw failure(
                    "the clause %s was to look at %s, and looked at %s", actual.clause(), wanted, actual.operands());
        }
        return this;
    }
}
