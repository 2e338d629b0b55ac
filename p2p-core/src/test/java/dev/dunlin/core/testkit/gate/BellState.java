package dev.dunlin.core.testkit.gate;

/**
 * The bell.
 *
 * @param battery how many rings are left in it
 */
public record BellState(long battery) {

    /** A fresh battery. */
    public static final BellState INITIAL = new BellState(20);
}
