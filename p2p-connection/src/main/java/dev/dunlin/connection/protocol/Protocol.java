package dev.dunlin.connection.protocol;

import dev.dunlin.connection.stream.StreamAction;
import java.util.List;

/**
 * A protocol of questions and answers.
 *
 * @param name what actions, logs and settings call it, in camel case
 * @param ids what it is called on the wire, the preferred first; 1 to {@link StreamAction#MAX_PROTOCOLS}
 * @param asks what is asked
 * @param answers what is answered
 * @param limits what it may cost
 */
public record Protocol<Q extends Message, R extends Message>(
        String name, List<String> ids, MessageCodec<Q> asks, MessageCodec<R> answers, ProtocolLimits limits)
        implements NamedProtocol {

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

    @Override
    public List<MessageCodec<?>> codecs() {
        return List.of(asks, answers);
    }
}
