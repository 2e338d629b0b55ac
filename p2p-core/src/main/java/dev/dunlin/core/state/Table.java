package dev.dunlin.core.state;

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
 * <p>A balanced binary tree. A changed table shares all but some log2(n) nodes with the one it came from, and remembers
 * which entries went and came since the digest of one of its ancestors was last asked for. The digest is the sum of the
 * entries' digests, so it costs what changed, and tables of equal content have equal digests, whatever the shape of their
 * trees.
 *
 * <p>Immutable; safe to read from any thread.
 *
 * @param <K> keys; {@code compareTo} must agree with {@code equals}
 * @param <V> values: records, or others that {@link Content} can digest
 */
public final class Table<K extends Comparable<? super K>, V> implements Iterable<Map.Entry<K, V>>, Canonical {

    /**
     * So many changes are remembered for the digest: more than the log's thread is ever behind. After them it is summed up anew
     * from all entries when somebody asks, so a table whose digest nobody asks for holds no more than this of its past.
     */
    static final int MAX_CHANGES = 2048;

    @SuppressWarnings("rawtypes")
    private static final Table EMPTY = new Table<>(null, new Version(Sum.ZERO));

    private final @Nullable Node<K, V> root;
    private final Version version;

    private Table(@Nullable Node<K, V> root, Version version) {
        this.root = root;
        this.version = version;
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
        return entry(key) != null;
    }

    /** The value of a key, if it has one. */
    public Optional<V> find(K key) {
        Entry<K, V> entry = entry(key);
        return entry == null ? Optional.empty() : Optional.of(entry.value);
    }

    /**
     * The value of a key that is known to be here, as when a guard has asked.
     *
     * @throws NoSuchElementException if it is not
     */
    public V at(K key) {
        Entry<K, V> entry = entry(key);
        if (entry == null) {
            throw new NoSuchElementException("no entry for " + key);
        }
        return entry.value;
    }

    /** The value of a key, or the given one. */
    public V or(K key, V otherwise) {
        Entry<K, V> entry = entry(key);
        return entry == null ? otherwise : entry.value;
    }

