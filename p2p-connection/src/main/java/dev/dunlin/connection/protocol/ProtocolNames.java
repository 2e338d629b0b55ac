package dev.dunlin.connection.protocol;

import dev.dunlin.connection.multistream.MultistreamLimits;
import dev.dunlin.connection.multistream.ServedProtocols;
import dev.dunlin.connection.stream.StreamAction;
import java.util.List;

/** What protocols may be called. */
final class ProtocolNames {

    private static final String NAME = "[a-z][A-Za-z0-9]{0,63}";

    private ProtocolNames() {}

    /**
     * A copy of a protocol's names on the wire, after all its names were checked.
     *
     * @throws IllegalArgumentException if there are too many or none, or one of them is not allowed
     */
    static List<String> checked(String name, List<String> ids) {
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
        // What can never be negotiated is refused here, and not by the first peer.
        ServedProtocols.of(ids, MultistreamLimits.DEFAULT);
        return List.copyOf(ids);
    }
}
