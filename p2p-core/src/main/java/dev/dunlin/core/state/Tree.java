package dev.dunlin.core.state;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tree of a {@link Table}: entries in small {@link Leaf arrays}, and above them balanced binary nodes. A small table is one
 * leaf. Persistent, so that a changed tree shares all but one leaf and the path to it with the one it came from. Each node knows
 * the least time on each of its sides, so that what is due next is found without a second index.
 *
 * <p>A tree is a {@link Node}, or a leaf: an {@code Object[]}. Leaves are never empty, but of the empty tree.
 */
final class Tree {

    private Tree() {}

    /** The tree with an entry added, or in the place of the one of its key; the same tree if that has the very same value. */
    static <K extends Comparable<? super K>> Object with(Object tree, K key, Object value) {
        if (!(tree instanceof Node node)) {
            Object[] leaf = (Object[]) tree;
            return with(leaf, Leaf.find(leaf, key), key, value);
        }
        boolean left = key.compareTo(node.key()) < 0;
        Object child = left ? node.left : node.right;
        Object changed;
        if (child instanceof Object[] leaf) {
            int place = Leaf.find(leaf, key);
            changed = with(leaf, place, key, value);
            if (place >= 0 && changed != leaf) {
                long least = leastAfter(leaf, (Object[]) changed, place, left ? node.leastLeft() : node.leastRight());
                return node.withAlike(left, changed, least);
            }
        } else {
            changed = with(child, key, value);
        }
        if (changed == child) {
            return node;
        }
        long least = least(changed);
        // What takes another's place does not change the shape.
        return size(changed) == size(child) ? node.withAlike(left, changed, least) : node.with(left, changed, least);
    }

    private static <K extends Comparable<? super K>> Object with(Object[] leaf, int place, K key, Object value) {
        if (place >= 0) {
            return Leaf.value(leaf, place) == value ? leaf : Leaf.replaced(leaf, place, value);
        }
        Object[] more = Leaf.added(leaf, -1 - place, key, value);
        int size = Leaf.size(more);
        if (size <= Leaf.MOST) {
            return more;
        }
        // What comes in ascending order leaves full leaves behind.
        int half = -1 - place == size - 1 ? size - 1 : size / 2;
        return Node.of(Leaf.key(more, half), Leaf.part(more, 0, half), Leaf.part(more, half, size));
    }

    // Of a leaf in which one value was replaced: the others need a look only if that one was the earliest.
    private static long leastAfter(Object[] before, Object[] after, int place, long least) {
        long time = Due.of(Leaf.value(after, place));
        if (time <= least) {
            return time;
        }
        return Due.of(Leaf.value(before, place)) > least ? least : Leaf.least(after);
    }

    /** The tree without a key that is in it. */
    static <K extends Comparable<? super K>> Object without(Object tree, K key) {
        if (!(tree instanceof Node node)) {
            Object[] leaf = (Object[]) tree;
            return Leaf.removed(leaf, Leaf.find(leaf, key));
        }
        boolean left = key.compareTo(node.key()) < 0;
        Object child = without(left ? node.left : node.right, key);
        Object other = left ? node.right : node.left;
        if (size(child) == 0) {
            return other;
        }
        if (child instanceof Object[] one
                && other instanceof Object[] two
                && (one.length + two.length) / 2 <= Leaf.FEW) {
            return left ? Leaf.joined(one, two) : Leaf.joined(two, one);
        }
        return node.with(left, child, least(child));
    }

    /** The value of a key. */
    static <K extends Comparable<? super K>> @Nullable Object find(Object tree, K key) {
        Object at = tree;
        while (at instanceof Node node) {
            at = key.compareTo(node.key()) < 0 ? node.left : node.right;
        }
        Object[] leaf = (Object[]) at;
        int place = Leaf.find(leaf, key);
        return place < 0 ? null : Leaf.value(leaf, place);
    }

    /** The entry with the least key of a tree that is not empty. */
    static <K, V> Map.Entry<K, V> first(Object tree) {
        Object at = tree;
        while (at instanceof Node node) {
            at = node.left;
        }
        return new Entry<>(Leaf.key((Object[]) at, 0), Leaf.value((Object[]) at, 0));
    }

    /** The entry with the greatest key of a tree that is not empty. */
    static <K, V> Map.Entry<K, V> last(Object tree) {
        Object at = tree;
        while (at instanceof Node node) {
            at = node.right;
        }
        Object[] leaf = (Object[]) at;
        int place = Leaf.size(leaf) - 1;
        return new Entry<>(Leaf.key(leaf, place), Leaf.value(leaf, place));
    }

    /** How many nodes there are from here to the farthest leaf. */
    static int height(Object tree) {
        return tree instanceof Node node ? node.height() : 0;
    }

    static int size(Object tree) {
        return tree instanceof Node node ? node.size() : Leaf.size((Object[]) tree);
    }

