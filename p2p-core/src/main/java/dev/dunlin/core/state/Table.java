package dev.dunlin.core.state;

import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A persistent map, ordered by its keys' natural order: the map of the state tree. Iteration depends on content only,
 * never on history, JVM or machine.
 *
 * <p>A balanced binary tree whose nodes remember the digest of what is below them once somebody asked. A changed
 * table shares all but some log2(n) nodes with the one it came from, so its digest costs what changed. The digest is the
 * sum of the entries' digests: tables of equal content have equal digests, whatever the shape of their trees.
 *
 * <p>Immutable; safe to read from any thread.
 *
 * @param <K> keys; {@code compareTo} must agree with {@code equals}
 * @param <V> values: records, or others that {@link Content} can digest
 */
public final class Table<K extends Comparable<? super K>, V> implements Iterable<Map.Entry<K, V>>, Canonical {

    @SuppressWarnings("rawtypes")
    private static final Table EMPTY = new Table<>(null);

    private final @Nullable Node<K, V> root;

    private Table(@Nullable Node<K, V> root) {
        this.root = root;
    }

    /** The table without entries. */
    @SuppressWarnings("unchecked")
    public static <K extends Comparable<? super K>, V> Table<K, V> empty() {
        return EMPTY;
    }

    /** The table of one entry. */
    public static <K extends Comparable<? super K>, V> Table<K, V> of(K key, V value) {
        return Table.<K, V>empty().with(key, value);
    }

    /** A table of a map's entries. */
    public static <K extends Comparable<? super K>, V> Table<K, V> copyOf(Map<K, V> entries) {
        Table<K, V> table = empty();
        for (Map.Entry<K, V> entry : entries.entrySet()) {
            table = table.with(entry.getKey(), entry.getValue());
        }
        return table;
    }

    /** How many entries. */
    public int size() {
        return size(root);
    }

    /** Whether there is no entry. */
    public boolean isEmpty() {
        return root == null;
    }

    /** Whether the key has a value. */
    public boolean has(K key) {
        return node(key) != null;
    }

    /** The value of a key, if it has one. */
    public Optional<V> find(K key) {
        Node<K, V> node = node(key);
        return node == null ? Optional.empty() : Optional.of(node.value);
    }

    /**
     * The value of a key that is known to be here, as when a guard has asked.
     *
     * @throws NoSuchElementException if it is not
     */
    public V at(K key) {
        Node<K, V> node = node(key);
        if (node == null) {
            throw new NoSuchElementException("no entry for " + key);
        }
        return node.value;
    }

    /** The value of a key, or the given one. */
    public V or(K key, V otherwise) {
        Node<K, V> node = node(key);
        return node == null ? otherwise : node.value;
    }

