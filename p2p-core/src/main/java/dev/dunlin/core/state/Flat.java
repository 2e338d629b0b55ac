package dev.dunlin.core.state;

import dev.dunlin.core.state.Sum.Adder;
import dev.dunlin.core.state.Tree.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * A small {@link Table}'s entries in one array, key beside value, in key order: an eighth of what a tree of them takes, and as
 * quick to search. The array is never changed.
 */
final class Flat {

    /** A table of more entries is a tree. */
    static final int MOST = 8;

    /** A tree of no more entries becomes flat again. */
    static final int FEW = 5;

    private Flat() {}

    static int size(Object[] pairs) {
        return pairs.length / 2;
    }

    @SuppressWarnings("unchecked")
    static <K> K key(Object[] pairs, int place) {
        return (K) pairs[2 * place];
    }

    @SuppressWarnings("unchecked")
    static <V> V value(Object[] pairs, int place) {
        return (V) pairs[2 * place + 1];
    }

    /** The place of a key, or {@code -1 - place} of where it would stand. */
    static <K extends Comparable<? super K>> int find(Object[] pairs, K key) {
        int size = size(pairs);
        for (int place = 0; place < size; place++) {
            int order = key.compareTo(Flat.<K>key(pairs, place));
            if (order <= 0) {
                return order == 0 ? place : -1 - place;
            }
        }
        return -1 - size;
    }

    static Object[] replaced(Object[] pairs, int place, Object value) {
        Object[] changed = pairs.clone();
        changed[2 * place + 1] = value;
        return changed;
    }

    static Object[] added(Object[] pairs, int place, Object key, Object value) {
        Object[] changed = Arrays.copyOf(pairs, pairs.length + 2);
        System.arraycopy(pairs, 2 * place, changed, 2 * place + 2, pairs.length - 2 * place);
        changed[2 * place] = key;
        changed[2 * place + 1] = value;
        return changed;
    }

    static Object[] removed(Object[] pairs, int place) {
        Object[] changed = Arrays.copyOf(pairs, pairs.length - 2);
        System.arraycopy(pairs, 2 * place + 2, changed, 2 * place, pairs.length - 2 * place - 2);
        return changed;
    }

    static Object[] of(List<? extends Map.Entry<?, ?>> entries) {
        Object[] pairs = new Object[2 * entries.size()];
        int at = 0;
        for (Map.Entry<?, ?> entry : entries) {
            pairs[at++] = entry.getKey();
            pairs[at++] = entry.getValue();
        }
        return pairs;
    }

    static <K, V> List<Entry<K, V>> entries(Object[] pairs) {
        List<Entry<K, V>> entries = new ArrayList<>();
        for (int place = 0; place < size(pairs); place++) {
            entries.add(new Entry<>(key(pairs, place), value(pairs, place)));
        }
        return entries;
    }

    static long least(Object[] pairs) {
        long least = Due.NEVER;
        for (int at = 1; at < pairs.length; at += 2) {
            least = Math.min(least, Due.of(pairs[at]));
        }
        return least;
    }

    static Sum sum(Object[] pairs, boolean remembers) {
        Adder adder = new Adder(remembers);
        for (int at = 0; at < pairs.length; at += 2) {
            adder.add(pairs[at], pairs[at + 1]);
        }
        return adder.sum();
    }

    /** The entries from a place on, forwards or backwards. */
    static <K, V> Iterator<Map.Entry<K, V>> iterator(Object[] pairs, int from, boolean backwards) {
        return new Iterator<>() {
            private int next = from;

            @Override
            public boolean hasNext() {
                return backwards ? next >= 0 : next < size(pairs);
            }

            @Override
            public Map.Entry<K, V> next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("no entry is left");
                }
                Entry<K, V> entry = new Entry<>(key(pairs, next), value(pairs, next));
                next += backwards ? -1 : 1;
                return entry;
            }
        };
    }
}
