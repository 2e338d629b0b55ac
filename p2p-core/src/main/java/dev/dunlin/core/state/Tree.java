package dev.dunlin.core.state;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The balanced binary tree of a {@link Table}: persistent, so that a changed tree shares all but a path with the one it came
 * from. Each node knows the least time beneath it, so that what is due next is found without a second index.
 */
final class Tree {

    private Tree() {}

    /** The tree with an entry added, or in the place of the one of its key; the same tree if that has the very same value. */
    static <K extends Comparable<? super K>, V> Node<K, V> with(@Nullable Node<K, V> node, Entry<K, V> entry) {
        if (node == null) {
            return Node.leaf(entry);
        }
        int order = entry.key.compareTo(node.entry.key);
        if (order == 0) {
            return entry.value == node.entry.value ? node : node.with(entry, node.left, node.right);
        }
        Node<K, V> child = order < 0 ? node.left : node.right;
        Node<K, V> changed = with(child, entry);
        if (changed == child) {
            return node;
        }
        Node<K, V> left = order < 0 ? changed : node.left;
        Node<K, V> right = order < 0 ? node.right : changed;
        // What takes another's place does not change the shape.
        return size(child) == changed.size() ? node.with(node.entry, left, right) : balanced(node.entry, left, right);
    }

    /** The balanced tree of some entries in the order of their keys. */
    static <K, V> @Nullable Node<K, V> of(List<Entry<K, V>> entries) {
        if (entries.isEmpty()) {
            return null;
        }
        int middle = entries.size() / 2;
        return Node.of(
                entries.get(middle), of(entries.subList(0, middle)), of(entries.subList(middle + 1, entries.size())));
    }

    /** The tree without a key that is in it. */
    static <K extends Comparable<? super K>, V> @Nullable Node<K, V> removed(@Nullable Node<K, V> at, K key) {
        Node<K, V> node = Objects.requireNonNull(at);
        int order = key.compareTo(node.entry.key);
        if (order < 0) {
            return balanced(node.entry, removed(node.left, key), node.right);
        }
        if (order > 0) {
            return balanced(node.entry, node.left, removed(node.right, key));
        }
        if (node.left == null) {
            return node.right;
        }
        if (node.right == null) {
            return node.left;
        }
        Entry<K, V> successor = leftmost(node.right).entry;
        return balanced(successor, node.left, removed(node.right, successor.key));
    }

    static <K, V> Node<K, V> leftmost(Node<K, V> from) {
        Node<K, V> node = from;
        while (node.left != null) {
            node = node.left;
        }
        return node;
    }

    /** An entry above two trees whose heights differ by at most two, rotated to differ by at most one. */
    private static <K, V> Node<K, V> balanced(Entry<K, V> top, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        int tilt = height(left) - height(right);
        if (tilt > 1 && left != null) {
            Node<K, V> inner = left.right;
            if (inner != null && height(left.left) < inner.height()) {
                return Node.of(
                        inner.entry, Node.of(left.entry, left.left, inner.left), Node.of(top, inner.right, right));
            }
            return Node.of(left.entry, left.left, Node.of(top, inner, right));
        }
        if (tilt < -1 && right != null) {
            Node<K, V> inner = right.left;
            if (inner != null && height(right.right) < inner.height()) {
                return Node.of(
                        inner.entry, Node.of(top, left, inner.left), Node.of(right.entry, inner.right, right.right));
            }
            return Node.of(right.entry, Node.of(top, left, inner), right.right);
        }
        return Node.of(top, left, right);
    }

    private static int height(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.height();
    }

    static long least(@Nullable Node<?, ?> node) {
        return node instanceof Timed<?, ?> timed ? timed.least : Due.NEVER;
    }

    static int size(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.size();
    }

    /** A node of the tree; immutable. */
    static sealed class Node<K, V> {
        // The size in the upper 26 bits, the height in the lowest.
        private static final int HEIGHT_BITS = 6;

        /** The most entries of a tree: what the size has room for. */
        static final int MAX_SIZE = (1 << 26) - 1;

        final Entry<K, V> entry;
        final @Nullable Node<K, V> left;
        final @Nullable Node<K, V> right;
        private final int sizeAndHeight;

        private Node(Entry<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right, int sizeAndHeight) {
            this.entry = entry;
            this.left = left;
            this.right = right;
            this.sizeAndHeight = sizeAndHeight;
        }

        static <K, V> Node<K, V> leaf(Entry<K, V> entry) {
            return of(entry, null, null);
        }

        static <K, V> Node<K, V> of(Entry<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            int size = Tree.size(left) + Tree.size(right) + 1;
            if (size > MAX_SIZE) {
                throw new IllegalStateException("a table has at most " + MAX_SIZE + " entries");
            }
            int height = Math.max(Tree.height(left), Tree.height(right)) + 1;
            return of(entry, left, right, size << HEIGHT_BITS | height);
        }

