package dev.dunlin.connection.multistream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * One side of one negotiation. The caller writes {@link #takeOutput} after creation and after each {@link #receive},
 * feeds what arrives, accepts or refuses what is {@link Negotiation.Proposed}, arms a timer for {@link #deadlineMicros}, and stops at a final {@link Negotiation}. It never
 * takes a byte behind the last message of the negotiation: what is left in the caller's buffer is the protocol's.
 *
 * <p>Not thread-safe. It holds at most one incomplete message and the output not yet taken.
 */
public final class Negotiator {

    private final Role role;
    private final ServedProtocols served;
    private final MessageReader reader;
    private final long allowedMicros;
    private final long deadlineMicros;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private boolean headerSeen;
    private Negotiation state;

    private Negotiator(Role role, ServedProtocols served, MultistreamLimits limits, long nowMicros) {
        this.role = role;
        this.served = served;
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
        return new Negotiator(
                new Initiator(checked, false, limits.maxRefusals()), ServedProtocols.NONE, limits, nowMicros);
    }

    /**
     * The side that proposes one protocol and takes it for agreed (multistream-select's lazy form, libp2p/specs
     * connections/README.md): it starts as {@link Negotiation.Assumed}, the first message may go out behind the first
     * output in one piece, and the echo is checked when it comes. That saves a round trip, and is safe for one candidate
     * only: after an {@code na} the responder reads what follows as further proposals, so with several candidates it
     * could take data for the next of them (multiformats/go-multistream issue 20). Hence the first refusal ends it, with
     * {@link MultistreamFailure.NoCommonProtocol}, whatever else the responder says to the bytes of the message.
     *
     * @param protocol the id to propose; best one that the peer is known to support, by identify for instance
     * @param nowMicros the time, in microseconds
     * @throws IllegalArgumentException as for {@link #initiator}
     */
    public static Negotiator lazyInitiator(String protocol, MultistreamLimits limits, long nowMicros) {
        List<String> checked = List.of(Messages.checkProtocol(protocol, limits.maxMessageBytes()));
        return new Negotiator(
                new Initiator(checked, true, limits.maxRefusals()), ServedProtocols.NONE, limits, nowMicros);
    }

    /**
     * The side that answers. It says nothing before it has seen the header, {@code na} to what is not served, and stops as
     * {@link Negotiation.Proposed} at the first proposal that is.
     *
     * @param served what it may accept, made under the same limits
     * @param nowMicros the time, in microseconds
     */
    public static Negotiator responder(ServedProtocols served, MultistreamLimits limits, long nowMicros) {
        return new Negotiator(new Responder(served, limits.maxRefusals()), served, limits, nowMicros);
    }

    /**
     * Accepts the proposal: its echo is to be written, and the protocol is agreed.
     *
     * @throws IllegalStateException if the state is not {@link Negotiation.Proposed}
     */
    public Negotiation accept() {
        String protocol = proposed();
        output.writeBytes(served.echo(protocol));
        state = new Negotiation.Agreed(protocol);
        return state;
    }

    /**
     * Refuses the proposal although it is served, for want of room for instance. The negotiation has failed; nothing is
     * answered, and the stream is to be reset.
     *
     * @throws IllegalStateException if the state is not {@link Negotiation.Proposed}
     */
    public Negotiation refuse() {
        fail(new MultistreamFailure.Refused(proposed()));
        return state;
    }

    private String proposed() {
        if (state instanceof Negotiation.Proposed(String protocol)) {
            return protocol;
        }
        throw new IllegalStateException("nothing is proposed: the negotiation is " + state);
    }

    /**
     * Takes bytes from the buffer, in any split, until it is empty, a protocol is proposed, or the negotiation is over;
     * leaves the rest. In {@link Negotiation.Proposed} and the final states it takes nothing.
     */
    public Negotiation receive(ByteBuffer in) {
        try {
            while (takesInput()) {
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

    /** The peer closed its side: before a proposal that is served this is a failure, after it the protocol's affair. */
    public Negotiation endOfInput() {
        if (takesInput()) {
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

    private boolean takesInput() {
        return switch (state) {
            case Negotiation.Pending() -> true;
            case Negotiation.Assumed(String _) -> true;
            case Negotiation.Proposed(String _) -> false;
            case Negotiation.Agreed(String _) -> false;
            case Negotiation.Failed(MultistreamFailure _) -> false;
        };
    }

    private boolean isFinal() {
        return switch (state) {
            case Negotiation.Pending() -> false;
            case Negotiation.Proposed(String _) -> false;
            case Negotiation.Assumed(String _) -> false;
            case Negotiation.Agreed(String _) -> true;
            case Negotiation.Failed(MultistreamFailure _) -> true;
        };
    }
}
