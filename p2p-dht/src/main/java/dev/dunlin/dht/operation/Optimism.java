package dev.dunlin.dht.operation;

import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Contact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which nodes are so near to a key that something is stored with them while others are still looked for. From how many nodes the network has
 * it follows how near the nearest must be (libp2p/notes#25; go-libp2p-kad-dht, optimistic provide).
 *
 * @param copies with how many nodes it is stored
 * @param near how far a node may be away to be one of the nearest, of the greatest distance: 9 times of 10 the last of them is not nearer
 * @param set how far the nearest that are known may be away on average: then they are likely the nearest that there are
 * @param heard the nearest that are known, by their distance
 * @param taken those of them, and of those before, with whom it is stored
 */
record Optimism(int copies, double near, double set, Table<Key, Contact> heard, Table<Key, Boolean> taken) {

    private static final double CERTAINTY = 0.9;
    private static final double STRICTNESS = 0.1;

    /** After three quarters of the nodes have stored it, the caller is told. */
    private static final int QUARTERS = 3;

    /**
     * Where nobody is known yet.
     *
     * @param copies with how many nodes it is stored, at least 1
     * @param size how many nodes the network has, at least 1
     */
    static Optimism of(int copies, double size) {
        return new Optimism(
                copies,
                GammaQuantile.of(2 * copies, 1 - CERTAINTY) / size,
                GammaQuantile.of(copies + 2, 1 - STRICTNESS) / size,
                Table.empty(),
                Table.empty());
    }

    /** With nodes that somebody has named. */
    Optimism hearing(Key target, List<Contact> named) {
        Table<Key, Contact> more = heard;
        for (Contact contact : named) {
            Key distance = target.distance(contact.key());
            more = more.has(distance) ? more : more.with(distance, contact);
        }
        // Those beyond as many as are wanted are for the place of who does not store it.
        while (more.size() > 2 * copies) {
            more = more.without(more.last().orElseThrow().getKey());
        }
        return new Optimism(copies, near, set, more, taken);
    }

    /** Those of the nearest that are near enough for it to be stored with them now, and are not taken. */
    List<Contact> nearEnough() {
        return open(near);
    }

    /** Those of the nearest that are not taken. */
    List<Contact> rest() {
        return open(1);
    }

    private List<Contact> open(double within) {
        List<Contact> open = new ArrayList<>();
        int count = 0;
        for (Map.Entry<Key, Contact> each : heard) {
            if (count == copies || each.getKey().fraction() > within) {
                break;
            }
            count++;
            if (!taken.has(each.getKey())) {
                open.add(each.getValue());
            }
        }
        return open;
    }

    /** Who takes the place of one that has not stored it: the next nearest, or nobody. */
    List<Contact> another() {
        for (Map.Entry<Key, Contact> each : heard) {
            if (!taken.has(each.getKey())) {
                return List.of(each.getValue());
            }
        }
        return List.of();
    }

    /** With nodes with whom it is being stored. */
    Optimism taking(Key target, List<Contact> nodes) {
        Table<Key, Boolean> more = taken;
        for (Contact contact : nodes) {
            more = more.with(target.distance(contact.key()), true);
        }
        return new Optimism(copies, near, set, heard, more);
    }

    /** Whether nobody else need be looked for: as many as are wanted are taken, or the nearest that are known are near enough together. */
    boolean isContent() {
        if (taken.size() >= copies) {
            return true;
        }
        double sum = 0;
        int count = 0;
        for (Key distance : heard.keys()) {
            if (count == copies) {
                break;
            }
            sum += distance.fraction();
            count++;
        }
        return count == copies && sum / count < set;
    }

    /** How many have to have stored it before the caller is told. */
    int enough() {
        return (copies * QUARTERS + QUARTERS) / (QUARTERS + 1);
    }
}
