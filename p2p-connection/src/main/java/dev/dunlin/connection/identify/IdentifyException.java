package dev.dunlin.connection.identify;

/** A stream of identify messages that is refused; the message is one sentence, fit to be shown. */
final class IdentifyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** Why it is refused. */
    enum Reason {
        /** The length in front of a message is no varint, or above the limit. */
        LENGTH,
        /** More messages than the limit. */
        MESSAGES,
        /** The bytes of a message are no Identify protobuf. */
        MALFORMED,
        /** The stream ended within a message, or before the first. */
        CUT_OFF,
        /** What is to be written does not fit into one message. */
        TOO_LONG
    }

    private final Reason reason;

    IdentifyException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why it is refused. */
    Reason reason() {
        return reason;
    }
}
