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

    /** One entry on its way into a tree, and the one whose place it took. */
    static final class Put<K extends Comparable<? super K>, V> {
        final Entry<K, V> entry;

        @Nullable
        Entry<K, V> replaced;

        Put(Entry<K, V> entry) {
            this.entry = entry;
        }

        Node<K, V> in(@Nullable Node<K, V> node) {
            if (node == null) {
                return new Node<>(entry, null, null);
            }
            int order = entry.key.compareTo(node.entry.key);
            if (order == 0) {
                replaced = node.entry;
                return entry.isAs(replaced) ? node : node.with(entry, node.left, node.right);
            }
            Node<K, V> child = order < 0 ? node.left : node.right;
            Node<K, V> changed = in(child);
            if (changed == child) {
                return node;
            }
            Node<K, V> left = order < 0 ? changed : node.left;
            Node<K, V> right = order < 0 ? node.right : changed;
            // What takes another's place does not change the shape.
            return replaced == null ? balanced(node.entry, left, right) : node.with(node.entry, left, right);
        }
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
                return new Node<>(
                        inner.entry,
                        new Node<>(left.entry, left.left, inner.left),
                        new Node<>(top, inner.right, right));
            }
            return new Node<>(left.entry, left.left, new Node<>(top, inner, right));
        }
        if (tilt < -1 && right != null) {
            Node<K, V> inner = right.left;
            if (inner != null && height(right.right) < inner.height()) {
                return new Node<>(
                        inner.entry,
                        new Node<>(top, left, inner.left),
                        new Node<>(right.entry, inner.right, right.right));
            }
            return new Node<>(right.entry, new Node<>(top, left, inner), right.right);
        }
        return new Node<>(top, left, right);
    }

    private static int height(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.height();
    }

    static long least(@Nullable Node<?, ?> node) {
        return node == null ? Deadlines.NEVER : node.least;
    }

    static int size(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.size();
    }

    /** A node of the tree; immutable. */
    static final class Node<K, V> {
        // The size in the upper 26 bits, the height in the lowest: with the time, a node is no bigger than without.
        private static final int HEIGHT_BITS = 6;

        final Entry<K, V> entry;
        final @Nullable Node<K, V> left;
        final @Nullable Node<K, V> right;

        /** The least time of the entries from here down; {@link Deadlines#NEVER} if they have none. */
        final long least;

        private final int sizeAndHeight;

        Node(Entry<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            this(
                    entry,
                    left,
                    right,
                    (Tree.size(left) + Tree.size(right) + 1) << HEIGHT_BITS
                            | Math.max(Tree.height(left), Tree.height(right)) + 1);
        }

        private Node(Entry<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right, int sizeAndHeight) {
            this.entry = entry;
            this.left = left;
            this.right = right;
            this.sizeAndHeight = sizeAndHeight;
            this.least = Math.min(entry.time(), Math.min(Tree.least(left), Tree.least(right)));
        }

        /** This in the same shape, with another entry or other children of the same shapes. */
        Node<K, V> with(Entry<K, V> other, @Nullable Node<K, V> otherLeft, @Nullable Node<K, V> otherRight) {
            return new Node<>(other, otherLeft, otherRight, sizeAndHeight);
        }

        int height() {
            return sizeAndHeight & (1 << HEIGHT_BITS) - 1;
        }

        int size() {
            return sizeAndHeight >>> HEIGHT_BITS;
        }
    }

    /** One key and its value, shared by all trees that hold them. */
    static sealed class Entry<K, V> implements Map.Entry<K, V> {
        final K key;
        final V value;

        // Written at most a few times with equal immutable values: a race costs work, never truth.
        private Version.@Nullable Sum sum;

        Entry(K key, V value) {
            this.key = key;
            this.value = value;
        }

        /** Whether putting this in another's place changes nothing. */
        boolean isAs(Entry<K, V> other) {
            return value == other.value;
        }

        /** When it is due; {@link Deadlines#NEVER} if its value is no time. */
        long time() {
            return Deadlines.NEVER;
        }

        final Version.Sum sum() {
            Version.Sum known = sum;
            if (known == null) {
                Hasher hasher = new Hasher();
                Content.feed(key, hasher);
                Content.feed(value, hasher);
                Digest digest = hasher.finish();
                known = new Version.Sum(digest.high(), digest.low(), hasher.words());
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

    /** An entry whose value is the time at which its key is due. */
    static final class Timed<K> extends Entry<K, Long> {
        private final long time;

        Timed(K key, long time) {
            super(key, time);
            this.time = time;
        }

        @Override
        boolean isAs(Entry<K, Long> other) {
            return other.time() == time;
        }

        @Override
        long time() {
            return time;
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
            if (node != null && node.least <= now) {
                to.add(new Coming<>(node.least, node.entry.key, node));
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

    /** A walk over the entries in key order. */
    static final class Cursor<K, V> implements Iterator<Map.Entry<K, V>> {
        final Deque<Node<K, V>> path = new ArrayDeque<>();

        void descend(@Nullable Node<K, V> from) {
            for (Node<K, V> node = from; node != null; node = node.left) {
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
            descend(node.right);
            return node.entry;
        }
    }
}