    private @Nullable Node<K, V> node(K key) {
        Node<K, V> node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return node;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    /** This table with an entry added or its value replaced; this very table if that very value is already there. */
    public Table<K, V> with(K key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        Node<K, V> changed = insert(root, key, value);
        return changed == root ? this : new Table<>(changed);
    }

    /** This table with a present value put through a function; this very table if the key has no value. */
    public Table<K, V> updated(K key, UnaryOperator<V> change) {
        Node<K, V> node = node(key);
        return node == null ? this : with(key, change.apply(node.value));
    }

    /** This table without an entry; this very table if there is none. */
    public Table<K, V> without(K key) {
        Node<K, V> changed = remove(root, key);
        if (changed == root) {
            return this;
        }
        return changed == null ? empty() : new Table<>(changed);
    }

    /** The entry with the least key. */
    public Optional<Map.Entry<K, V>> first() {
        if (root == null) {
            return Optional.empty();
        }
        return Optional.of(leftmost(root).entry());
    }

    /** The entry with the greatest key. */
    public Optional<Map.Entry<K, V>> last() {
        Node<K, V> node = root;
        if (node == null) {
            return Optional.empty();
        }
        while (node.right != null) {
            node = node.right;
        }
        return Optional.of(node.entry());
    }

    /** The entries in key order. */
    @Override
    public Iterator<Map.Entry<K, V>> iterator() {
        Cursor<K, V> cursor = new Cursor<>();
        cursor.descend(root);
        return cursor;
    }

    /** The entries from a key on, that key included, in key order. */
    public Iterable<Map.Entry<K, V>> from(K key) {
        return () -> {
            Cursor<K, V> cursor = new Cursor<>();
            Node<K, V> node = root;
            while (node != null) {
                if (key.compareTo(node.key) <= 0) {
                    cursor.path.push(node);
                    node = node.left;
                } else {
                    node = node.right;
                }
            }
            return cursor;
        };
    }

    /** The keys in order. */
    public Iterable<K> keys() {
        return () -> new Iterator<>() {
            private final Iterator<Map.Entry<K, V>> entries = iterator();

            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public K next() {
                return entries.next().getKey();
            }
        };
    }

    /** The values in the order of their keys. */
    public Iterable<V> values() {
        return () -> new Iterator<>() {
            private final Iterator<Map.Entry<K, V>> entries = iterator();

            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public V next() {
                return entries.next().getValue();
            }
        };
    }

    /** Calls for each entry in key order. */
    public void each(BiConsumer<? super K, ? super V> action) {
        each(root, action);
    }

    private static <K, V> void each(@Nullable Node<K, V> node, BiConsumer<? super K, ? super V> action) {
        if (node != null) {
            each(node.left, action);
            action.accept(node.key, node.value);
            each(node.right, action);
        }
    }

    /** The sum of the entries' digests. */
    public Digest digest() {
        return root == null ? Digest.ZERO : root.sum().digest();
    }

    @Override
    public void feed(Hasher sink) {
        sink.putLong(size());
        if (root != null) {
            Sum sum = root.sum();
            sink.putDigest(sum.digest());
            sink.account(sum.words());
        }
    }

    /** Equal content in equal order. Costs time for big tables: compare by reference or by digest where it matters. */
    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof Table<?, ?> that) || size() != that.size()) {
            return false;
        }
        Iterator<? extends Map.Entry<?, ?>> theirs = that.iterator();
        for (Map.Entry<K, V> mine : this) {
            if (!mine.equals(theirs.next())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (Map.Entry<K, V> entry : this) {
            hash = 31 * hash + entry.hashCode();
        }
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (Map.Entry<K, V> entry : this) {
            text.append(text.length() > 1 ? ", " : "").append(entry);
        }
        return text.append('}').toString();
    }

    private static <K extends Comparable<? super K>, V> Node<K, V> insert(@Nullable Node<K, V> node, K key, V value) {
        if (node == null) {
            return new Node<>(key, value, null, null, null);
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return node.value == value ? node : new Node<>(node.key, value, node.left, node.right, null);
        }
        if (order < 0) {
            Node<K, V> left = insert(node.left, key, value);
            return left == node.left ? node : balanced(node, left, node.right);
        }
        Node<K, V> right = insert(node.right, key, value);
        return right == node.right ? node : balanced(node, node.left, right);
    }

    private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> remove(@Nullable Node<K, V> node, K key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order < 0) {
            Node<K, V> left = remove(node.left, key);
            return left == node.left ? node : balanced(node, left, node.right);
        }
        if (order > 0) {
            Node<K, V> right = remove(node.right, key);
            return right == node.right ? node : balanced(node, node.left, right);
        }
        if (node.left == null) {
            return node.right;
        }
        if (node.right == null) {
            return node.left;
        }
        Node<K, V> successor = leftmost(node.right);
        return balanced(successor, node.left, remove(node.right, successor.key));
    }

    private static <K, V> Node<K, V> leftmost(Node<K, V> from) {
        Node<K, V> node = from;
        while (node.left != null) {
            node = node.left;
        }
        return node;
    }

    /** The entry of {@code top} above two trees whose heights differ by at most two, rotated to differ by at most one. */
    private static <K, V> Node<K, V> balanced(Node<K, V> top, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        int tilt = height(left) - height(right);
        if (tilt > 1 && left != null) {
            Node<K, V> inner = left.right;
            if (inner != null && height(left.left) < inner.height) {
                return inner.above(left.above(left.left, inner.left), top.above(inner.right, right));
            }
            return left.above(left.left, top.above(inner, right));
        }
        if (tilt < -1 && right != null) {
            Node<K, V> inner = right.left;
            if (inner != null && height(right.right) < inner.height) {
                return inner.above(top.above(left, inner.left), right.above(inner.right, right.right));
            }
            return right.above(top.above(left, inner), right.right);
        }
        return top.above(left, right);
    }

    private static int height(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.height;
    }

    private static int size(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.size;
    }

    /** What is below a node: the sum of the entries' digests, and of their sizes in 8-byte words. */
    private record Sum(Digest digest, long words) {}

    private static final class Node<K, V> {
        final K key;
        final V value;
        final @Nullable Node<K, V> left;
        final @Nullable Node<K, V> right;
        final int height;
        final int size;

        // Written at most a few times with equal immutable values: a race costs work, never truth.
        private @Nullable Sum own;
        private @Nullable Sum all;

        Node(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right, @Nullable Sum own) {
            this.key = key;
            this.value = value;
            this.left = left;
            this.right = right;
            this.own = own;
            this.height = Math.max(height(left), height(right)) + 1;
            this.size = size(left) + size(right) + 1;
        }

        Node<K, V> above(@Nullable Node<K, V> newLeft, @Nullable Node<K, V> newRight) {
            return new Node<>(key, value, newLeft, newRight, own);
        }

        Map.Entry<K, V> entry() {
            return new AbstractMap.SimpleImmutableEntry<>(key, value);
        }

        Sum sum() {
            Sum known = all;
            if (known != null) {
                return known;
            }
            Sum entry = own;
            if (entry == null) {
                Hasher hasher = new Hasher();
                Content.feed(key, hasher);
                Content.feed(value, hasher);
                entry = new Sum(hasher.finish(), hasher.words());
                own = entry;
            }
            long high = entry.digest().high();
            long low = entry.digest().low();
            long words = entry.words();
            if (left != null) {
                Sum below = left.sum();
                high += below.digest().high();
                low += below.digest().low();
                words += below.words();
            }
            if (right != null) {
                Sum below = right.sum();
                high += below.digest().high();
                low += below.digest().low();
                words += below.words();
            }
            Sum sum = left == null && right == null ? entry : new Sum(new Digest(high, low), words);
            all = sum;
            return sum;
        }
    }

    private static final class Cursor<K, V> implements Iterator<Map.Entry<K, V>> {
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
            return node.entry();
        }
    }
}
