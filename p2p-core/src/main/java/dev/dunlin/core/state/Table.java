package dev.dunlin.core.state;

import dev.dunlin.core.state.Tree.Cursor;
import dev.dunlin.core.state.Tree.Entry;
import dev.dunlin.core.state.Tree.Node;
import dev.dunlin.core.state.Tree.Put;
import java.util.Iterator;
import java.util.List;
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
     * So many changes are remembered for the digest, and no more than there are entries: more than the log's thread is ever
     * behind. After them it is summed up anew from all entries when somebody asks, so a table whose digest nobody asks for holds
     * no more than this of its past.
     */
    static final int MAX_CHANGES = 2048;

    @SuppressWarnings("rawtypes")
    private static final Table EMPTY = new Table<>(null, new Version(Version.Sum.ZERO));

    private final @Nullable Node<K, V> root;
    private final Version version;

    private Table(@Nullable Node<K, V> root, Version version) {
        this.root = root;
        this.version = version;
    }

    @Nullable
    Node<K, V> root() {
        return root;
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
        return Tree.size(root);
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
        return with(new Entry<>(key, value));
    }

    /** As {@link #with(Comparable, Object)}, with an entry that may have a time. */
    Table<K, V> with(Entry<K, V> entry) {
        Put<K, V> put = new Put<>(entry);
        Node<K, V> changed = put.in(root);
        return changed == root ? this : new Table<>(changed, version.next(put.replaced, put.entry, Tree.size(changed)));
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
        Node<K, V> changed = Tree.removed(root, key);
        return changed == null ? empty() : new Table<>(changed, version.next(before, null, Tree.size(changed)));
    }

    /** The least time of the entries put with one; {@link Deadlines#NEVER} if there is none. */
    long leastTime() {
        return Tree.least(root);
    }

    /** The keys of the entries with a time not after the given one, earliest first, then by key; at most as many as given. */
    List<K> due(long now, int atMost) {
        return Tree.due(root, now, atMost);
    }

    /** The entry with the least key. */
    public Optional<Map.Entry<K, V>> first() {
        if (root == null) {
            return Optional.empty();
        }
        return Optional.of(Tree.leftmost(root).entry);
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
        TreeDifferences.of(root, later.root, each);
    }

    /** The sum of the entries' digests. */
    public Digest digest() {
        Version.Sum sum = version.sum(root);
        return new Digest(sum.high(), sum.low());
    }

    @Override
    public void feed(Hasher sink) {
        sink.putLong(size());
        if (root != null) {
            Version.Sum sum = version.sum(root);
            sink.putLong(sum.high()).putLong(sum.low()).account(sum.words());
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
}
