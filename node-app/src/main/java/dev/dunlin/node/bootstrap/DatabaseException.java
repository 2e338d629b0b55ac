package dev.dunlin.node.bootstrap;

/** A database cannot be made, found or removed. The message says why, for operators; the peer is not told. */
public final class DatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** For a reason. */
    public DatabaseException(String message) {
        super(message);
    }

    /** For a reason, caused by something. */
    public DatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
