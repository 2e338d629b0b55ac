package dev.dunlin.connection.multistream;

import java.util.List;

/** Why a negotiation failed. The connection or stream it ran on is of no more use: reset it. */
public sealed interface MultistreamFailure {

    /** One sentence for people: the cause and, where there is one, the remedy. */
    String message();

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

        @Override
        public String message() {
            return "the peer supports none of the proposed protocols " + proposed;
        }
    }

    /**
     * The first message was not {@code /multistream/1.0.0}: the peer speaks something else.
     *
     * @param received what came instead
     */
    record WrongHeader(String received) implements MultistreamFailure {
        @Override
        public String message() {
            return "the peer does not speak multistream-select 1.0.0: its first message was \""
                    + Messages.show(received) + "\"";
        }
    }

    /**
     * An answer was neither the echo of the proposal nor {@code na}.
     *
     * @param proposed what was proposed
     * @param received what came instead
     */
    record UnexpectedAnswer(String proposed, String received) implements MultistreamFailure {
        @Override
        public String message() {
            return "the peer answered the proposal \"" + Messages.show(proposed) + "\" with \""
                    + Messages.show(received) + "\" instead of its echo or na";
        }
    }

    /**
     * Bytes that are no message: a length that is zero or not in its shortest form, no newline at the end, no UTF-8.
     *
     * @param reason what is wrong with them
     */
    record Malformed(String reason) implements MultistreamFailure {
        @Override
        public String message() {
            return "the peer sent a malformed multistream message: " + reason;
        }
    }

    /**
     * A message was announced that is longer than allowed; none of it was buffered.
     *
     * @param max the limit in bytes, {@link MultistreamLimits#maxMessageBytes}
     */
    record MessageTooLong(int max) implements MultistreamFailure {
        @Override
        public String message() {
            return "the peer announced a multistream message of more than " + max + " bytes";
        }
    }

    /**
     * More proposals were refused than one negotiation may have.
     *
     * @param max the limit, {@link MultistreamLimits#maxRefusals}
     */
    record TooManyRefusals(int max) implements MultistreamFailure {
        @Override
        public String message() {
            return "more than " + max + " proposals were refused in one negotiation";
        }
    }

    /** The peer closed its side before an agreement. */
    record EndOfInput() implements MultistreamFailure {
        @Override
        public String message() {
            return "the peer closed its side before a protocol was agreed";
        }
    }

    /**
     * No agreement came in time.
     *
     * @param allowedMicros how long it might have taken, {@link MultistreamLimits#deadlineMicros}
     */
    record TimedOut(long allowedMicros) implements MultistreamFailure {
        @Override
        public String message() {
            return "no protocol was agreed within " + allowedMicros + " microseconds";
        }
    }
}
