package dev.dunlin.connection.multistream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One side of one negotiation. The caller writes {@link #takeOutput} after creation and after each {@link #receive},
 * feeds what arrives, arms a timer for {@link #deadlineMicros}, and stops at a final {@link Negotiation}. It never
 * takes a byte behind the last message of the negotiation: what is left in the caller's buffer is the protocol's.
 *
 * <p>Not thread-safe. It holds at most one incomplete message and the output not yet taken.
 */
public final class Negotiator {

    private final Role role;
    private final MessageReader reader;
    private final long allowedMicros;
    private final long deadlineMicros;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private boolean headerSeen;
    private Negotiation state;

    private Negotiator(Role role, MultistreamLimits limits, long nowMicros) {
        this.role = role;
        this.reader = new MessageReader(limits.maxMessageBytes());
        this.allowedMicros = limits.deadlineMicros();
        long end = nowMicros + allowedMicros;
        this.deadlineMicros = end < nowMicros ? Long.MAX_VALUE : end;
        this.state = role.begin(output);
    }

    /**
     * The side that proposes. Its output begins with the header and the first proposal, in one piece; after an
     * {@code na} it proposes the next.
     *
     * @param protocols the ids to propose, the preferred first, at least one
     * @param nowMicros the time, in microseconds
     * @throws IllegalArgumentException if there is none, or one that no peer could take for a protocol id (empty, too
     *     long, with a newline, or a word of multistream-select itself)
     */
    public static Negotiator initiator(List<String> protocols, MultistreamLimits limits, long nowMicros) {
        if (protocols.isEmpty()) {
            throw new IllegalArgumentException("an initiator needs at least one protocol to propose");
        }
        List<String> checked = protocols.stream()
                .map(protocol -> Messages.checkProtocol(protocol, limits.maxMessageBytes()))
                .toList();
        return new Negotiator(new Initiator(checked, false, limits.maxRefusals()), limits, nowMicros);
    }

    /**
     * The side that proposes one protocol and takes it for agreed: it starts as {@link Negotiation.Assumed}, data may
     * follow the first output at once, the echo is checked when it comes. There is no lazy form for several candidates,
     * since a responder could take data for the next proposal (multiformats/go-multistream issue 20).
     *
     * @param protocol the id to propose; best one the peer is known to support
     * @param nowMicros the time, in microseconds
     * @throws IllegalArgumentException as for {@link #initiator}
     */
    public static Negotiator lazyInitiator(String protocol, MultistreamLimits limits, long nowMicros) {
        List<String> checked = List.of(Messages.checkProtocol(protocol, limits.maxMessageBytes()));
        return new Negotiator(new Initiator(checked, true, limits.maxRefusals()), limits, nowMicros);
    }

    /**
     * The side that answers, and answers {@code ls} with the list in the collection's order, or with {@code na} if
     * that would be too long. Says nothing before it has seen the header.
     *
     * @param protocols the ids to accept; may be empty
     * @param nowMicros the time, in microseconds
     * @throws IllegalArgumentException as for {@link #initiator}, for an id that could never be negotiated
     */
    public static Negotiator responder(Collection<String> protocols, MultistreamLimits limits, long nowMicros) {
        List<String> checked = protocols.stream()
                .map(protocol -> Messages.checkProtocol(protocol, limits.maxMessageBytes()))
                .toList();
        return new Negotiator(new Responder(checked::contains, checked, limits), limits, nowMicros);
    }

    /**
     * The side that answers, for protocols that are not a list; {@code ls} is answered {@code na}.
     *
     * @param supported whether to accept an id; must not throw
     * @param nowMicros the time, in microseconds
     */
    public static Negotiator responder(Predicate<String> supported, MultistreamLimits limits, long nowMicros) {
        return new Negotiator(new Responder(supported, List.of(), limits), limits, nowMicros);
    }

    /**
     * Takes bytes from the buffer, in any split, until it is empty or the negotiation is over; leaves the rest. After a
     * final state it takes nothing.
     */
    public Negotiation receive(ByteBuffer in) {
        try {
            while (!isFinal()) {
                Optional<String> message = reader.next(in);
                if (message.isEmpty()) {
                    return state;
                }
                onMessage(message.get());
            }
        } catch (MultistreamException failed) {
            fail(failed.failure());
        }
        return state;
    }

    /** The peer closed its side: before an agreement this is a failure, after it the protocol's affair. */
    public Negotiation endOfInput() {
        if (!isFinal()) {
            fail(new MultistreamFailure.EndOfInput());
        }
        return state;
    }

    /**
     * Fails the negotiation if it should be over by now.
     *
     * @param nowMicros the time, in microseconds
     */
    public Negotiation onTime(long nowMicros) {
        if (!isFinal() && nowMicros >= deadlineMicros) {
            fail(new MultistreamFailure.TimedOut(allowedMicros));
        }
        return state;
    }

    /** When {@link #onTime} fails an unfinished negotiation, in microseconds. */
    public long deadlineMicros() {
        return deadlineMicros;
    }

    /** How far it is. */
    public Negotiation state() {
        return state;
    }

    /** What is to be written to the peer, in one piece; empty if there is nothing. Each byte is given once. */
    public byte[] takeOutput() {
        byte[] bytes = output.toByteArray();
        output.reset();
        return bytes;
    }

    private void onMessage(String message) throws MultistreamException {
        if (headerSeen) {
            state = role.onMessage(message, output);
            return;
        }
        if (!message.equals(Messages.HEADER)) {
            throw new MultistreamException(new MultistreamFailure.WrongHeader(message));
        }
        headerSeen = true;
        role.onHeader(output);
    }

    private void fail(MultistreamFailure failure) {
        state = new Negotiation.Failed(failure);
    }

    private boolean isFinal() {
        return switch (state) {
            case Negotiation.Pending() -> false;
            case Negotiation.Assumed(String _) -> false;
            case Negotiation.Agreed(String _) -> true;
            case Negotiation.Failed(MultistreamFailure _) -> true;
        };
    }
}
