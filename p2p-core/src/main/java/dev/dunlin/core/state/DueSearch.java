package dev.dunlin.core.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Finds in a {@link Tree} what is due. */
final class DueSearch {

    private DueSearch() {}

    /** The keys of the entries due by a time, earliest first, then by key. Costs what it finds, whatever else is due. */
    static <K extends Comparable<? super K>> List<K> due(Object tree, long now, int atMost) {
        if (atMost <= 0 || Tree.least(tree) > now) {
            return List.of();
        }
        List<Coming<K>> few = new ArrayList<>();
        if (collect(tree, now, atMost, few)) {
            // Stable: what is due at one time stays in the order of the keys.
            few.sort(Comparator.comparingLong(Coming::time));
            List<K> keys = new ArrayList<>(few.size());
            few.forEach(entry -> keys.add(Objects.requireNonNull(entry.key)));
            return keys;
        }
        return earliest(tree, now, atMost);
    }

    // In key order; whether that were all.
    private static <K extends Comparable<? super K>> boolean collect(
            Object tree, long now, int atMost, List<Coming<K>> to) {
        if (tree instanceof Tree.Node node) {
            return (node.leastLeft() > now || collect(node.left, now, atMost, to))
                    && (node.leastRight() > now || collect(node.right, now, atMost, to));
        }
        Object[] leaf = (Object[]) tree;
        for (int place = 0; place < Leaf.size(leaf); place++) {
            long time = Due.of(Leaf.value(leaf, place));
            if (time <= now) {
                if (to.size() == atMost) {
                    return false;
                }
                to.add(new Coming<>(time, Leaf.key(leaf, place), null));
            }
        }
        return true;
    }

    private static <K extends Comparable<? super K>> List<K> earliest(Object tree, long now, int atMost) {
        List<K> due = new ArrayList<>();
        PriorityQueue<Coming<K>> coming = new PriorityQueue<>();
        coming.add(new Coming<>(Tree.least(tree), null, tree));
        while (due.size() < atMost) {
            Coming<K> next = coming.poll();
            if (next == null) {
                break;
            }
            if (next.under == null) {
                due.add(Objects.requireNonNull(next.key));
            } else if (next.under instanceof Tree.Node node) {
                Coming.beneath(node.left, next.key, node.leastLeft(), now, coming);
                Coming.beneath(node.right, node.key(), node.leastRight(), now, coming);
            } else if (next.under instanceof Object[] leaf) {
                List<Coming<K>> entries = new ArrayList<>();
                collect(leaf, now, Leaf.MOST, entries);
                coming.addAll(entries);
            }
        }
        return due;
    }

    /**
     * What comes at a time: an entry, or something in a tree.
     *
     * @param key of the entry; of a tree what its keys are not below, null where that is not known
     * @param under the tree that is still to be looked into; null for an entry
     */
    private record Coming<K extends Comparable<? super K>>(
            long time, @Nullable K key, @Nullable Object under) implements Comparable<Coming<K>> {

        static <K extends Comparable<? super K>> void beneath(
                Object tree, @Nullable K from, long least, long now, PriorityQueue<Coming<K>> to) {
            if (least <= now) {
                to.add(new Coming<>(least, from, tree));
            }
        }

        // At one time by key; a tree before an entry of the key that it may begin with. So only the trees are opened
        // that
        // what is found stands in, however much is due at one time.
        @Override
        public int compareTo(Coming<K> other) {
            int byTime = Long.compare(time, other.time);
            if (byTime != 0) {
                return byTime;
            }
            if (key == null || other.key == null) {
                return Boolean.compare(key != null, other.key != null);
            }
            int byKey = key.compareTo(other.key);
            return byKey != 0 ? byKey : Boolean.compare(under == null, other.under == null);
        }
    }
}
