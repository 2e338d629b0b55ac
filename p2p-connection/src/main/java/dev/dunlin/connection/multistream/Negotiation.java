package dev.dunlin.connection.multistream;

/** How far a negotiation is. {@link Agreed} and {@link Failed} are final. */
public sealed interface Negotiation {

    /** No agreement yet: feed more bytes. */
    record Pending() implements Negotiation {
        static final Pending INSTANCE = new Pending();
    }

    /**
     * Lazy initiators only: the application may write at once, as if the protocol were agreed, but what arrives must
     * still go to the negotiator until it says {@link Agreed}. This holds as well when the application closes its side
     * without reading, else the echo stays unread.
     *
     * @param protocol the only candidate
     */
    record Assumed(String protocol) implements Negotiation {}

    /**
     * Both sides agreed. What is left in the buffer, and all that follows, belongs to the protocol.
     *
     * @param protocol its id
     */
    record Agreed(String protocol) implements Negotiation {}

    /**
     * It failed.
     *
     * @param failure why
     */
    record Failed(MultistreamFailure failure) implements Negotiation {}
}
