package dev.dunlin.core.store;

/**
 * The whole state after an input: what readers see, what a snapshot holds, and where a store goes on.
 *
 * @param input the number of the last input, 0 before the first
 * @param now its time, microseconds of the node's time
 * @param node the store's own slice
 * @param root all mounted slices
 * @param <R> the root
 */
public record StoreState<R>(long input, long now, NodeState node, R root) {}
