package dev.dunlin.core.state;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines as state: at most one per key; the next ones are found by time, then key. Times are microseconds since the Unix
 * epoch.
 *
 * @param <K> what the deadlines are of
 */
public final class Deadlines<K extends Comparable<? super K>> implements Canonical {

    /** Later than every time: no deadline. */
    public static final long NEVER = Long.MAX_VALUE;

    @SuppressWarnings("rawtypes")
    private static final Deadlines NONE = new Deadlines<String>(Table.empty());

    private final Table<K, Time> times;

    /** One deadline. */
    public record Time(long at) implements Due {}

    private Deadlines(Table<K, Time> times) {
        this.times = times;
    }

    /** No deadlines. */
    @SuppressWarnings("unchecked")
    public static <K extends Comparable<? super K>> Deadlines<K> none() {
        return NONE;
    }

    /** The deadlines of a table from key to time. */
    public static <K extends Comparable<? super K>> Deadlines<K> of(Table<K, Time> times) {
        Deadlines<K> deadlines = none();
        for (Map.Entry<K, Time> entry : times) {
            deadlines = deadlines.with(entry.getKey(), entry.getValue().at());
        }
        return deadlines;
    }

    /** These with the deadline of a key set or moved; {@link #NEVER} takes it away. */
    public Deadlines<K> with(K key, long at) {
        if (at == NEVER) {
            return without(key);
        }
        return isAt(key, at) ? this : new Deadlines<>(times.with(key, new Time(at)));
    }

    private boolean isAt(K key, long time) {
        return times.find(key).filter(known -> known.at() == time).isPresent();
    }

    /** These without the deadline of a key. */
    public Deadlines<K> without(K key) {
        Table<K, Time> changed = times.without(key);
        return changed == times ? this : changed.isEmpty() ? none() : new Deadlines<>(changed);
    }

    /** The earliest, or {@link #NEVER}. */
    public long next() {
        return times.nextDue();
    }

    /** When a key is due, if it has a deadline. */
    public OptionalLong at(K key) {
        return times.find(key).map(time -> OptionalLong.of(time.at())).orElse(OptionalLong.empty());
    }

    /** Whether a key has a deadline at or before a time. */
    public boolean isDue(K key, long now) {
        return times.find(key).filter(time -> time.at() <= now).isPresent();
    }

    /** The keys due at or before a time, earliest first, at most as many as given. */
    public List<K> due(long now, int atMost) {
        return times.due(now, atMost);
    }

    /** How many there are. */
    public int size() {
        return times.size();
    }

    /** From key to time. */
    public Table<K, Time> times() {
        return times;
    }

    @Override
    public void feed(Hasher sink) {
        times.feed(sink);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Deadlines<?> that && times.equals(that.times);
    }

    @Override
    public int hashCode() {
        return times.hashCode();
    }

    @Override
    public String toString() {
        return times.toString();
    }
}
