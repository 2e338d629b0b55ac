package dev.dunlin.core.log;

import dev.dunlin.core.codec.Parts;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.state.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds the parts of a machine's state, as they are read back, to the state that was written. Gives the state's own values for
 * them, so that putting all together takes little memory beside the state.
 */
final class SnapshotHeld implements SnapshotParts.Checked {

    private final Parts parts;
    private final Object state;

    SnapshotHeld(Parts parts, Object state) {
        this.parts = parts;
        this.state = state;
    }

    @Override
    public Object value(List<String> path, Object read, int from, boolean whole) {
        Object own = parts.of(state, path).orElseThrow(() -> another(path));
        Object live = own instanceof Optional<?> optional && optional.isPresent() ? optional.get() : own;
        if (whole) {
            return same(path, read, live);
        }
        if (read instanceof Table<?, ?> entries && live instanceof Table<?, ?> table) {
            return some(path, entries, table);
        }
        if (read instanceof List<?> elements && live instanceof List<?> list && from + elements.size() <= list.size()) {
            return same(path, elements, list.subList(from, from + elements.size()));
        }
        throw another(path);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // both are of one type
    private static Table some(List<String> path, Table entries, Table live) {
        Table some = Table.empty();
        for (Map.Entry read : (Iterable<Map.Entry>) entries) {
            Map.Entry own = ((Iterable<Map.Entry>) live.from((Comparable) read.getKey()))
                    .iterator()
                    .next();
            same(path, read.getKey(), own.getKey());
            same(path, read.getValue(), own.getValue());
            some = some.with((Comparable) own.getKey(), own.getValue());
        }
        return some;
    }

    private static Object same(List<String> path, Object read, Object live) {
        if (!digest(read).equals(digest(live))) {
            throw another(path);
        }
        return live;
    }

    /** The digest's text; no table remembers anything of it. */
    static String digest(Object value) {
        Hasher hasher = new Hasher(false);
        Content.feed(value, hasher);
        return hasher.finish().toString();
    }

    private static IllegalArgumentException another(List<String> path) {
        return new IllegalArgumentException(
                "what stands at " + String.join(".", path) + " is another than was written");
    }
}