    /** The earliest time at which an entry is due. */
    static long least(Object tree) {
        return tree instanceof Node node ? Math.min(node.leastLeft(), node.leastRight()) : Leaf.least((Object[]) tree);
    }

    /** A node above two trees, whose heights differ by at most one; immutable. */
    static sealed class Node {
        // The size in the upper 26 bits, the height in the lowest.
        private static final int HEIGHT_BITS = 6;

        /** The most entries of a tree: what the size has room for. */
        static final int MAX_SIZE = (1 << 26) - 1;

        private final Object key;
        final Object left;
        final Object right;
        private final int sizeAndHeight;

        private Node(Object key, Object left, Object right, int sizeAndHeight) {
            this.key = key;
            this.left = left;
            this.right = right;
            this.sizeAndHeight = sizeAndHeight;
        }

        static Node of(Object key, Object left, Object right) {
            return of(key, left, right, sizeAndHeight(left, right), Tree.least(left), Tree.least(right));
        }

        private static Node of(
                Object key, Object left, Object right, int sizeAndHeight, long leastLeft, long leastRight) {
            return leastLeft == Due.NEVER && leastRight == Due.NEVER
                    ? new Node(key, left, right, sizeAndHeight)
                    : new Timed(key, left, right, sizeAndHeight, leastLeft, leastRight);
        }

        private static int sizeAndHeight(Object left, Object right) {
            int size = Tree.size(left) + Tree.size(right);
            if (size > MAX_SIZE) {
                throw new IllegalStateException("a table has at most " + MAX_SIZE + " entries");
            }
            return size << HEIGHT_BITS | Math.max(Tree.height(left), Tree.height(right)) + 1;
        }

        /** Above all keys on the left, and not above those on the right. It need not be in the tree. */
        @SuppressWarnings("unchecked") // the keys of one tree have one type
        <K> K key() {
            return (K) key;
        }

        int height() {
            return sizeAndHeight & (1 << HEIGHT_BITS) - 1;
        }

        int size() {
            return sizeAndHeight >>> HEIGHT_BITS;
        }

        long leastLeft() {
            return Due.NEVER;
        }

        long leastRight() {
            return Due.NEVER;
        }

        /**
         * This with another tree of the same shape on one side.
         *
         * @param least the earliest time in that tree
         */
        Node withAlike(boolean onLeft, Object child, long least) {
            return onLeft
                    ? of(key, child, right, sizeAndHeight, least, leastRight())
                    : of(key, left, child, sizeAndHeight, leastLeft(), least);
        }

        /**
         * This with another tree on one side, of a height that differs by at most one from the present one's.
         *
         * @param least the earliest time in that tree
         */
        Node with(boolean onLeft, Object child, long least) {
            Object newLeft = onLeft ? child : left;
            Object newRight = onLeft ? right : child;
            int tilt = Tree.height(newLeft) - Tree.height(newRight);
            if (tilt > 1) {
                return leaningLeft((Node) newLeft, newRight);
            }
            if (tilt < -1) {
                return leaningRight(newLeft, (Node) newRight);
            }
            return of(
                    key,
                    newLeft,
                    newRight,
                    sizeAndHeight(newLeft, newRight),
                    onLeft ? least : leastLeft(),
                    onLeft ? leastRight() : least);
        }

        private Node leaningLeft(Node high, Object low) {
            if (high.right instanceof Node inner && Tree.height(high.left) < inner.height()) {
                return of(inner.key, of(high.key, high.left, inner.left), of(key, inner.right, low));
            }
            return of(high.key, high.left, of(key, high.right, low));
        }

        private Node leaningRight(Object low, Node high) {
            if (high.left instanceof Node inner && Tree.height(high.right) < inner.height()) {
                return of(inner.key, of(key, low, inner.left), of(high.key, inner.right, high.right));
            }
            return of(high.key, of(key, low, high.left), high.right);
        }
    }

    /** A node with something due beneath it: the others are spared the times. */
    private static final class Timed extends Node {
        private final long leastLeft;
        private final long leastRight;

        Timed(Object key, Object left, Object right, int sizeAndHeight, long leastLeft, long leastRight) {
            super(key, left, right, sizeAndHeight);
            this.leastLeft = leastLeft;
            this.leastRight = leastRight;
        }

        @Override
        long leastLeft() {
            return leastLeft;
        }

        @Override
        long leastRight() {
            return leastRight;
        }
    }

    /** One key and its value, as a walk shows them. */
    record Entry<K, V>(K key, V value) implements Map.Entry<K, V> {

        @Override
        public K getKey() {
            return key;
        }

        @Override
        public V getValue() {
            return value;
        }

        @Override
        public V setValue(V other) {
            throw new UnsupportedOperationException("a table's entries do not change");
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Map.Entry<?, ?> that && key.equals(that.getKey()) && value.equals(that.getValue());
        }

        @Override
        public int hashCode() {
            return key.hashCode() ^ value.hashCode();
        }

        @Override
        public String toString() {
            return key + "=" + value;
        }
    }
}
