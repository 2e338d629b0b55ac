package dev.dunlin.core.state;

import dev.dunlin.core.state.Tree.Cursor;
import dev.dunlin.core.state.Tree.Entry;
import dev.dunlin.core.state.Tree.Node;
import java.util.ArrayList;
import java.util.Comparator;
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
 * <p>A few entries stand in one array; more are a balanced binary tree, of which a changed table shares all but some log2(n)
 * nodes with the one it came from. The digest is the sum of the entries' digests: tables of equal content have equal digests,
 * whatever their shapes, and it costs what changed since a digest was last asked for in the table's {@linkplain Lineage lineage}.
 *
 * <p>A value that is {@link Due} makes its entry due at its time. The table knows its earliest due entry without a second index.
 *
 * <p>Immutable; safe to read from any thread.
 *
 * @param <K> keys; {@code compareTo} must agree with {@code equals}
 * @param <V> values: records, or others that {@link Content} can digest
 */
public final class Table<K extends Comparable<? super K>, V> implements Iterable<Map.Entry<K, V>>, Canonical {

    private static final Object[] NOTHING = {};

    @SuppressWarnings("rawtypes")
    private static final Table EMPTY = new Table<>(NOTHING, null);

    // An array of pairs, or the root node of a tree.
    private final Object content;

    // Of a tree its lineage. Of an array its sum, once it was asked for: a race costs work, never truth.
    private @Nullable Object memory;

    private Table(Object content, @Nullable Object memory) {
        this.content = content;
        this.memory = memory;
    }

    private static <K extends Comparable<? super K>, V> Table<K, V> flat(Object[] pairs) {
        return pairs.length == 0 ? empty() : new Table<>(pairs, null);
    }

