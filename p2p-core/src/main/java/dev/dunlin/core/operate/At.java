package dev.dunlin.core.operate;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.NodeState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.LongFunction;

/**
 * A moment of a node, as a machine's question sees it: a running node's last one, or any of its log.
 *
 * @param view what of the root the machine sees, beside its own state
 * @param own the machine's state
 * @param node the state of the store's own machine
 * @param input the number of the last input
 * @param now its time, microseconds of the node's time
 * @param clock writes a time of the node's, for people
 */
public record At<V, S>(V view, S own, NodeState node, long input, long now, LongFunction<String> clock) {

    /** The wall time, microseconds since the Unix epoch. */
    public long wallTime() {
        return now + node.wallOffset();
    }

    /** The configuration, recorded values by key. */
    public Table<String, String> config() {
        return node.config();
    }

    /** A time of the node's as the standard writes it (ISO 8601), in UTC, by the wall clock. */
    public String instant(long time) {
        return Instant.ofEpochSecond(0, (time + node.wallOffset()) * 1000)
                .truncatedTo(ChronoUnit.MILLIS)
                .toString();
    }
}
