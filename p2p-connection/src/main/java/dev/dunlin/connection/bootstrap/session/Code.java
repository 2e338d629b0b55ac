package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.bootstrap.wire.Reason;
import java.util.Optional;

/**
 * How a session ended, in full: for the trail, metrics and operators. A peer is told the {@link Reason} alone.
 *
 * @see <a href="https://github.com/gotchoices/taleus">Taleus, Method 6</a>
 */
public enum Code {
    /** The database is there, and the other side knows it. */
    SUCCESS(Optional.empty(), false),
    /** This node takes no new sessions, for it stops. */
    DRAINING(Optional.of(Reason.UNAVAILABLE), true),
    /** This node has too much to do. */
    OVERLOADED(Optional.of(Reason.UNAVAILABLE), true),
    /** As many sessions go on as may, of all, of a network or of the peer. */
    TOO_MANY_SESSIONS(Optional.of(Reason.UNAVAILABLE), true),
    /** The peer, its network or the token come too often. */
    RATE_LIMITED(Optional.of(Reason.UNAVAILABLE), true),
    /** The message is none. */
    MALFORMED_REQUEST(Optional.of(Reason.MALFORMED_REQUEST), false),
    /** The message is of a type that is not known. */
    UNKNOWN_TYPE(Optional.of(Reason.UNKNOWN_TYPE), false),
    /** No session, or more than one, awaits this message. */
    UNEXPECTED_MESSAGE(Optional.of(Reason.MALFORMED_REQUEST), false),
    /** The token is not taken. */
    INVALID_TOKEN(Optional.of(Reason.INVALID_TOKEN), false),
    /** The identity is not enough, or not the peer's. */
    IDENTITY_INSUFFICIENT(Optional.of(Reason.IDENTITY_INSUFFICIENT), false),
    /** The database could not be made. */
    PROVISION_FAILED(Optional.of(Reason.PROVISION_FAILED), true),
    /** What was said of the database is not taken. */
    INVALID_DATABASE_RESULT(Optional.of(Reason.INVALID_DATABASE_RESULT), true),
    /** A step took too long. */
    STEP_TIMEOUT(Optional.of(Reason.TIMEOUT), true),
    /** The session took too long. */
    SESSION_TIMEOUT(Optional.of(Reason.TIMEOUT), true),
    /** The peer has gone. */
    PEER_CLOSED(Optional.empty(), true),
    /** An operator has ended it. */
    CANCELLED(Optional.of(Reason.UNAVAILABLE), true),
    /** The answer could not be written: the peer may ask for it again. */
    RESPONSE_UNDELIVERED(Optional.empty(), true),
    /** This node has a fault. */
    INTERNAL(Optional.of(Reason.INTERNAL_ERROR), true);

    private final Optional<Reason> reason;
    private final boolean isPassing;

    Code(Optional<Reason> reason, boolean isPassing) {
        this.reason = reason;
        this.isPassing = isPassing;
    }

    /** What the peer is told; empty if nothing, for there is nobody to tell. */
    public Optional<Reason> reason() {
        return reason;
    }

    /** Whether the ledger or a hook may say so. */
    public boolean isFailure() {
        return this == PROVISION_FAILED || this == OVERLOADED || this == INVALID_DATABASE_RESULT || this == INTERNAL;
    }

    /** Whether the same may go well later. */
    public boolean isPassing() {
        return isPassing;
    }
}
