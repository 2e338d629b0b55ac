package dev.dunlin.core.store;

/**
 * The whole state after an input: what readers see, what a snapshot holds, and where a store goes on.
 *
 * @param input the number of the last input, 0 before the first
 * @param now its time, microseconds of the node's time
 * @param node the state of the store's own machine
 * @param root the states of all mounted machines
 * @param <R> the root
 */
public record StoreState<R>(long input, long now, NodeState node, R root) {}
