package dev.dunlin.core.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines as state: at most one per key, in an index ordered by time, then key. Times are microseconds since the Unix
 * epoch.
 *
 * @param <K> what the deadlines are of
 */
public final class Deadlines<K extends Comparable<? super K>> implements Canonical {

    /** Later than every time: no deadline. */
    public static final long NEVER = Long.MAX_VALUE;

    @SuppressWarnings("rawtypes")
    private static final Deadlines NONE = new Deadlines<String>(Table.empty(), Table.empty());

    private final Table<K, Long> byKey;
    private final Table<Due<K>, K> byTime;
    private final long next;

    private Deadlines(Table<K, Long> byKey, Table<Due<K>, K> byTime) {
        this.byKey = byKey;
        this.byTime = byTime;
        this.next = byTime.first().map(entry -> entry.getKey().at()).orElse(NEVER);
    }

    private record Due<K extends Comparable<? super K>>(long at, K key) implements Comparable<Due<K>> {
        @Override
        public int compareTo(Due<K> other) {
            int order = Long.compare(at, other.at);
            return order != 0 ? order : key.compareTo(other.key);
        }
    }

    /** No deadlines. */
    @SuppressWarnings("unchecked")
    public static <K extends Comparable<? super K>> Deadlines<K> none() {
        return NONE;
    }

    /** The deadlines of a table from key to time; the index is made anew. */
    public static <K extends Comparable<? super K>> Deadlines<K> of(Table<K, Long> times) {
        Deadlines<K> deadlines = none();
        for (Map.Entry<K, Long> entry : times) {
            deadlines = deadlines.with(entry.getKey(), entry.getValue());
        }
        return deadlines;
    }

    /** These with the deadline of a key set or moved; {@link #NEVER} takes it away. */
    public Deadlines<K> with(K key, long at) {
        if (at == NEVER) {
            return without(key);
        }
        Long before = byKey.find(key).orElse(null);
        if (before != null && before == at) {
            return this;
        }
        return new Deadlines<>(byKey.with(key, at), freed(key, before).with(new Due<>(at, key), key));
    }

    /** These without the deadline of a key. */
    public Deadlines<K> without(K key) {
        Long before = byKey.find(key).orElse(null);
        return before == null ? this : new Deadlines<>(byKey.without(key), freed(key, before));
    }

    private Table<Due<K>, K> freed(K key, @Nullable Long before) {
        return before == null ? byTime : byTime.without(new Due<>(before, key));
    }

    /** The earliest, or {@link #NEVER}. */
    public long next() {
        return next;
    }

    /** When a key is due, if it has a deadline. */
    public OptionalLong at(K key) {
        return byKey.find(key).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /** Whether a key has a deadline at or before a time. */
    public boolean isDue(K key, long now) {
        return byKey.or(key, NEVER) <= now;
    }

    /** The keys due at or before a time, earliest first, at most as many as given. */
    public List<K> due(long now, int atMost) {
        if (next > now) {
            return List.of();
        }
        List<K> due = new ArrayList<>();
        for (Map.Entry<Due<K>, K> entry : byTime) {
            if (entry.getKey().at() > now || due.size() == atMost) {
                break;
            }
            due.add(entry.getValue());
        }
        return due;
    }

    /** How many there are. */
    public int size() {
        return byKey.size();
    }

    /** From key to time. */
    public Table<K, Long> times() {
        return byKey;
    }

    @Override
    public void feed(Hasher sink) {
        byKey.feed(sink);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Deadlines<?> that && byKey.equals(that.byKey);
    }

    @Override
    public int hashCode() {
        return byKey.hashCode();
    }

    @Override
    public String toString() {
        return byKey.toString();
    }
}