    private static <K extends Comparable<? super K>, V> Table<K, V> ofTree(
            @Nullable Node<K, V> root, @Nullable Object lineage) {
        if (root == null) {
            return empty();
        }
        if (root.size() <= Flat.FEW) {
            List<Map.Entry<K, V>> entries = new ArrayList<>();
            Cursor.all(root, false).forEachRemaining(entries::add);
            return flat(Flat.of(entries));
        }
        return new Table<>(root, lineage == null ? new Lineage() : lineage);
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

    private Object @Nullable [] pairs() {
        return content instanceof Object[] pairs ? pairs : null;
    }

    @SuppressWarnings("unchecked")
    private Node<K, V> root() {
        return (Node<K, V>) content;
    }

    @Nullable
    Node<K, V> asTree() {
        Object[] pairs = pairs();
        return pairs == null ? root() : Tree.of(Flat.entries(pairs));
    }

    /** How many entries. */
    public int size() {
        Object[] pairs = pairs();
        return pairs == null ? root().size() : Flat.size(pairs);
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

    private @Nullable V value(K key) {
        Object[] pairs = pairs();
        if (pairs != null) {
            int place = Flat.find(pairs, key);
            return place < 0 ? null : Flat.value(pairs, place);
        }
        Node<K, V> node = root();
        while (node != null) {
            int order = key.compareTo(node.entry.key);
            if (order == 0) {
                return node.entry.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    /** This table with an entry added or its value replaced; this very table if that very value is already there. */
    public Table<K, V> with(K key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        Object[] pairs = pairs();
        if (pairs == null) {
            Node<K, V> changed = Tree.with(root(), new Entry<>(key, value));
            return changed == content ? this : new Table<>(changed, memory);
        }
        int place = Flat.find(pairs, key);
        if (place >= 0) {
            return pairs[2 * place + 1] == value ? this : flat(Flat.replaced(pairs, place, value));
        }
        Object[] more = Flat.added(pairs, -1 - place, key, value);
        return Flat.size(more) <= Flat.MOST ? flat(more) : ofTree(Tree.of(Flat.<K, V>entries(more)), null);
    }

    /** This table with a present value put through a function; this very table if the key has no value. */
    public Table<K, V> updated(K key, UnaryOperator<V> change) {
        V value = value(key);
        return value == null ? this : with(key, change.apply(value));
    }

    /** This table without an entry; this very table if there is none. */
    public Table<K, V> without(K key) {
        Object[] pairs = pairs();
        if (pairs != null) {
            int place = Flat.find(pairs, key);
            return place < 0 ? this : flat(Flat.removed(pairs, place));
        }
        return has(key) ? ofTree(Tree.removed(root(), key), memory) : this;
    }

    /** When the first entry is due, microseconds of the node's time; {@link Due#NEVER} if none is. */
    public long nextDue() {
        Object[] pairs = pairs();
        return pairs == null ? Tree.least(root()) : Flat.least(pairs);
    }

    /** The keys of the entries due at or before a time, earliest first, then by key; at most as many as given. */
    public List<K> due(long now, int atMost) {
        Object[] pairs = pairs();
        if (pairs == null) {
            return Tree.due(root(), now, atMost);
        }
        if (Flat.least(pairs) > now) {
            return List.of();
        }
        // Stable: what is due at one time stays in the order of the keys.
        return Flat.<K, V>entries(pairs).stream()
                .filter(entry -> entry.time() <= now)
                .sorted(Comparator.comparingLong(Entry::time))
                .limit(atMost)
                .map(entry -> entry.key)
                .toList();
    }

    /** The entry with the least key. */
    public Optional<Map.Entry<K, V>> first() {
        return firstOf(iterator());
    }

    /** The entry with the greatest key. */
    public Optional<Map.Entry<K, V>> last() {
        return firstOf(descending().iterator());
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
        Object[] pairs = pairs();
        return pairs == null ? Cursor.all(root(), false) : Flat.iterator(pairs, 0, false);
    }

    /** The entries from a key on, that key included, in key order. */
    public Iterable<Map.Entry<K, V>> from(K key) {
        return () -> {
            Object[] pairs = pairs();
            if (pairs == null) {
                return Cursor.at(root(), key, false);
            }
            int place = Flat.find(pairs, key);
            return Flat.iterator(pairs, place < 0 ? -1 - place : place, false);
        };
    }

    /** The entries against the key order, the greatest key first. */
    public Iterable<Map.Entry<K, V>> descending() {
        return () -> {
            Object[] pairs = pairs();
            return pairs == null ? Cursor.all(root(), true) : Flat.iterator(pairs, Flat.size(pairs) - 1, true);
        };
    }

    /** The entries before a key, that key excluded, against the key order. */
    public Iterable<Map.Entry<K, V>> descending(K before) {
        return () -> {
            Object[] pairs = pairs();
            if (pairs == null) {
                return Cursor.at(root(), before, true);
            }
            int place = Flat.find(pairs, before);
            return Flat.iterator(pairs, (place < 0 ? -1 - place : place) - 1, true);
        };
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
        Object[] pairs = pairs();
        if (pairs == null) {
            each(root(), action);
        } else {
            for (int place = 0; place < Flat.size(pairs); place++) {
                action.accept(Flat.key(pairs, place), Flat.value(pairs, place));
            }
        }
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
        if (content == later.content) {
            return;
        }
        TreeDifferences.of(asTree(), later.asTree(), (before, after) -> {
            if (before == null || after == null || before.value != after.value) {
                each.at(
                        before == null ? Objects.requireNonNull(after).key : before.key,
                        Optional.ofNullable(before).map(Entry::getValue),
                        Optional.ofNullable(after).map(Entry::getValue));
            }
        });
    }

    /** The sum of the entries' digests. */
    public Digest digest() {
        Sum sum = sum(true);
        return new Digest(sum.high(), sum.low());
    }

    private Sum sum(boolean remembers) {
        Object[] pairs = pairs();
        Object known = memory;
        if (pairs == null) {
            return remembers && known instanceof Lineage lineage ? lineage.sum(root()) : Lineage.fresh(root());
        }
        if (pairs.length == 0) {
            return Sum.ZERO;
        }
        if (known instanceof Sum sum) {
            return sum;
        }
        Sum sum = Flat.sum(pairs, remembers);
        if (remembers) {
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
