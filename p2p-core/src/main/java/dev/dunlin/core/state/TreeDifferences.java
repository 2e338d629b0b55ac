package dev.dunlin.core.state;

import dev.dunlin.core.state.Tree.Entry;
import dev.dunlin.core.state.Tree.Node;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
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

    static <K extends Comparable<? super K>, V> void of(
            @Nullable Node<K, V> earlier, @Nullable Node<K, V> later, Table.Difference<K, V> each) {
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
            TreeDifferences<K, V> before, TreeDifferences<K, V> after, Table.Difference<K, V> each) {
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
