package dev.dunlin.connection.protocol;

import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.state.Table;
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
 * @param prefix what of its names a setting says; empty for a protocol that is called alike by all
 */
public record Protocol<Q extends Message, R extends Message>(
        String name,
        List<String> ids,
        MessageCodec<Q> asks,
        MessageCodec<R> answers,
        ProtocolLimits limits,
        Silence<Q, R> silence,
        Optional<Prefix> prefix)
        implements NamedProtocol {

    /** A protocol whose questions all have an answer. */
    public Protocol(
            String name, List<String> ids, MessageCodec<Q> asks, MessageCodec<R> answers, ProtocolLimits limits) {
        this(name, ids, asks, answers, limits, Silence.none());
    }

    /** A protocol that is called alike by all. */
    public Protocol(
            String name,
            List<String> ids,
            MessageCodec<Q> asks,
            MessageCodec<R> answers,
            ProtocolLimits limits,
            Silence<Q, R> silence) {
        this(name, ids, asks, answers, limits, silence, Optional.empty());
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

    /** This protocol, whose names on the wire begin with what a setting says. */
    public static <Q extends Message, R extends Message> Protocol<Q, R> prefixed(
            String name,
            Prefix prefix,
            MessageCodec<Q> asks,
            MessageCodec<R> answers,
            ProtocolLimits limits,
            Silence<Q, R> silence) {
        return new Protocol<>(
                name, prefix.ids(prefix.setting().standard()), asks, answers, limits, silence, Optional.of(prefix));
    }

    /** This protocol as it is called where the names on the wire begin so; the same if they begin with nothing that is set. */
    Protocol<Q, R> beginning(String value) {
        return prefix.map(begins -> new Protocol<>(name, begins.ids(value), asks, answers, limits, silence, prefix))
                .orElse(this);
    }

    /** This protocol as a node with this configuration calls it. */
    public Protocol<Q, R> in(Table<String, String> config) {
        return prefix.map(begins -> beginning(begins.setting().of(config))).orElse(this);
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
