package dev.dunlin.connection.bootstrap.ledger;

/** A ledger's store has failed, and nothing of what was to be written is there. The message says why, without a full stop. */
public final class LedgerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** For this reason. */
    public LedgerException(String why, Throwable cause) {
        super(why, cause);
    }
}
