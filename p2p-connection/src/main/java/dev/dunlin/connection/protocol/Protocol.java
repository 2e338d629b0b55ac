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
        String name, List<String> ids, MessageCodec<Q> asks, MessageCodec<R> answers, ProtocolLimits limits) {

    private static final String NAME = "[a-z][A-Za-z0-9]{0,63}";

    /** Copies the list and checks the bounds. */
    public Protocol {
        ids = List.copyOf(ids);
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException(
                    "a protocol's name is in camel case and has 1 to 64 letters and digits, not '" + name + "'");
        }
        if (ids.isEmpty() || ids.size() > StreamAction.MAX_PROTOCOLS) {
            throw new IllegalArgumentException("the protocol " + name + " has 1 to " + StreamAction.MAX_PROTOCOLS
                    + " names on the wire, not " + ids.size());
        }
        for (String id : ids) {
            if (id.isEmpty() || id.length() > StreamAction.MAX_PROTOCOL) {
                throw new IllegalArgumentException("a name of " + name + " on the wire has 1 to "
                        + StreamAction.MAX_PROTOCOL + " characters, not " + id.length());
            }
        }
        if (limits.reuseStream()
                && (asks.framing() instanceof Framing.ToTheEnd
                        || asks.framing() instanceof Framing.Nothing
                        || answers.framing() instanceof Framing.ToTheEnd)) {
            throw new IllegalArgumentException("the protocol " + name
                    + " has no mark between its messages but the end of a stream: it cannot use one again");
        }
    }
}
