package dev.dunlin.core.store;

/**
 * One arrow of a state diagram: in this phase, an enabled action of this type may lead to that phase.
 *
 * @param from phase before
 * @param action the action's type name without its slice, such as {@code connected}
 * @param to phase after; the same as {@code from} where the action changes details only
 */
public record Transition(String from, String action, String to) {}
