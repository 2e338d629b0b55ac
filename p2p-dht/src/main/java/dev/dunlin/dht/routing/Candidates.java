package dev.dunlin.dht.routing;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.table.Contact;
import java.util.List;
import java.util.Map;

/**
 * Nodes that were heard of and are to be looked at before they are taken in, in the order in which they came; and those that were looked at
 * in vain, which are not looked at again soon, however often they are named.
 *
 * @param waiting by their turns
 * @param turns the turn of each
 * @param away those that were looked at in vain
 * @param awayTurns the same, by the turns in which they were
 * @param last the last turn
 * @param dropped how many were not taken for want of room
 */
public record Candidates(
        Table<Long, Contact> waiting,
        Table<PeerId, Long> turns,
        Table<PeerId, Away> away,
        Table<Long, PeerId> awayTurns,
        long last,
        long dropped) {

    static final Candidates NONE = new Candidates(Table.empty(), Table.empty(), Table.empty(), Table.empty(), 0, 0);

    /** Of how many it is remembered that they were looked at in vain. */
    static final int MOST_AWAY = 1024;

    /**
     * Who was looked at in vain.
     *
     * @param turn when, in turns
     * @param until up to when it is not looked at again, microseconds of the node's time
     * @param tried where; empty if it was there, and is not to be looked at wherever it is
     */
    public record Away(long turn, long until, List<Multiaddr> tried) {
        /** Copies the list. */
        public Away {
            tried = List.copyOf(tried);
        }

        private boolean has(List<Multiaddr> addresses) {
            return tried.isEmpty() || tried.containsAll(addresses);
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    boolean has(PeerId peer) {
        return turns.has(peer);
    }

    /** Whether a node was looked at in vain so lately that it is not to be looked at now. */
    boolean isAway(Contact contact, long now) {
        return away.find(contact.peer())
                .filter(one -> one.until() > now && one.has(contact.addresses()))
                .isPresent();
    }

    /** With one more; without it if there is no room. */
    Candidates with(Contact contact, int most) {
        if (has(contact.peer())) {
            return this;
        }
        return waiting.size() >= most
                ? new Candidates(waiting, turns, away, awayTurns, last, dropped + 1)
                : new Candidates(
                        waiting.with(last + 1, contact),
                        turns.with(contact.peer(), last + 1),
                        away,
                        awayTurns,
                        last + 1,
                        dropped);
    }

    /**
     * With one that was looked at in vain; of too many, that is forgotten of the first.
     *
     * @param tried where; empty for wherever it is
     */
    Candidates withAway(PeerId peer, List<Multiaddr> tried, long until) {
        Candidates known = without(peer);
        Candidates room = known.away.size() < MOST_AWAY
                ? known
                : known.without(known.awayTurns.first().orElseThrow().getValue());
        return new Candidates(
                waiting,
                turns,
                room.away.with(peer, new Away(last + 1, until, tried)),
                room.awayTurns.with(last + 1, peer),
                last + 1,
                dropped);
    }

    /** With a node that may be looked at again. */
    Candidates without(PeerId peer) {
        return away.find(peer)
                .map(one -> new Candidates(
                        waiting, turns, away.without(peer), awayTurns.without(one.turn()), last, dropped))
                .orElse(this);
    }

    /** Who is next. */
    Contact first() {
        return waiting.first().orElseThrow().getValue();
    }

    Candidates withoutFirst() {
        Map.Entry<Long, Contact> first = waiting.first().orElseThrow();
        return new Candidates(
                waiting.without(first.getKey()),
                turns.without(first.getValue().peer()),
                away,
                awayTurns,
                last,
                dropped);
    }
}
