package dev.dunlin.core.state;

import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;

/** A walk over the entries of a {@link Tree} in key order, or against it. */
final class TreeCursor<K, V> implements Iterator<Map.Entry<K, V>> {
    private final boolean backwards;

    // What is walked when this leaf has ended, the next last: never more than the tree is high.
    private final Object[] ahead;
    private int waiting;
    private Object[] leaf = Leaf.EMPTY;
    private int place;

    private TreeCursor(Object tree, boolean backwards) {
        this.backwards = backwards;
        this.ahead = tree instanceof Tree.Node node ? new Object[node.height()] : Leaf.EMPTY;
    }

    static <K, V> TreeCursor<K, V> all(Object tree, boolean backwards) {
        TreeCursor<K, V> cursor = new TreeCursor<>(tree, backwards);
        cursor.descend(tree);
        return cursor;
    }

    /** From the least key on that is not below one, or backwards from the greatest that is below it. */
    static <K extends Comparable<? super K>, V> TreeCursor<K, V> at(Object tree, K key, boolean backwards) {
        TreeCursor<K, V> cursor = new TreeCursor<>(tree, backwards);
        Object under = tree;
        while (under instanceof Tree.Node node) {
            boolean left = key.compareTo(node.key()) < 0;
            if (left != backwards) {
                cursor.ahead[cursor.waiting++] = left ? node.right : node.left;
            }
            under = left ? node.left : node.right;
        }
        cursor.leaf = (Object[]) under;
        int found = Leaf.find(cursor.leaf, key);
        cursor.place = (found < 0 ? -1 - found : found) - (backwards ? 1 : 0);
        cursor.advance();
        return cursor;
    }

    private void descend(Object tree) {
        Object under = tree;
        while (under instanceof Tree.Node node) {
            ahead[waiting++] = backwards ? node.left : node.right;
            under = backwards ? node.right : node.left;
        }
        leaf = (Object[]) under;
        place = backwards ? Leaf.size(leaf) - 1 : 0;
    }

    // To the next leaf where this one has ended.
    private void advance() {
        if (!hasNext() && waiting > 0) {
            descend(ahead[--waiting]);
        }
    }

    @Override
    public boolean hasNext() {
        return place >= 0 && place < Leaf.size(leaf);
    }

    @Override
    public Map.Entry<K, V> next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no entry is left");
        }
        Tree.Entry<K, V> entry = new Tree.Entry<>(Leaf.key(leaf, place), Leaf.value(leaf, place));
        place += backwards ? -1 : 1;
        advance();
        return entry;
    }
}
