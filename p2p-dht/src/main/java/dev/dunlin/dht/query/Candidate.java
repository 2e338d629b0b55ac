package dev.dunlin.dht.query;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.dht.table.Contact;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A node that a lookup knows of.
 *
 * @param referrer who named it first; empty if this node knew it
 * @param hops how many questions lie between this node and it: 1 if this node knew it
 */
public record Candidate(Contact contact, Optional<PeerId> referrer, int hops) {

    /** The longest address that counts beside others, in bytes. */
    private static final int LONGEST = 128;

    /** A node that this node knew. */
    static Candidate seed(Contact contact) {
        return new Candidate(contact, Optional.empty(), 1);
    }

    /** The same node, which somebody else has named: where either says that it is. Each has half of the places. */
    Candidate alsoAt(List<Multiaddr> others) {
        Set<Multiaddr> all = new LinkedHashSet<>();
        List<Multiaddr> first = contact.addresses();
        for (int i = 0; i < Math.max(first.size(), others.size()); i++) {
            if (i < first.size()) {
                all.add(first.get(i));
            }
            if (i < others.size()) {
                all.add(others.get(i));
            }
        }
        // Nobody's one address takes the place of all.
        all.removeIf(address -> address.toBytes().length > LONGEST);
        Contact both = all.isEmpty() ? contact : contact.at(List.copyOf(all));
        return both.equals(contact) ? this : new Candidate(both, referrer, hops);
    }

    /** A node that this one named. */
    Candidate names(Contact other) {
        return new Candidate(other, Optional.of(contact.peer()), hops + 1);
    }
}
