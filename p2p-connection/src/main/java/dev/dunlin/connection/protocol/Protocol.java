package dev.dunlin.connection.protocol;

import dev.dunlin.connection.stream.StreamAction;
import java.util.List;
import java.util.Optional;

/**
 * A protocol of questions and answers.
 *
 * @param name what actions, logs and settings call it, in camel case
 * @param ids what it is called on the wire, the preferred first; 1 to {@link StreamAction#MAX_PROTOCOLS}
 * @param asks what is asked
 * @param answers what is answered
 * @param limits what it may cost
 * @param silence which questions have no answer on the wire
 */
public record Protocol<Q extends Message, R extends Message>(
        String name,
        List<String> ids,
        MessageCodec<Q> asks,
        MessageCodec<R> answers,
        ProtocolLimits limits,
        Silence<Q, R> silence)
        implements NamedProtocol {

    /** A protocol whose questions all have an answer. */
    public Protocol(
            String name, List<String> ids, MessageCodec<Q> asks, MessageCodec<R> answers, ProtocolLimits limits) {
        this(name, ids, asks, answers, limits, Silence.none());
    }

    /** Copies the list and checks the bounds. */
    public Protocol {
        ids = ProtocolNames.checked(name, ids);
        if (limits.reuseStream()
                && (asks.framing() instanceof Framing.ToTheEnd
                        || asks.framing() instanceof Framing.Nothing
                        || answers.framing() instanceof Framing.ToTheEnd)) {
            throw new IllegalArgumentException("the protocol " + name
                    + " has no mark between its messages but the end of a stream: it cannot use one again");
        }
    }

    /** The answer that a question of this protocol has without one being written; empty if one is awaited. */
    public Optional<Message> assumed(Message question) {
        return asks.type().isInstance(question)
                ? silence.assumed().apply(asks.type().cast(question)).map(Message.class::cast)
                : Optional.empty();
    }

    /** Whether an answer of this protocol is one that is not written. */
    public boolean isAssumed(Message answer) {
        return answers.type().isInstance(answer)
                && silence.isAssumed().test(answers.type().cast(answer));
    }

    @Override
    public List<MessageCodec<?>> codecs() {
        return List.of(asks, answers);
    }
}
