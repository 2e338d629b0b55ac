package dev.dunlin.connection.multistream;

/** How far a negotiation is. {@link Agreed} and {@link Failed} are final. */
public sealed interface Negotiation {

    /** No agreement yet: feed more bytes. */
    record Pending() implements Negotiation {
        static final Pending INSTANCE = new Pending();
    }

    /**
     * Responders only: the peer proposes a protocol that is served, and nothing was answered yet. It is for the caller to
     * {@link Negotiator#accept} or {@link Negotiator#refuse} it. Until then no byte is taken: what is behind the proposal is the
     * protocol's, if it is accepted.
     *
     * @param protocol its id
     */
    record Proposed(String protocol) implements Negotiation {}

    /**
     * Lazy initiators only: the application may write at once, as if the protocol were agreed, but what arrives must
     * still go to the negotiator until it says {@link Agreed}. This holds as well when the application closes its side
     * without reading, else the echo stays unread. If it says {@link Failed}, the peer has taken what was written for
     * proposals, or for nothing at all: the stream is to be reset.
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
