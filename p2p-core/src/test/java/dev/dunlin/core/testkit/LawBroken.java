package dev.dunlin.core.testkit;

/** A machine breaks a law; the message names the law, the step, and what led there. */
public final class LawBroken extends AssertionError {

    private static final long serialVersionUID = 1L;

    private final String law;

    LawBroken(String law, String message, Throwable cause) {
        super(message, cause);
        this.law = law;
    }

    LawBroken(String law, String message) {
        super(message);
        this.law = law;
    }

    /** The law's name, as {@code deterministic}. */
    public String law() {
        return law;
    }
}
