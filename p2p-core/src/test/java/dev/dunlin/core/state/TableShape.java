package dev.dunlin.core.state;

import org.jspecify.annotations.Nullable;

/** Looks into a table's tree: whether each node is balanced, and knows its height, its size and the least time beneath it. */
final class TableShape {

    private TableShape() {}

    private record Seen(int height, int size, long least) {
        static final Seen NOTHING = new Seen(0, 0, Due.NEVER);
    }

    static int height(Table<?, ?> table) {
        return walk(table.asTree()).height();
    }

    /** Throws if a node's halves differ in height by more than one, or its count, height or least time is wrong. */
    static void check(Table<?, ?> table) {
        walk(table.asTree());
    }

    private static Seen walk(Tree.@Nullable Node<?, ?> node) {
        if (node == null) {
            return Seen.NOTHING;
        }
        Seen left = walk(node.left);
        Seen right = walk(node.right);
        if (Math.abs(left.height() - right.height()) > 1) {
            throw new AssertionError("a node has halves of the heights " + left.height() + " and " + right.height());
        }
        Seen seen = new Seen(
                Math.max(left.height(), right.height()) + 1,
                left.size() + right.size() + 1,
                Math.min(node.entry.time(), Math.min(left.least(), right.least())));
        Seen said = new Seen(node.height(), node.size(), Tree.least(node));
        if (!seen.equals(said)) {
            throw new AssertionError("a node says " + said + " and is " + seen);
        }
        return seen;
    }
}
