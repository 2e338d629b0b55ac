package dev.dunlin.connection.protocol;

import dev.dunlin.connection.Direction;
import dev.dunlin.connection.stream.StreamAction;
import java.util.List;

/**
 * A protocol of lasting streams of messages, which either side sends when it likes.
 *
 * @param name what actions, logs and settings call it, in camel case
 * @param ids what it is called on the wire, the preferred first; 1 to {@link StreamAction#MAX_PROTOCOLS}
 * @param opener what the side sends that opens a channel
 * @param acceptor what the other side sends
 * @param limits what it may cost
 */
public record ChannelProtocol<O extends Message, I extends Message>(
        String name, List<String> ids, MessageCodec<O> opener, MessageCodec<I> acceptor, ChannelLimits limits)
        implements NamedProtocol {

    /**
     * Copies the list and checks the bounds.
     *
     * @throws IllegalArgumentException if a name is not allowed, or a message would only end where its side does
     */
    public ChannelProtocol {
        ids = ProtocolNames.checked(name, ids);
        if (!lasts(opener.framing()) || !lasts(acceptor.framing())) {
            throw new IllegalArgumentException("the protocol " + name
                    + " has no mark between its messages: give both sides a length before each, or one fixed length");
        }
    }

    private static boolean lasts(Framing framing) {
        return framing instanceof Framing.LengthPrefixed || framing instanceof Framing.Fixed;
    }

    @Override
    public List<MessageCodec<?>> codecs() {
        return List.of(opener, acceptor);
    }

    /** What this node sends on a channel of a direction. */
    public MessageCodec<?> sent(Direction direction) {
        return direction == Direction.OUTBOUND ? opener : acceptor;
    }

    /** What this node is sent on a channel of a direction. */
    public MessageCodec<?> received(Direction direction) {
        return direction == Direction.OUTBOUND ? acceptor : opener;
    }
}
