package dev.dunlin.core.state;

import dev.dunlin.core.state.Tree.Node;
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
 * <p>A balanced tree of small arrays of entries: a changed table shares all but one array and some log2(n/6) nodes with the one
 * it came from. The digest is the sum of the entries' digests: tables of equal content have equal digests, whatever their shapes,
 * and it costs what changed since a digest was last asked for in the table's {@linkplain Lineage lineage}.
 *
 * <p>A value that is {@link Due} makes its entry due at its time. The table knows its earliest due entry without a second index.
 *
 * <p>Immutable; safe to read from any thread.
 *
 * @param <K> keys; {@code compareTo} must agree with {@code equals}
 * @param <V> values: records, or others that {@link Content} can digest
 */
public final class Table<K extends Comparable<? super K>, V> implements Iterable<Map.Entry<K, V>>, Canonical {

    @SuppressWarnings("rawtypes")
    private static final Table EMPTY = new Table<>(Leaf.EMPTY, null);

    private final Object tree;

    // Of several leaves their lineage. Of one leaf its sum, once it was asked for: a race costs work, never truth.
    private @Nullable Object memory;

    private Table(Object tree, @Nullable Object memory) {
        this.tree = tree;
        this.memory = memory;
    }

    private Table<K, V> changed(Object other) {
        if (other == tree) {
            return this;
        }
        if (other instanceof Node) {
            return new Table<>(other, memory instanceof Lineage lineage ? lineage : new Lineage());
        }
        return Tree.size(other) == 0 ? empty() : new Table<>(other, null);
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

    /** The tree: for tests, which look whether it is in shape. */
    Object tree() {
        return tree;
    }

    /** How many entries. */
    public int size() {
        return Tree.size(tree);
    }

    /** Whether there is no entry. */
    public boolean isEmpty() {
        return this == EMPTY;
    }

    /** Whether the key has a value. */
    public boolean has(K key) {
        return value(key) != null;
    }

    /** The value of a key, if it has one. */
    public Optional<V> find(K key) {
        return Optional.ofNullable(value(key));
    }

    /**
     * The value of a key that is known to be here, as when a guard has asked.
     *
     * @throws NoSuchElementException if it is not
     */
    public V at(K key) {
        V value = value(key);
        if (value == null) {
            throw new NoSuchElementException("no entry for " + key);
        }
        return value;
    }

    /** The value of a key, or the given one. */
    public V or(K key, V otherwise) {
        V value = value(key);
        return value == null ? otherwise : value;
    }

    @SuppressWarnings("unchecked") // what was put there
    private @Nullable V value(K key) {
        return (V) Tree.find(tree, key);
    }

    /** This table with an entry added or its value replaced; this very table if that very value is already there. */
    public Table<K, V> with(K key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        return changed(Tree.with(tree, key, value));
    }

    /** This table with a present value put through a function; this very table if the key has no value. */
    public Table<K, V> updated(K key, UnaryOperator<V> change) {
        V value = value(key);
        return value == null ? this : with(key, change.apply(value));
    }

    /** This table without an entry; this very table if there is none. */
    public Table<K, V> without(K key) {
        return has(key) ? changed(Tree.without(tree, key)) : this;
    }

    /** When the first entry is due, microseconds of the node's time; {@link Due#NEVER} if none is. */
    public long nextDue() {
        return Tree.least(tree);
    }

    /** The keys of the entries due at or before a time, earliest first, then by key; at most as many as given. */
    public List<K> due(long now, int atMost) {
        return DueSearch.due(tree, now, atMost);
    }

    /** The entry with the least key. */
    public Optional<Map.Entry<K, V>> first() {
        return isEmpty() ? Optional.empty() : Optional.of(Tree.first(tree));
    }

    /** The entry with the greatest key. */
    public Optional<Map.Entry<K, V>> last() {
        return isEmpty() ? Optional.empty() : Optional.of(Tree.last(tree));
    }

    /** The entry with the greatest key that is less than the given one. */
    public Optional<Map.Entry<K, V>> before(K key) {
        return firstOf(descending(key).iterator());
    }

    private static <E> Optional<E> firstOf(Iterator<E> entries) {
        return entries.hasNext() ? Optional.of(entries.next()) : Optional.empty();
    }

    /** The entries in key order. */
    @Override
    public Iterator<Map.Entry<K, V>> iterator() {
        return TreeCursor.all(tree, false);
    }

    /** The entries from a key on, that key included, in key order. */
    public Iterable<Map.Entry<K, V>> from(K key) {
        return () -> TreeCursor.at(tree, key, false);
    }

    /** The entries against the key order, the greatest key first. */
    public Iterable<Map.Entry<K, V>> descending() {
        return () -> TreeCursor.all(tree, true);
    }

    /** The entries before a key, that key excluded, against the key order. */
    public Iterable<Map.Entry<K, V>> descending(K before) {
        return () -> TreeCursor.at(tree, before, true);
    }

    /** The keys in order. */
    public Iterable<K> keys() {
        return () -> new Iterator<>() {
            private final Iterator<Map.Entry<K, V>> entries = Table.this.iterator();

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
            private final Iterator<Map.Entry<K, V>> entries = Table.this.iterator();

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
        each(tree, action);
    }

    private static <K, V> void each(Object tree, BiConsumer<? super K, ? super V> action) {
        if (tree instanceof Node node) {
            each(node.left, action);
            each(node.right, action);
        } else {
            Object[] leaf = (Object[]) tree;
            for (int place = 0; place < Leaf.size(leaf); place++) {
                action.accept(Leaf.key(leaf, place), Leaf.value(leaf, place));
            }
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
        TreeDifferences.<K, V>of(
                tree,
                later.tree,
                (key, before, after) -> each.at(key, Optional.ofNullable(before), Optional.ofNullable(after)));
    }

    /** The sum of the entries' digests. */
    public Digest digest() {
        Sum sum = sum(true);
        return new Digest(sum.high(), sum.low());
    }

    private Sum sum(boolean remembers) {
        Object known = memory;
        if (known instanceof Sum sum) {
            return sum;
        }
        if (known instanceof Lineage lineage) {
            return remembers ? lineage.sum(tree) : Lineage.fresh(tree, false);
        }
        Sum sum = Lineage.fresh(tree, remembers);
        if (remembers && !isEmpty()) {
            memory = sum;
        }
        return sum;
    }

    @Override
    public void feed(Hasher sink) {
        sink.putLong(size());
        if (!isEmpty()) {
            Sum sum = sum(sink.remembers());
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
