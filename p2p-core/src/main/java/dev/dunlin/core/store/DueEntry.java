package dev.dunlin.core.store;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * An entry that a tick found due, and that becomes an action.
 *
 * @param action what it becomes
 */
record DueEntry<S, K extends Comparable<? super K>, V>(
        Mount<?, S, ?> mount, Dues<S, K, V, ?> dues, K key, V value, Action action) {

    /** A table with something due. */
    private record Waiting<S, A extends Action>(Mount<?, S, A> mount, Dues<S, ?, ?, A> dues, S own, long since) {}

    /** The machines' due entries at a time, at most as many as given: the table that waits longest first. */
    static <R> List<DueEntry<?, ?, ?>> of(Mounts<R> mounts, Store<R> in, long now, int atMost) {
        List<Waiting<?, ?>> waiting = new ArrayList<>(4);
        for (Mount<R, ?, ?> mount : mounts.all()) {
            if (!mount.dues.isEmpty() && in.takesPart(mount.index)) {
                find(mount, mount.read(in.node(), in.root()), now, waiting);
            }
        }
        // Stable: those that wait equally long stay in mounting order.
        waiting.sort(Comparator.comparingLong(Waiting::since));
        List<DueEntry<?, ?, ?>> found = new ArrayList<>();
        for (Waiting<?, ?> table : waiting) {
            collect(table, now, atMost, found);
        }
        return found;
    }

    @SuppressWarnings("unchecked") // a mount's own state
    private static <R, S, A extends Action> void find(
            Mount<R, S, A> mount, Object own, long now, List<Waiting<?, ?>> to) {
        for (Dues<S, ?, ?, A> dues : mount.dues) {
            long since = dues.table().apply((S) own).nextDue();
            if (since <= now) {
                to.add(new Waiting<>(mount, dues, (S) own, since));
            }
        }
    }

    private static <S, A extends Action> void collect(
            Waiting<S, A> table, long now, int atMost, List<DueEntry<?, ?, ?>> to) {
        collect(table.mount(), table.dues(), table.own(), now, atMost, to);
    }

    private static <S, K extends Comparable<? super K>, V> void collect(
            Mount<?, S, ?> mount, Dues<S, K, V, ?> dues, S own, long now, int atMost, List<DueEntry<?, ?, ?>> to) {
        Table<K, V> table = dues.table().apply(own);
        for (K key : table.due(now, atMost - to.size())) {
            V value = table.at(key);
            to.add(new DueEntry<>(mount, dues, key, value, dues.as().apply(key, value)));
        }
    }

    /** Whether the key's entry is due in a state and becomes the very same action: the action tells of what is. */
    boolean isAsDealt(Object state, long now) {
        return present(state)
                .filter(present -> present == value
                        || (Due.of(present) <= now
                                && dues.as().apply(key, present).equals(action)))
                .isPresent();
    }

    /** Whether the key's entry is due in a state. */
    boolean isDue(Object state, long now) {
        return present(state).filter(present -> Due.of(present) <= now).isPresent();
    }

    @SuppressWarnings("unchecked") // the mount's own state
    private Optional<V> present(Object state) {
        return dues.table().apply((S) state).find(key);
    }
}
