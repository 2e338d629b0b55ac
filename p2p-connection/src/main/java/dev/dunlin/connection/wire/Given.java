package dev.dunlin.connection.wire;

import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.MessageStreams;
import dev.dunlin.connection.protocol.NamedProtocol;
import java.util.List;
import java.util.Optional;

/**
 * The protocols that a node was given for a machine. That the machine knows others is a mistake in the node's program, which is told.
 *
 * @param machine its name
 */
record Given<P extends NamedProtocol>(String machine, Catalogue<P> protocols, MessageStreams streams) {

    /** What is told to whoever wished something of a protocol that was not given. */
    static final String NOT_GIVEN = "which this node was started without: give it the machine's protocols";

    /** The protocol of a name. */
    Optional<P> named(String name) {
        Optional<P> protocol = protocols.named(name);
        if (protocol.isEmpty()) {
            told("the protocol " + name);
        }
        return protocol;
    }

    /** Takes streams of these names on the wire from now on. */
    void serve(List<String> ids) {
        if (protocols.ids().containsAll(ids)) {
            streams.serve(ids);
        } else {
            told(String.valueOf(ids));
        }
    }

    private void told(String what) {
        streams.mistaken("the " + machine + " machine speaks " + what + ", " + NOT_GIVEN);
    }
}