    private @Nullable Entry<K, V> entry(K key) {
        Node<K, V> node = root;
        while (node != null) {
            int order = key.compareTo(node.entry.key);
            if (order == 0) {
                return node.entry;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    /** This table with an entry added or its value replaced; this very table if that very value is already there. */
    public Table<K, V> with(K key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        Put<K, V> put = new Put<>(key, value);
        Node<K, V> changed = put.in(root);
        return changed == root ? this : new Table<>(changed, version.next(put.replaced, put.entry));
    }

    /** This table with a present value put through a function; this very table if the key has no value. */
    public Table<K, V> updated(K key, UnaryOperator<V> change) {
        Entry<K, V> entry = entry(key);
        return entry == null ? this : with(key, change.apply(entry.value));
    }

    /** This table without an entry; this very table if there is none. */
    public Table<K, V> without(K key) {
        Entry<K, V> before = entry(key);
        if (before == null) {
            return this;
        }
        Node<K, V> changed = removed(root, key);
        return changed == null ? empty() : new Table<>(changed, version.next(before, null));
    }

    /** The entry with the least key. */
    public Optional<Map.Entry<K, V>> first() {
        if (root == null) {
            return Optional.empty();
        }
        return Optional.of(leftmost(root).entry);
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
        return Optional.of(node.entry);
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
                if (key.compareTo(node.entry.key) <= 0) {
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
            action.accept(node.entry.key, node.entry.value);
            each(node.right, action);
        }
    }

    /** Takes what differs between two tables. */
    @FunctionalInterface
    public interface Difference<K, V> {
        /** One key, and its values; empty where the table does not have it. The values are not the same object. */
        void at(K key, Optional<V> before, Optional<V> after);
    }

    /**
     * The keys whose values are not the same object here and in a later table, in order. Costs what differs where the one was
     * made of the other: what their trees share is passed by.
     */
    public void differences(Table<K, V> later, Difference<K, V> each) {
        Merge<K, V> before = new Merge<>(root);
        Merge<K, V> after = new Merge<>(later.root);
        while (!before.isDone() || !after.isDone()) {
            Node<K, V> one = before.node();
            Node<K, V> other = after.node();
            if (one != null && one == other) {
                before.pass();
                after.pass();
            } else if (one != null && (other == null || one.height >= other.height)) {
                before.open();
            } else if (other != null) {
                after.open();
            } else {
                differ(before, after, each);
            }
        }
    }

    private static <K extends Comparable<? super K>, V> void differ(
            Merge<K, V> before, Merge<K, V> after, Difference<K, V> each) {
        Entry<K, V> one = before.entry();
        Entry<K, V> other = after.entry();
        if (one != null && (other == null || one.key.compareTo(other.key) < 0)) {
            before.pass();
            each.at(one.key, Optional.of(one.value), Optional.empty());
        } else if (other != null && (one == null || one.key.compareTo(other.key) > 0)) {
            after.pass();
            each.at(other.key, Optional.empty(), Optional.of(other.value));
        } else if (one != null && other != null) {
            before.pass();
            after.pass();
            if (one.value != other.value) {
                each.at(one.key, Optional.of(one.value), Optional.of(other.value));
            }
        }
    }

    /** The sum of the entries' digests. */
    public Digest digest() {
        Sum sum = version.sum(root);
        return new Digest(sum.high, sum.low);
    }

    @Override
    public void feed(Hasher sink) {
        sink.putLong(size());
        if (root != null) {
            Sum sum = version.sum(root);
            sink.putLong(sum.high).putLong(sum.low).account(sum.words);
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

    /** One entry on its way into a tree, and the one whose place it took. */
    private static final class Put<K extends Comparable<? super K>, V> {
        final Entry<K, V> entry;

        @Nullable
        Entry<K, V> replaced;

        Put(K key, V value) {
            this.entry = new Entry<>(key, value);
        }

        Node<K, V> in(@Nullable Node<K, V> node) {
            if (node == null) {
                return new Node<>(entry, null, null);
            }
            int order = entry.key.compareTo(node.entry.key);
            if (order == 0) {
                replaced = node.entry;
                return replaced.value == entry.value
                        ? node
                        : new Node<>(entry, node.left, node.right, node.height, node.size);
            }
            Node<K, V> child = order < 0 ? node.left : node.right;
            Node<K, V> changed = in(child);
            if (changed == child) {
                return node;
            }
            Node<K, V> left = order < 0 ? changed : node.left;
            Node<K, V> right = order < 0 ? node.right : changed;
            // What takes another's place does not change the shape.
            return replaced == null
                    ? balanced(node.entry, left, right)
                    : new Node<>(node.entry, left, right, node.height, node.size);
        }
    }

    /** The tree without a key that is in it. */
    private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> removed(@Nullable Node<K, V> at, K key) {
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

    private static <K, V> Node<K, V> leftmost(Node<K, V> from) {
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
            if (inner != null && height(left.left) < inner.height) {
                return new Node<>(
                        inner.entry,
                        new Node<>(left.entry, left.left, inner.left),
                        new Node<>(top, inner.right, right));
            }
            return new Node<>(left.entry, left.left, new Node<>(top, inner, right));
        }
        if (tilt < -1 && right != null) {
            Node<K, V> inner = right.left;
            if (inner != null && height(right.right) < inner.height) {
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
        return node == null ? 0 : node.height;
    }

    private static int size(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.size;
    }

    private static final class Node<K, V> {
        final Entry<K, V> entry;
        final @Nullable Node<K, V> left;
        final @Nullable Node<K, V> right;
        final int size;
        final byte height;

        Node(Entry<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            this(
                    entry,
                    left,
                    right,
                    (byte) (Math.max(Table.height(left), Table.height(right)) + 1),
                    Table.size(left) + Table.size(right) + 1);
        }

        Node(Entry<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right, byte height, int size) {
            this.entry = entry;
            this.left = left;
            this.right = right;
            this.height = height;
            this.size = size;
        }
    }

    /** One key and its value, shared by all trees that hold them. */
    private static final class Entry<K, V> implements Map.Entry<K, V> {
        final K key;
        final V value;

        // Written at most a few times with equal immutable values: a race costs work, never truth.
        private @Nullable Sum sum;

        Entry(K key, V value) {
            this.key = key;
            this.value = value;
        }

        Sum sum() {
            Sum known = sum;
            if (known == null) {
                Hasher hasher = new Hasher();
                Content.feed(key, hasher);
                Content.feed(value, hasher);
                Digest digest = hasher.finish();
                known = new Sum(digest.high(), digest.low(), hasher.words());
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

    /** The digests of some entries, added lane by lane, and their sizes in 8-byte words. */
    private record Sum(long high, long low, long words) {
        static final Sum ZERO = new Sum(0, 0, 0);
    }

    /**
     * What a table's digest is made of: known, or what changed since the version before. Does not hold the trees of earlier
     * versions. Any thread may ask, and races cost work, never truth: {@code before} is forgotten only after {@code sum} is
     * known, and who sees neither sums up all entries.
     */
    private static final class Version {
        private @Nullable Sum sum;
        private @Nullable Version before;
        private final @Nullable Entry<?, ?> gone;
        private final @Nullable Entry<?, ?> come;
        private final int changes;

        Version(Sum sum) {
            this(sum, null, null, null, 0);
        }

        private Version(
                @Nullable Sum sum,
                @Nullable Version before,
                @Nullable Entry<?, ?> gone,
                @Nullable Entry<?, ?> come,
                int changes) {
            this.sum = sum;
            this.before = before;
            this.gone = gone;
            this.come = come;
            this.changes = changes;
        }

        Version next(@Nullable Entry<?, ?> less, @Nullable Entry<?, ?> more) {
            if (sum != null) {
                return new Version(null, this, less, more, 1);
            }
            return changes >= MAX_CHANGES
                    ? new Version(null, null, null, null, 0)
                    : new Version(null, this, less, more, changes + 1);
        }

        <K, V> Sum sum(@Nullable Node<K, V> root) {
            Sum known = sum;
            if (known == null) {
                Adder adder = new Adder();
                known = since(adder) ? adder.sum() : all(root);
                sum = known;
                before = null;
            }
            return known;
        }

        /** Adds up what changed since a version whose sum is known; false if there is none. */
        private boolean since(Adder adder) {
            Version at = this;
            // An entry that came and went in between is never digested.
            Entry<?, ?> gone = null;
            while (true) {
                Version earlier = at.before;
                Sum known = at.sum;
                if (known != null) {
                    adder.add(known, 1);
                    adder.add(gone, -1);
                    return true;
                }
                if (earlier == null) {
                    return false;
                }
                if (at.come == null || at.come != gone) {
                    adder.add(gone, -1);
                    adder.add(at.come, 1);
                }
                gone = at.gone;
                at = earlier;
            }
        }

        private static <K, V> Sum all(@Nullable Node<K, V> root) {
            Adder adder = new Adder();
            all(root, adder);
            return adder.sum();
        }

        private static <K, V> void all(@Nullable Node<K, V> node, Adder adder) {
            if (node != null) {
                all(node.left, adder);
                adder.add(node.entry.sum(), 1);
                all(node.right, adder);
            }
        }
    }

    private static final class Adder {
        private long high;
        private long low;
        private long words;

        void add(@Nullable Entry<?, ?> entry, int times) {
            if (entry != null) {
                add(entry.sum(), times);
            }
        }

        void add(Sum sum, int times) {
            high += times * sum.high;
            low += times * sum.low;
            words += times * sum.words;
        }

        Sum sum() {
            return new Sum(high, low, words);
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
            return node.entry;
        }
    }

    /** What of a tree is still to come: whole subtrees, and entries of those that were opened. */
    private static final class Merge<K, V> {
        private final Deque<Object> ahead = new ArrayDeque<>();

        Merge(@Nullable Node<K, V> root) {
            push(root);
        }

        private void push(@Nullable Object next) {
            if (next != null) {
                ahead.push(next);
            }
        }

        boolean isDone() {
            return ahead.isEmpty();
        }

        /** The subtree that comes next, if it is one. */
        @SuppressWarnings("unchecked")
        @Nullable
        Node<K, V> node() {
            return ahead.peek() instanceof Node<?, ?> node ? (Node<K, V>) node : null;
        }

        /** The entry that comes next, if it is one. */
        @SuppressWarnings("unchecked")
        @Nullable
        Entry<K, V> entry() {
            return ahead.peek() instanceof Entry<?, ?> entry ? (Entry<K, V>) entry : null;
        }

        void pass() {
            ahead.pop();
        }

        void open() {
            Node<?, ?> node = (Node<?, ?>) ahead.pop();
            push(node.right);
            push(node.entry);
            push(node.left);
        }
    }
}
