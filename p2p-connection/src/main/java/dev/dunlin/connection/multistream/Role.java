package dev.dunlin.connection.multistream;

import java.io.ByteArrayOutputStream;

/** What one of the two sides does with the messages of the other. */
sealed interface Role permits Initiator, Responder {

    /** The state before any byte came; writes what is said unasked. */
    Negotiation begin(ByteArrayOutputStream out);

    /** The other side's header came. */
    void onHeader(ByteArrayOutputStream out);

    /** The state after a message behind the header; writes the answer to it. */
    Negotiation onMessage(String message, ByteArrayOutputStream out) throws MultistreamException;
}
