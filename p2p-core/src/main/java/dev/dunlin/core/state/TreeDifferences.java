package dev.dunlin.core.state;

import dev.dunlin.core.state.Tree.Entry;
import dev.dunlin.core.state.Tree.Node;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What of a tree is still to come when two are compared: whole subtrees, and entries of those that were opened. Subtrees that
 * both share are passed by unopened.
 */
final class TreeDifferences<K extends Comparable<? super K>, V> {

    private final Deque<Object> ahead = new ArrayDeque<>();

    private TreeDifferences(@Nullable Node<K, V> root) {
        push(root);
    }

    /** Takes the entries of one key that are not the same object; null where a tree has none. */
    @FunctionalInterface
    interface Each<K, V> {
        void at(@Nullable Entry<K, V> before, @Nullable Entry<K, V> after);
    }

    static <K extends Comparable<? super K>, V> void of(
            @Nullable Node<K, V> earlier, @Nullable Node<K, V> later, Each<K, V> each) {
        TreeDifferences<K, V> before = new TreeDifferences<>(earlier);
        TreeDifferences<K, V> after = new TreeDifferences<>(later);
        while (!before.ahead.isEmpty() || !after.ahead.isEmpty()) {
            Node<K, V> one = before.node();
            Node<K, V> other = after.node();
            if (one != null && one == other) {
                before.pass();
                after.pass();
            } else if (one != null && (other == null || one.height() >= other.height())) {
                before.open();
            } else if (other != null) {
                after.open();
            } else {
                differ(before, after, each);
            }
        }
    }

    private static <K extends Comparable<? super K>, V> void differ(
            TreeDifferences<K, V> before, TreeDifferences<K, V> after, Each<K, V> each) {
        Entry<K, V> one = before.entry();
        Entry<K, V> other = after.entry();
        int order = one == null ? 1 : other == null ? -1 : one.key.compareTo(other.key);
        if (order <= 0) {
            before.pass();
        }
        if (order >= 0) {
            after.pass();
        }
        if (one != other) {
            each.at(order <= 0 ? one : null, order >= 0 ? other : null);
        }
    }

    private void push(@Nullable Object next) {
        if (next != null) {
            ahead.push(next);
        }
    }

    /** The subtree that comes next, if it is one. */
    @SuppressWarnings("unchecked")
    private @Nullable Node<K, V> node() {
        return ahead.peek() instanceof Node<?, ?> node ? (Node<K, V>) node : null;
    }

    /** The entry that comes next, if it is one. */
    @SuppressWarnings("unchecked")
    private @Nullable Entry<K, V> entry() {
        return ahead.peek() instanceof Entry<?, ?> entry ? (Entry<K, V>) entry : null;
    }

    private void pass() {
        ahead.pop();
    }

    private void open() {
        Node<?, ?> node = (Node<?, ?>) ahead.pop();
        push(node.right);
        push(node.entry);
        push(node.left);
    }
}
