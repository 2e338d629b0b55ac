package dev.dunlin.core.state;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/** Looks into a table's tree, which nobody else may see. */
final class TableShape {

    private TableShape() {}

    static int height(Table<?, ?> table) {
        return walk(field(table, "root"))[0];
    }

    /** Throws if a node's halves differ in height by more than one, or its count or height is wrong. */
    static void check(Table<?, ?> table) {
        walk(field(table, "root"));
    }

    private static int[] walk(@Nullable Object node) {
        if (node == null) {
            return new int[] {0, 0};
        }
        int[] left = walk(field(node, "left"));
        int[] right = walk(field(node, "right"));
        int height = Math.max(left[0], right[0]) + 1;
        int size = left[1] + right[1] + 1;
        if (Math.abs(left[0] - right[0]) > 1) {
            throw new AssertionError("a node has halves of the heights " + left[0] + " and " + right[0]);
        }
        if (!Byte.valueOf((byte) height).equals(field(node, "height"))
                || !Integer.valueOf(size).equals(field(node, "size"))) {
            throw new AssertionError("a node of height " + height + " and size " + size + " says otherwise");
        }
        return new int[] {height, size};
    }

    private static @Nullable Object field(Object of, String name) {
        try {
            Field field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(of);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("no field " + name, e);
        }
    }
}
