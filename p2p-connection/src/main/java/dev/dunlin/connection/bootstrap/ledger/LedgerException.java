package dev.dunlin.connection.bootstrap.ledger;

/** A ledger's store has failed, and nothing of what was to be written is there. The message says why, without a full stop. */
public final class LedgerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What kind of failure it is. */
    public enum Kind {
        /** It may go away by itself. */
        UNAVAILABLE,
        /** What is there is no ledger, a damaged one, or one of a later version. */
        DAMAGED,
        /** The system does not let the node read or write it. */
        NOT_PERMITTED
    }

    private final Kind kind;

    /** One of a kind, for this reason. */
    public LedgerException(Kind kind, String why, Throwable cause) {
        super(why, cause);
        this.kind = kind;
    }

    /** One that may go away by itself. */
    public LedgerException(String why, Throwable cause) {
        this(Kind.UNAVAILABLE, why, cause);
    }

    /** Its kind. */
    public Kind kind() {
        return kind;
    }
}
