package dev.dunlin.connection.ping;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The last round-trip times of one peer, bounded by who adds them.
 *
 * @param recent microseconds, oldest first
 */
public record Rtts(List<Long> recent) {

    /** None yet. */
    public static final Rtts NONE = new Rtts(List.of());

    /** Copies the list. */
    public Rtts {
        recent = List.copyOf(recent);
    }

    /** These and another, without the oldest where there would be more than the limit. */
    Rtts with(long rttMicros, int limit) {
        List<Long> all = new ArrayList<>(recent);
        all.add(rttMicros);
        return new Rtts(all.subList(Math.max(0, all.size() - limit), all.size()));
    }

    /** The latest, microseconds. */
    public OptionalLong last() {
        return recent.isEmpty() ? OptionalLong.empty() : OptionalLong.of(recent.getLast());
    }

    /** The shortest, microseconds. */
    public OptionalLong min() {
        return recent.stream().mapToLong(Long::longValue).min();
    }

    /** The median, microseconds; of an even number the lower middle one. */
    public OptionalLong median() {
        return recent.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(recent.stream().sorted().toList().get((recent.size() - 1) / 2));
    }
}
