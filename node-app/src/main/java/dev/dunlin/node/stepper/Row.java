package dev.dunlin.node.stepper;

/**
 * An input in a list.
 *
 * @param step its number
 * @param at microseconds of the node's time
 * @param time the same in UTC
 * @param type the full name of the action
 * @param text its payload and what was rejected, on one line
 * @param isRejected whether something was rejected, or the input stopped the node
 */
public record Row(long step, long at, String time, String type, String text, boolean isRejected) {}
