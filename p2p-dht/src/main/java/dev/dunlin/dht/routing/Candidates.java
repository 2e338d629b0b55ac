package dev.dunlin.dht.routing;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.table.Contact;
import java.util.Map;

/**
 * Nodes that were heard of and are to be looked at before they are taken in, in the order in which they came.
 *
 * @param waiting by their turns
 * @param turns the turn of each
 * @param last the last turn
 * @param dropped how many were not taken for want of room
 */
public record Candidates(Table<Long, Contact> waiting, Table<PeerId, Long> turns, long last, long dropped) {

    static final Candidates NONE = new Candidates(Table.empty(), Table.empty(), 0, 0);

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    boolean has(PeerId peer) {
        return turns.has(peer);
    }

    /** With one more; without it if there is no room. */
    Candidates with(Contact contact, int most) {
        if (has(contact.peer())) {
            return this;
        }
        if (waiting.size() >= most) {
            return new Candidates(waiting, turns, last, dropped + 1);
        }
        return new Candidates(waiting.with(last + 1, contact), turns.with(contact.peer(), last + 1), last + 1, dropped);
    }

    /** Who is next. */
    Contact first() {
        return waiting.first().orElseThrow().getValue();
    }

    Candidates withoutFirst() {
        Map.Entry<Long, Contact> first = waiting.first().orElseThrow();
        return new Candidates(
                waiting.without(first.getKey()), turns.without(first.getValue().peer()), last, dropped);
    }
}
