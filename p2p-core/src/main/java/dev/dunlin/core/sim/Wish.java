package dev.dunlin.core.sim;

import dev.dunlin.core.store.Action;

/**
 * Something that a node's user wants.
 *
 * @param at microseconds after the world's beginning
 * @param node whose
 * @param action the input
 */
public record Wish(long at, int node, Action action) {}
