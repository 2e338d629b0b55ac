package dev.dunlin.core.state;

import org.jspecify.annotations.Nullable;

/**
 * Looks into a table's tree: whether each node is balanced, parts the keys of its two sides, and knows its height, its size and
 * the least time on each side; and whether each leaf is of a size that leaves have.
 */
final class TableShape {

    private TableShape() {}

    private record Seen(int height, int size, long least, Object first, Object last) {}

    static int height(Table<?, ?> table) {
        return table.isEmpty() ? 0 : walk(table.tree()).height();
    }

    /** Throws if the tree is not in shape. */
    static void check(Table<?, ?> table) {
        if (!table.isEmpty()) {
            walk(table.tree());
        }
    }

    private static Seen walk(Object tree) {
        return tree instanceof Tree.Node node ? inner(node) : leaf((Object[]) tree);
    }

    private static Seen leaf(Object[] leaf) {
        int size = Leaf.size(leaf);
        if (size < 1 || size > Leaf.MOST) {
            throw new AssertionError("a leaf has " + size + " entries");
        }
        for (int place = 1; place < size; place++) {
            above(Leaf.key(leaf, place - 1), Leaf.key(leaf, place), false);
        }
        return new Seen(0, size, Leaf.least(leaf), Leaf.key(leaf, 0), Leaf.key(leaf, size - 1));
    }

    private static Seen inner(Tree.Node node) {
        Seen left = walk(node.left);
        Seen right = walk(node.right);
        if (Math.abs(left.height() - right.height()) > 1) {
            throw new AssertionError("a node has sides of the heights " + left.height() + " and " + right.height());
        }
        above(left.last(), node.key(), false);
        above(node.key(), right.first(), true);
        if (node.leastLeft() != left.least() || node.leastRight() != right.least()) {
            throw new AssertionError("a node says that its sides are due at " + node.leastLeft() + " and "
                    + node.leastRight() + ", and they are at " + left.least() + " and " + right.least());
        }
        Seen seen = new Seen(
                Math.max(left.height(), right.height()) + 1,
                left.size() + right.size(),
                Math.min(left.least(), right.least()),
                left.first(),
                right.last());
        if (seen.height() != node.height() || seen.size() != node.size() || seen.least() != Tree.least(node)) {
            throw new AssertionError("a node says that it has the height " + node.height() + " and the size "
                    + node.size() + ", and is " + seen);
        }
        return seen;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the keys of one table have one type
    private static void above(Object lesser, @Nullable Object greater, boolean orEqual) {
        int order = ((Comparable) lesser).compareTo(greater);
        if (order > 0 || (order == 0 && !orEqual)) {
            throw new AssertionError(lesser + " stands before " + greater);
        }
    }
}
