package dev.dunlin.dht.query;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.dht.table.Contact;
import java.util.Optional;

/**
 * A node that a lookup knows of.
 *
 * @param referrer who named it first; empty if this node knew it
 * @param hops how many questions lie between this node and it: 1 if this node knew it
 */
public record Candidate(Contact contact, Optional<PeerId> referrer, int hops) {

    /** A node that this node knew. */
    static Candidate seed(Contact contact) {
        return new Candidate(contact, Optional.empty(), 1);
    }

    /** A node that this one named. */
    Candidate names(Contact other) {
        return new Candidate(other, Optional.of(contact.peer()), hops + 1);
    }
}
