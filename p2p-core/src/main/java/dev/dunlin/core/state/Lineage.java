package dev.dunlin.core.state;

import dev.dunlin.core.state.Sum.Adder;
import dev.dunlin.core.state.Tree.Node;
import org.jspecify.annotations.Nullable;

/**
 * What the versions of one table share: the tree that was digested last, and its sum. The digest of any other version is found
 * from the structural difference to it, so it costs what changed between the two, however far apart they are and whatever came
 * between; at worst, when nothing is shared, it costs both trees.
 *
 * <p>Safe from any thread: a race costs work, never truth.
 */
final class Lineage {

    private volatile @Nullable Known known;

    private record Known(Node<?, ?> root, Sum sum) {}

    @SuppressWarnings("unchecked")
    <K extends Comparable<? super K>, V> Sum sum(Node<K, V> root) {
        Known last = known;
        if (last != null && last.root == root) {
            return last.sum;
        }
        Adder adder = new Adder(true);
        if (last == null) {
            all(root, 1, adder);
        } else {
            adder.add(last.sum, 1);
            difference((Node<K, V>) last.root, root, adder);
        }
        Sum sum = adder.sum();
        known = new Known(root, sum);
        return sum;
    }

    /** The sum of all entries of a tree, of which nothing is remembered. */
    static Sum fresh(Node<?, ?> root) {
        Adder adder = new Adder(false);
        all(root, 1, adder);
        return adder.sum();
    }

    private static void all(@Nullable Node<?, ?> node, int times, Adder to) {
        if (node != null) {
            all(node.left, times, to);
            to.add(node.entry, times);
            all(node.right, times, to);
        }
    }

    // Trees of one shape are walked side by side; where a rotation has parted them, their entries are merged.
    private static <K extends Comparable<? super K>, V> void difference(
            @Nullable Node<K, V> before, @Nullable Node<K, V> after, Adder to) {
        if (before == after) {
            return;
        }
        if (before == null || after == null) {
            all(before, -1, to);
            all(after, 1, to);
        } else if (before.entry == after.entry || before.entry.key.compareTo(after.entry.key) == 0) {
            difference(before.left, after.left, to);
            if (before.entry != after.entry) {
                to.add(before.entry, -1);
                to.add(after.entry, 1);
            }
            difference(before.right, after.right, to);
        } else {
            TreeDifferences.of(before, after, (one, other) -> {
                to.add(one, -1);
                to.add(other, 1);
            });
        }
    }
}
