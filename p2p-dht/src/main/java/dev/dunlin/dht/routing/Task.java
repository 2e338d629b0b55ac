package dev.dunlin.dht.routing;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.table.Contact;

/** What the routing machine has asked of others and awaits. */
public sealed interface Task {

    /** In which network. */
    Network network();

    /** Whether a node is there and is a server, that is not in the table yet. */
    record Vetting(Network network, Contact contact) implements Task {}

    /** Whether a node of the table is still there. */
    record Probing(Network network, Contact contact) implements Task {}

    /**
     * A lookup.
     *
     * @param key what is looked for: whose hash is the target
     */
    record Looking(Network network, Bytes key) implements Task {}
}
