package dev.dunlin.connection.peer;

import java.util.List;
import java.util.Optional;

/**
 * What a peer told of itself, but for its addresses; filtered and bounded, otherwise its own words.
 *
 * @param protocolVersion such as {@code ipfs/0.1.0}; empty if not told
 * @param agentVersion name and version of its software; empty if not told
 * @param protocols the protocol ids it takes streams for
 * @param record the number of the record with its addresses that it signed last, unsigned; empty if it signed none
 * @param skipped how many entries of its last message were left out
 * @param at when it told last, microseconds since the Unix epoch
 */
public record Description(
        String protocolVersion,
        String agentVersion,
        List<String> protocols,
        Optional<Long> record,
        int skipped,
        long at) {

    static final Description NONE = new Description("", "", List.of(), Optional.empty(), 0, 0);

    /** Copies the list. */
    public Description {
        protocols = List.copyOf(protocols);
    }

    /** Whether it takes streams for a protocol. */
    public boolean speaks(String protocol) {
        return protocols.contains(protocol);
    }
}
