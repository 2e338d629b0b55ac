package dev.dunlin.core.debug;

import dev.dunlin.core.codec.Parts;
import dev.dunlin.core.state.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which parts of the state changed in a stretch of steps, as a set of hashes: of each part of which something changed, and again
 * of each that went, came or changed as a whole, for then all that it had inside may have, too. A hash may be another part's by
 * chance; a part whose hashes are missing did not change.
 */
final class ChangedParts {

    /** The most hashes of one stretch, and the most parts that one step is compared in; beyond them, all parts count as changed. */
    static final int MOST = 1 << 14;

    /** Stands for all parts. */
    static final int ALL = 0;

    private static final long ROOT = 0x9E3779B97F4A7C15L;

    private final Parts parts;
    private final TreeSet<Integer> hashes = new TreeSet<>();
    private int left;

    ChangedParts(Parts parts) {
        this.parts = parts;
    }

    /** A machine's state changed in a step. */
    void add(String machine, Object before, Object after) {
        left = MOST;
        compare(child(ROOT, machine), before, after);
        if (left < 0 || hashes.size() > MOST) {
            hashes.clear();
            hashes.add(ALL);
        }
    }

    /** The hashes, in order; a new stretch begins. */
    List<Integer> take() {
        List<Integer> taken = List.copyOf(hashes);
        hashes.clear();
        return taken;
    }

    private boolean compare(long path, Object before, Object after) {
        if (before == after || --left < 0) {
            return false;
        }
        boolean changed = switch (before) {
            case Optional<?> one
            when after instanceof Optional<?> other ->
                one.isPresent() && other.isPresent()
                        ? compare(path, one.get(), other.get())
                        : one.isPresent() != other.isPresent() && whole(path);
            case Table<?, ?> one when after instanceof Table<?, ?> other -> tables(path, one, other);
            case List<?> one when after instanceof List<?> other -> lists(path, one, other);
            case Record one when after instanceof Record other -> records(path, one, other);
            default -> !before.equals(after) && whole(path);
        };
        if (changed) {
            hashes.add(some(path));
        }
        return changed;
    }

    private boolean whole(long path) {
        hashes.add(some(path));
        hashes.add(all(path));
        return true;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // two versions of one table have keys of one type
    private boolean tables(long path, Table before, Table after) {
        boolean[] changed = {false};
        before.differences(after, (Table.Difference) (key, one, other) -> {
            long at = child(path, parts.name(key));
            changed[0] |= one.isPresent() && other.isPresent()
                    ? compare(at, one.get(), other.get())
                    : left-- > 0 && whole(at);
        });
        return changed[0];
    }

    private boolean lists(long path, List<?> before, List<?> after) {
        boolean changed = false;
        for (int i = 0; i < Math.max(before.size(), after.size()) && left >= 0; i++) {
            long at = child(path, Integer.toString(i));
            if (i < before.size() && i < after.size()) {
                changed |= compare(at, before.get(i), after.get(i));
            } else {
                changed |= left-- > 0 && whole(at);
            }
        }
        return changed;
    }

    private boolean records(long path, Record before, Record after) {
        Map<String, Object> fields = parts.fields(before);
        if (before.getClass() != after.getClass() || fields.isEmpty()) {
            return !before.equals(after) && whole(path);
        }
        Map<String, Object> others = parts.fields(after);
        boolean changed = false;
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            changed |= compare(
                    child(path, field.getKey()),
                    field.getValue(),
                    others.getOrDefault(field.getKey(), field.getValue()));
        }
        return changed;
    }

    /**
     * The hashes one of which a stretch has if a path may have changed in it.
     *
     * @param path the machine, and the names inside its state
     */
    static TreeSet<Integer> of(List<String> path, Parts parts) {
        TreeSet<Integer> wanted = new TreeSet<>(List.of(ALL));
        TreeSet<Long> above = new TreeSet<>(List.of(child(ROOT, path.getFirst())));
        for (String name : path.subList(1, path.size())) {
            TreeSet<Long> below = new TreeSet<>();
            for (long at : above) {
                wanted.add(all(at));
                parts.names(name).forEach(spelled -> below.add(child(at, spelled)));
            }
            above = below;
        }
        above.forEach(at -> wanted.add(some(at)));
        return wanted;
    }

    private static long child(long path, String name) {
        long hash = path * 31 + name.hashCode();
        hash = (hash ^ hash >>> 33) * 0xFF51AFD7ED558CCDL;
        hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
        return hash ^ hash >>> 33;
    }

    private static int some(long path) {
        return Math.max(1, (int) path & Integer.MAX_VALUE);
    }

    private static int all(long path) {
        return Math.max(1, (int) (path >>> 32) & Integer.MAX_VALUE);
    }
}
