package dev.dunlin.core.state;

import java.util.Arrays;

/** Some entries of a {@link Tree} in one array, key beside value, in key order. The array is never changed. */
final class Leaf {

    static final Object[] EMPTY = {};

    /** More entries are two leaves. */
    static final int MOST = 8;

    /** Two neighbours of no more entries become one. */
    static final int FEW = 5;

    private Leaf() {}

    static int size(Object[] leaf) {
        return leaf.length / 2;
    }

    @SuppressWarnings("unchecked") // the keys of one table have one type
    static <K> K key(Object[] leaf, int place) {
        return (K) leaf[2 * place];
    }

    @SuppressWarnings("unchecked") // as the keys
    static <V> V value(Object[] leaf, int place) {
        return (V) leaf[2 * place + 1];
    }

    /** The place of a key, or {@code -1 - place} of where it would stand. */
    static <K extends Comparable<? super K>> int find(Object[] leaf, K key) {
        int size = size(leaf);
        for (int place = 0; place < size; place++) {
            int order = key.compareTo(Leaf.<K>key(leaf, place));
            if (order <= 0) {
                return order == 0 ? place : -1 - place;
            }
        }
        return -1 - size;
    }

    static Object[] replaced(Object[] leaf, int place, Object value) {
        Object[] changed = leaf.clone();
        changed[2 * place + 1] = value;
        return changed;
    }

    static Object[] added(Object[] leaf, int place, Object key, Object value) {
        Object[] changed = Arrays.copyOf(leaf, leaf.length + 2);
        System.arraycopy(leaf, 2 * place, changed, 2 * place + 2, leaf.length - 2 * place);
        changed[2 * place] = key;
        changed[2 * place + 1] = value;
        return changed;
    }

    static Object[] removed(Object[] leaf, int place) {
        Object[] changed = Arrays.copyOf(leaf, leaf.length - 2);
        System.arraycopy(leaf, 2 * place + 2, changed, 2 * place, leaf.length - 2 * place - 2);
        return changed;
    }

    static Object[] part(Object[] leaf, int from, int to) {
        return Arrays.copyOfRange(leaf, 2 * from, 2 * to);
    }

    static Object[] joined(Object[] one, Object[] other) {
        Object[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /** The earliest time at which an entry is due. */
    static long least(Object[] leaf) {
        long least = Due.NEVER;
        for (int at = 1; at < leaf.length; at += 2) {
            least = Math.min(least, Due.of(leaf[at]));
        }
        return least;
    }
}
