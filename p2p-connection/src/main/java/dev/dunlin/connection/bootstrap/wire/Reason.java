package dev.dunlin.connection.bootstrap.wire;

import java.util.Locale;
import java.util.Optional;

/** Why a contact was turned away, as far as the other side is told. */
public enum Reason {
    /** Not now: later it may be taken. */
    UNAVAILABLE,
    /** The message is none, or none that is awaited. */
    MALFORMED_REQUEST,
    /** The message is of a type that this node does not know. */
    UNKNOWN_TYPE,
    /** The token is unknown, expired, used or revoked: which of these is not told. */
    INVALID_TOKEN,
    /** The identity is not enough. */
    IDENTITY_INSUFFICIENT,
    /** The database could not be made. */
    PROVISION_FAILED,
    /** What was said of the database is not taken. */
    INVALID_DATABASE_RESULT,
    /** It took too long. */
    TIMEOUT,
    /** The listener has a fault. */
    INTERNAL_ERROR;

    /** As it is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one of a word. */
    public static Optional<Reason> of(String word) {
        for (Reason reason : values()) {
            if (reason.word().equals(word)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
