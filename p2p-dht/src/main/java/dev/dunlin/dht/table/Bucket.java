package dev.dunlin.dht.table;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The nodes that share as many leading bits with a table's own id.
 *
 * @param entries the longest known first: who has been there for long will likely stay (Maymounkov and Mazières 2002, 2.2)
 */
public record Bucket(List<Entry> entries) implements Due {

    static final Bucket EMPTY = new Bucket(List.of());

    /**
     * A node in its place.
     *
     * @param since since when it is there, microseconds of the node's time
     * @param useful when it was last of use, likewise
     * @param check when somebody is to look whether it is still there, likewise
     * @param network the network that it has answered from, as {@link Networks} has them; 0 if that has none
     */
    public record Entry(Contact contact, long since, long useful, long check, int network) {

        Entry usedAt(long now, long nextCheck, int from) {
            return new Entry(contact, since, now, nextCheck, from);
        }

        Entry at(Contact moved) {
            return new Entry(moved, since, useful, check, network);
        }

        Entry checkedAt(long nextCheck) {
            return new Entry(contact, since, useful, nextCheck, network);
        }
    }

    /** Copies the list. */
    public Bucket {
        entries = List.copyOf(entries);
    }

    /** When the first of its nodes is to be looked after. */
    @Override
    public long at() {
        long first = NEVER;
        for (int i = 0; i < entries.size(); i++) {
            first = Math.min(first, entries.get(i).check());
        }
        return first;
    }

    /** How many nodes. */
    public int size() {
        return entries.size();
    }

    /** The place of a peer. */
    Optional<Entry> find(PeerId peer) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.contact().peer().equals(peer)) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    /** How many of them are in a network. */
    int inNetwork(int network) {
        int count = 0;
        for (int i = 0; i < entries.size(); i++) {
            count += entries.get(i).network() == network ? 1 : 0;
        }
        return count;
    }

    /** Of those that were of no use since some time the one that was of none for longest; of equals the youngest. */
    Optional<Entry> stale(long since) {
        Entry stalest = null;
        for (Entry entry : entries) {
            if (entry.useful() < since && (stalest == null || entry.useful() <= stalest.useful())) {
                stalest = entry;
            }
        }
        return Optional.ofNullable(stalest);
    }

    /** With one more, behind those who have been there for as long. */
    Bucket with(Entry added) {
        List<Entry> more = new ArrayList<>(entries);
        int place = more.size();
        while (place > 0 && more.get(place - 1).since() > added.since()) {
            place--;
        }
        more.add(place, added);
        return new Bucket(more);
    }

    Bucket without(PeerId peer) {
        return new Bucket(entries.stream()
                .filter(entry -> !entry.contact().peer().equals(peer))
                .toList());
    }

    /** With the entry of the same peer exchanged. */
    Bucket replaced(Entry changed) {
        List<Entry> others = new ArrayList<>(entries);
        others.replaceAll(
                entry -> entry.contact().peer().equals(changed.contact().peer()) ? changed : entry);
        return new Bucket(others);
    }
}
