package dev.dunlin.core.state;

import dev.dunlin.core.state.Tree.Node;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Compares two {@link Tree}s by what they are made of: what both share is passed by unopened. Trees of one shape are walked side
 * by side; where a rotation or a divided leaf has parted them, their entries are merged.
 */
final class TreeDifferences<K extends Comparable<? super K>, V> {

    // What of one of the trees is still to come, behind what is left of an opened leaf.
    private final Deque<Object> ahead = new ArrayDeque<>(0);
    private Object[] leaf = Leaf.EMPTY;
    private int place;

    private TreeDifferences(Object tree) {
        ahead.push(tree);
        if (!(tree instanceof Node)) {
            open();
        }
    }

    /** Takes the values of one key that are not the same object; null where a tree has none. */
    @FunctionalInterface
    interface Each<K, V> {
        void at(K key, @Nullable V before, @Nullable V after);
    }

    /** All differences in the order of the keys. */
    static <K extends Comparable<? super K>, V> void of(Object earlier, Object later, Each<K, V> each) {
        if (earlier == later) {
            return;
        }
        if (earlier instanceof Node before
                && later instanceof Node after
                && before.<K>key().compareTo(after.key()) == 0) {
            of(before.left, after.left, each);
            of(before.right, after.right, each);
        } else {
            merged(new TreeDifferences<K, V>(earlier), new TreeDifferences<K, V>(later), each);
        }
    }

    private static <K extends Comparable<? super K>, V> void merged(
            TreeDifferences<K, V> before, TreeDifferences<K, V> after, Each<K, V> each) {
        while (true) {
            if (!before.isInLeaf() && !after.isInLeaf()) {
                Object one = before.ahead.peek();
                if (one != null && one == after.ahead.peek()) {
                    before.ahead.pop();
                    after.ahead.pop();
                    continue;
                }
                // The higher one first: what they share may lie beneath it.
                if (before.nextHeight() > after.nextHeight()) {
                    before.open();
                    continue;
                }
                if (after.nextHeight() > before.nextHeight()) {
                    after.open();
                    continue;
                }
            }
            boolean beforeEnds = before.openLeaf();
            boolean afterEnds = after.openLeaf();
            if (beforeEnds || afterEnds) {
                differ(before, after, each);
            } else {
                return;
            }
        }
    }

    private static <K extends Comparable<? super K>, V> void differ(
            TreeDifferences<K, V> before, TreeDifferences<K, V> after, Each<K, V> each) {
        int order =
                !before.isInLeaf() ? 1 : !after.isInLeaf() ? -1 : before.key().compareTo(after.key());
        K key = order <= 0 ? before.key() : after.key();
        V one = order <= 0 ? before.take() : null;
        V other = order >= 0 ? after.take() : null;
        if (one != other) {
            each.at(key, one, other);
        }
    }

    private boolean isInLeaf() {
        return place < Leaf.size(leaf);
    }

    private K key() {
        return Leaf.key(leaf, place);
    }

    private V take() {
        return Leaf.value(leaf, place++);
    }

    private int nextHeight() {
        Object next = ahead.peek();
        return next == null ? -1 : Tree.height(next);
    }

    // Opens what comes next, which is there.
    private void open() {
        Object next = ahead.pop();
        if (next instanceof Node node) {
            ahead.push(node.right);
            ahead.push(node.left);
        } else {
            leaf = (Object[]) next;
            place = 0;
        }
    }

    // Whether there is an entry still to come, which is in the opened leaf then.
    private boolean openLeaf() {
        while (!isInLeaf() && !ahead.isEmpty()) {
            open();
        }
        return isInLeaf();
    }
}
