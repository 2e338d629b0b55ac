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

    private record Known(Object tree, Sum sum) {}

    Sum sum(Object tree) {
        Known last = known;
        if (last != null && last.tree == tree) {
            return last.sum;
        }
        Sum sum = last == null ? fresh(tree, true) : changed(last, tree);
        known = new Known(tree, sum);
        return sum;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the keys of one lineage have one type
    private static Sum changed(Known last, Object tree) {
        Adder adder = new Adder(true);
        adder.add(last.sum);
        TreeDifferences.of(last.tree, tree, (Comparable key, @Nullable Object before, @Nullable Object after) -> {
            // The earlier first: nested tables remember the later one's digest.
            if (before != null) {
                adder.remove(key, before);
            }
            if (after != null) {
                adder.add(key, after);
            }
        });
        return adder.sum();
    }

    /** The sum of all entries of a tree. */
    static Sum fresh(Object tree, boolean remembers) {
        Adder adder = new Adder(remembers);
        all(tree, adder);
        return adder.sum();
    }

    private static void all(Object tree, Adder to) {
        if (tree instanceof Node node) {
            all(node.left, to);
            all(node.right, to);
        } else {
            Object[] leaf = (Object[]) tree;
            for (int place = 0; place < Leaf.size(leaf); place++) {
                to.add(Leaf.key(leaf, place), Leaf.value(leaf, place));
            }
        }
    }
}
