package dev.dunlin.node.admin;

import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.Health;
import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.runtime.RuntimeStats;
import dev.dunlin.core.store.StoreState;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A running node, as its admin API sees it. Any thread may use it.
 *
 * @param <R> the root of the state tree
 */
public interface Live<R> {

    /** The state after the last input. At a node at rest that was some time ago: its time is that of now. */
    StoreState<R> state();

    /** Figures of the runtime. */
    RuntimeStats stats();

    /**
     * Carries out an order. The future fails with a {@link dev.dunlin.core.operate.NoAnswerException} if it was refused or failed.
     *
     * @param key one for all requests that mean the same; the second of them gets the first one's answer while that is awaited
     */
    <V, S, A extends Record> CompletableFuture<A> order(
            Registry.Offered<R, V, S, A> offered, Operation.Order<V, S, A> order, Arguments given, String key);

    /** How all that the node needs is, by name: the store, the log, the disk, and what its machines look at. */
    Map<String, Health> health();

    /** What each of these checks looks at, by the same names. */
    Map<String, String> checked();

    /** Writes a time of the node's, for people. */
    String clock(long time);
}
