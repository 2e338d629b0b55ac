package dev.dunlin.core.sim;

import dev.dunlin.core.store.Action;

/**
 * A step of a byzantine node: something that it does to others, or how it answers them from then on. Plans hold those that
 * somebody wrote and those that a seed drew alike.
 *
 * @param at microseconds after the world's beginning
 * @param node whose; one of the plan's byzantine nodes
 * @param deed what it does: of a type that the scenario's {@linkplain Scenario#misdeeds tables} name
 */
public record Misdeed(long at, int node, Action deed) {}
