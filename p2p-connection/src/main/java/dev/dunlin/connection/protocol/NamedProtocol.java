package dev.dunlin.connection.protocol;

import dev.dunlin.connection.stream.StreamAction;
import java.util.List;

/** What protocols of every shape have: names and codecs. */
public sealed interface NamedProtocol permits Protocol, ChannelProtocol {

    /** What actions, logs and settings call it, in camel case; 1 to 64 letters and digits. */
    String name();

    /** What it is called on the wire, the preferred first; 1 to {@link StreamAction#MAX_PROTOCOLS}. */
    List<String> ids();

    /** The codecs of all that is said. */
    List<MessageCodec<?>> codecs();
}
