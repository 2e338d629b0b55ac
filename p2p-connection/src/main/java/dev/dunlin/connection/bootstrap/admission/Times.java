package dev.dunlin.connection.bootstrap.admission;

import dev.dunlin.core.state.Table;
import java.util.Map;
import java.util.Optional;

/**
 * A time for each of some names, such as until when it has to wait. There are never more than so many: the earliest is forgotten first.
 * Times are microseconds of the node's.
 *
 * @param at the time of each
 * @param order whose each time is; no two have the same
 */
public record Times<K extends Comparable<? super K>>(Table<K, Long> at, Table<Long, K> order) {

    /** None. */
    public static <K extends Comparable<? super K>> Times<K> none() {
        return new Times<>(Table.<K, Long>empty(), Table.empty());
    }

    /** The time of a name; another if it has none. */
    public long of(K name, long otherwise) {
        return at.or(name, otherwise);
    }

    /**
     * With a time of a name, or one a little later, if another has that.
     *
     * @param most how many there may be, at least 1
     */
    public Times<K> with(K name, long time, int most) {
        Times<K> after = without(name);
        while (after.at.size() >= most) {
            after = after.without(after.earliest().orElseThrow().getValue());
        }
        long free = time;
        while (after.order.has(free)) {
            free++;
        }
        return new Times<>(after.at.with(name, free), after.order.with(free, name));
    }

    /** Without a name. */
    public Times<K> without(K name) {
        return at.find(name)
                .map(time -> new Times<>(at.without(name), order.without(time)))
                .orElse(this);
    }

    /** Without those whose time is over, two at most: called for each that comes, it forgets faster than names come. */
    public Times<K> passed(long now) {
        Times<K> after = this;
        for (int i = 0; i < 2; i++) {
            Optional<Map.Entry<Long, K>> first = after.earliest();
            if (first.isEmpty() || first.get().getKey() > now) {
                break;
            }
            after = after.without(first.get().getValue());
        }
        return after;
    }

    private Optional<Map.Entry<Long, K>> earliest() {
        return order.first();
    }

    /** The sentence that says how the order differs from the times; empty if it does not. */
    public Optional<String> violation() {
        for (Map.Entry<K, Long> each : at) {
            if (!order.find(each.getValue()).equals(Optional.of(each.getKey()))) {
                return Optional.of(each.getKey() + " is not where its time is");
            }
        }
        return at.size() == order.size() ? Optional.empty() : Optional.of("there are times of names that have none");
    }
}