        private static <K, V> Node<K, V> of(
                Entry<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right, int sizeAndHeight) {
            long least = Math.min(entry.time(), Math.min(Tree.least(left), Tree.least(right)));
            return least == Due.NEVER
                    ? new Node<>(entry, left, right, sizeAndHeight)
                    : new Timed<>(entry, left, right, sizeAndHeight, least);
        }

        /** This in the same shape, with another entry or other children of the same shapes. */
        Node<K, V> with(Entry<K, V> other, @Nullable Node<K, V> otherLeft, @Nullable Node<K, V> otherRight) {
            return of(other, otherLeft, otherRight, sizeAndHeight);
        }

        int height() {
            return sizeAndHeight & (1 << HEIGHT_BITS) - 1;
        }

        int size() {
            return sizeAndHeight >>> HEIGHT_BITS;
        }
    }

    /** A node with something due beneath it: the others are spared eight bytes. */
    private static final class Timed<K, V> extends Node<K, V> {
        private final long least;

        Timed(Entry<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right, int sizeAndHeight, long least) {
            super(entry, left, right, sizeAndHeight);
            this.least = least;
        }
    }

    /** One key and its value, shared by all trees that hold them. */
    static final class Entry<K, V> implements Map.Entry<K, V> {
        final K key;
        final V value;

        // Written at most a few times with equal immutable values: a race costs work, never truth.
        private @Nullable Sum sum;

        Entry(K key, V value) {
            this.key = key;
            this.value = value;
        }

        /** When it is due. */
        long time() {
            return Due.of(value);
        }

        Sum sum(Hasher with) {
            Sum known = sum;
            if (known == null) {
                known = Sum.of(key, value, with);
                sum = known;
            }
            return known;
        }

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

    /** The keys of the entries due by a time, earliest first, then by key. Costs what it finds, whatever else is due. */
    static <K extends Comparable<? super K>> List<K> due(@Nullable Node<K, ?> root, long now, int atMost) {
        if (least(root) > now) {
            return List.of();
        }
        List<K> due = new ArrayList<>();
        PriorityQueue<Coming<K>> coming = new PriorityQueue<>();
        Coming.beneath(root, now, coming);
        while (due.size() < atMost) {
            Coming<K> next = coming.poll();
            if (next == null) {
                break;
            }
            if (next.under == null) {
                due.add(next.key);
            } else {
                next.open(now, coming);
            }
        }
        return due;
    }

    /**
     * What comes at a time: an entry, or something beneath a node.
     *
     * @param key of the entry, or of the node
     * @param under the node that is still to be looked into; null for an entry
     */
    private record Coming<K extends Comparable<? super K>>(
            long time, K key, @Nullable Node<K, ?> under) implements Comparable<Coming<K>> {

        static <K extends Comparable<? super K>> void beneath(
                @Nullable Node<K, ?> node, long now, PriorityQueue<Coming<K>> to) {
            if (node != null && least(node) <= now) {
                to.add(new Coming<>(least(node), node.entry.key, node));
            }
        }

        void open(long now, PriorityQueue<Coming<K>> to) {
            Node<K, ?> node = Objects.requireNonNull(under);
            if (node.entry.time() <= now) {
                to.add(new Coming<>(node.entry.time(), node.entry.key, null));
            }
            beneath(node.left, now, to);
            beneath(node.right, now, to);
        }

        // Nodes before entries of the same time: what is beneath them may have a lesser key.
        @Override
        public int compareTo(Coming<K> other) {
            int byTime = Long.compare(time, other.time);
            if (byTime != 0) {
                return byTime;
            }
            int byKind = Boolean.compare(under == null, other.under == null);
            return byKind != 0 ? byKind : key.compareTo(other.key);
        }
    }

    /** A walk over the entries in key order, or against it. */
    static final class Cursor<K, V> implements Iterator<Map.Entry<K, V>> {
        private final Deque<Node<K, V>> path = new ArrayDeque<>();
        private final boolean backwards;

        private Cursor(boolean backwards) {
            this.backwards = backwards;
        }

        static <K, V> Cursor<K, V> all(@Nullable Node<K, V> root, boolean backwards) {
            Cursor<K, V> cursor = new Cursor<>(backwards);
            cursor.descend(root);
            return cursor;
        }

        /** From the least key on that is not below one, or backwards from the greatest that is below it. */
        static <K extends Comparable<? super K>, V> Cursor<K, V> at(
                @Nullable Node<K, V> root, K key, boolean backwards) {
            Cursor<K, V> cursor = new Cursor<>(backwards);
            Node<K, V> node = root;
            while (node != null) {
                boolean below = node.entry.key.compareTo(key) < 0;
                if (below == backwards) {
                    cursor.path.push(node);
                }
                node = below ? node.right : node.left;
            }
            return cursor;
        }

        private void descend(@Nullable Node<K, V> from) {
            for (Node<K, V> node = from; node != null; node = backwards ? node.right : node.left) {
                path.push(node);
            }
        }

        @Override
        public boolean hasNext() {
            return !path.isEmpty();
        }

        @Override
        public Map.Entry<K, V> next() {
            Node<K, V> node = path.pop();
            descend(backwards ? node.left : node.right);
            return node.entry;
        }
    }
}
