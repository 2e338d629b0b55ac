package dev.dunlin.core.store;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An entry that a tick found due, and that becomes an action.
 *
 * @param action what it becomes
 */
record DueEntry<S, K extends Comparable<? super K>, V>(
        Mount<?, S, ?> mount, Dues<S, K, V, ?> dues, K key, V value, Action action) {

    /** The machines' due entries at a time, at most as many as given: the machine that waits longest first. */
    static <R> List<DueEntry<?, ?, ?>> of(Mounts<R> mounts, NodeState node, R root, long now, int atMost) {
        List<Mount<R, ?, ?>> waiting = new ArrayList<>();
        for (Mount<R, ?, ?> mount : mounts.all()) {
            if (!mount.dues.isEmpty() && mount.nextDue(mount.read(node, root)) <= now) {
                waiting.add(mount);
            }
        }
        // Stable: those that wait equally long stay in mounting order.
        waiting.sort(Comparator.comparingLong(mount -> mount.nextDue(mount.read(node, root))));
        List<DueEntry<?, ?, ?>> found = new ArrayList<>();
        for (Mount<R, ?, ?> mount : waiting) {
            collect(mount, mount.read(node, root), now, atMost, found);
        }
        return found;
    }

    @SuppressWarnings("unchecked") // a mount's own state
    private static <R, S, A extends Action> void collect(
            Mount<R, S, A> mount, Object own, long now, int atMost, List<DueEntry<?, ?, ?>> to) {
        for (Dues<S, ?, ?, A> dues : mount.dues) {
            collect(mount, dues, (S) own, now, atMost, to);
        }
    }

    private static <S, K extends Comparable<? super K>, V> void collect(
            Mount<?, S, ?> mount, Dues<S, K, V, ?> dues, S own, long now, int atMost, List<DueEntry<?, ?, ?>> to) {
        Table<K, V> table = dues.table().apply(own);
        for (K key : table.due(now, atMost - to.size())) {
            V value = table.at(key);
            to.add(new DueEntry<>(mount, dues, key, value, dues.as().apply(key, value)));
        }
    }

    /** Whether it is due in a state, too. */
    boolean isDue(Object state, long now) {
        @SuppressWarnings("unchecked") // the mount's own state
        Table<K, V> table = dues.table().apply((S) state);
        return table.find(key).filter(present -> Due.of(present) <= now).isPresent();
    }
}
