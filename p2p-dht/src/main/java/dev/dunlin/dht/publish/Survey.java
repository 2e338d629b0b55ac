package dev.dunlin.dht.publish;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.key.Prefix;
import dev.dunlin.dht.key.Preimages;
import dev.dunlin.dht.table.Contact;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All nodes of a region of the id space, found with few lookups: then the nearest to any key of the region are known without asking for
 * it.
 *
 * <p>The first lookup says what the region is: the smallest subtree around its target that has as many nodes as store a key, about one
 * to two times as many; where the network has fewer, all ids. A lookup that has found the k nearest nodes to a target knows all nodes that
 * share one bit more with the target than the farthest of them does. The rest of the region is looked into, part by part. Two to four lookups
 * are the usual number.
 *
 * @param region empty before the first lookup
 * @param covered the parts of the id space of which all nodes are known
 * @param targets what was looked for
 * @param found the nodes that have answered
 */
record Survey(Optional<Prefix> region, List<Prefix> covered, Table<Key, Boolean> targets, Table<Key, Contact> found) {

    /** The most lookups for one region. Where they do not suffice, the nearest of those found are taken for the nearest. */
    static final int MOST_LOOKUPS = 64;

    static final Survey NEW = new Survey(Optional.empty(), List.of(), Table.empty(), Table.empty());

    Survey {
        covered = List.copyOf(covered);
    }

    /**
     * With a lookup that has come to its end.
     *
     * @param closest who has answered, the nearest to the target first
     * @param wanted how many were wanted: fewer are all that there are
     */
    Survey looked(Key target, List<Contact> closest, int wanted) {
        int shared = closest.size() < wanted
                ? -1
                : target.commonPrefix(closest.get(wanted - 1).key());
        Table<Key, Contact> nodes = found;
        for (Contact contact : closest.subList(0, Math.min(wanted, closest.size()))) {
            nodes = nodes.with(contact.key(), contact);
        }
        List<Prefix> parts = new ArrayList<>(covered);
        parts.add(Prefix.of(target, Math.min(shared + 1, Key.BITS)));
        return new Survey(
                region.or(() -> Optional.of(Prefix.of(target, Math.max(0, shared)))),
                parts,
                targets.with(target, true),
                nodes);
    }

    /**
     * What is to be looked for next: something whose id lies in a part of the region of which not all nodes are known. Empty if there is no
     * such part, or nothing is known to lie in it.
     *
     * @param kept keys to choose from
     */
    Optional<Bytes> target(Table<Key, Bytes> kept) {
        if (targets.size() >= MOST_LOOKUPS || region.isEmpty()) {
            return Optional.empty();
        }
        List<Prefix> passed = new ArrayList<>(covered);
        Optional<Prefix> gap = gap(region.get(), passed);
        while (gap.isPresent()) {
            Optional<Bytes> target = in(gap.get(), kept);
            if (target.isPresent()) {
                return target;
            }
            passed.add(gap.get());
            gap = gap(region.get(), passed);
        }
        return Optional.empty();
    }

    /** The first greatest part of a prefix that has nothing in common with the covered ones. */
    private static Optional<Prefix> gap(Prefix prefix, List<Prefix> covered) {
        boolean isTouched = false;
        for (Prefix part : covered) {
            if (part.has(prefix)) {
                return Optional.empty();
            }
            isTouched |= prefix.has(part);
        }
        return isTouched
                ? gap(prefix.half(false), covered).or(() -> gap(prefix.half(true), covered))
                : Optional.of(prefix);
    }

    private Optional<Bytes> in(Prefix gap, Table<Key, Bytes> kept) {
        return first(kept, gap)
                .or(() ->
                        first(found, gap).map(contact -> Bytes.of(contact.peer().toBytes())))
                .or(() -> gap.bits() > Preimages.MOST_BITS
                        ? Optional.empty()
                        : Optional.of(Preimages.withPrefix(gap.first(), gap.bits())));
    }

    private static <V> Optional<V> first(Table<Key, V> table, Prefix prefix) {
        Iterator<Map.Entry<Key, V>> from = table.from(prefix.first()).iterator();
        return from.hasNext()
                ? Optional.of(from.next())
                        .filter(entry -> prefix.has(entry.getKey()))
                        .map(Map.Entry::getValue)
                : Optional.empty();
    }

    /** The nearest to an id of those found, the nearest first. */
    List<Contact> nearest(Key target, int most) {
        List<Contact> nearest = new ArrayList<>();
        found.values().forEach(nearest::add);
        nearest.sort((one, other) -> target.compareDistances(one.key(), other.key()));
        return nearest.subList(0, Math.min(most, nearest.size()));
    }
}
