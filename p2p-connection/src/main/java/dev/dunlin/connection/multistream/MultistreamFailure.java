package dev.dunlin.connection.multistream;

import dev.dunlin.core.words.Spans;
import java.util.List;

/** Why a negotiation failed. The connection or stream it ran on is of no more use: reset it. */
public sealed interface MultistreamFailure {

    /** One sentence for people: the cause and, where there is one, the remedy. */
    default String message() {
        return switch (this) {
            case NoCommonProtocol(List<String> proposed) ->
                "the peer supports none of the proposed protocols " + proposed;
            case WrongHeader(String received) ->
                "the peer does not speak multistream-select 1.0.0: its first message was \"" + Messages.show(received)
                        + "\"";
            case UnexpectedAnswer(String proposed, String received) ->
                "the peer answered the proposal \"" + Messages.show(proposed) + "\" with \"" + Messages.show(received)
                        + "\" instead of its echo or na";
            case Malformed(String reason) -> "the peer sent a malformed multistream message: " + reason;
            case MessageTooLong(int max) -> "the peer announced a multistream message of more than " + max + " bytes";
            case TooManyRefusals(int max) -> "more than " + max + " proposals were refused in one negotiation";
            case Refused(String protocol) -> "this side takes no \"" + Messages.show(protocol) + "\" now";
            case EndOfInput() -> "the peer closed its side before a protocol was agreed";
            case TimedOut(long allowedMicros) -> "the peer agreed on no protocol within " + Spans.of(allowedMicros);
        };
    }

    /**
     * The responder refused every protocol the initiator proposed.
     *
     * @param proposed what was proposed, in order
     */
    record NoCommonProtocol(List<String> proposed) implements MultistreamFailure {
        /** Copies the list. */
        public NoCommonProtocol {
            proposed = List.copyOf(proposed);
        }
    }

    /**
     * The first message was not {@code /multistream/1.0.0}: the peer speaks something else.
     *
     * @param received what came instead
     */
    record WrongHeader(String received) implements MultistreamFailure {}

    /**
     * An answer was neither the echo of the proposal nor {@code na}.
     *
     * @param proposed what was proposed
     * @param received what came instead
     */
    record UnexpectedAnswer(String proposed, String received) implements MultistreamFailure {}

    /**
     * Bytes that are no message: a length that is zero or not in its shortest form, no newline at the end, no UTF-8.
     *
     * @param reason what is wrong with them
     */
    record Malformed(String reason) implements MultistreamFailure {}

    /**
     * A message was announced that is longer than allowed; none of it was buffered.
     *
     * @param max the limit in bytes, {@link MultistreamLimits#maxMessageBytes}
     */
    record MessageTooLong(int max) implements MultistreamFailure {}

    /**
     * More proposals were refused than one negotiation may have.
     *
     * @param max the limit, {@link MultistreamLimits#maxRefusals}
     */
    record TooManyRefusals(int max) implements MultistreamFailure {}

    /**
     * This side refused a proposal of a protocol that it serves, by {@link Negotiator#refuse}.
     *
     * @param protocol what was proposed
     */
    record Refused(String protocol) implements MultistreamFailure {}

    /** The peer closed its side before an agreement. */
    record EndOfInput() implements MultistreamFailure {}

    /**
     * No agreement came in time.
     *
     * @param allowedMicros how long it might have taken, {@link MultistreamLimits#deadlineMicros}
     */
    record TimedOut(long allowedMicros) implements MultistreamFailure {}
}
