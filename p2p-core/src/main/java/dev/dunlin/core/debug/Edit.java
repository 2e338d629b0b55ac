package dev.dunlin.core.debug;

/** What is changed in a recorded history at one step. */
public sealed interface Edit {

    /** The step's input is left out. */
    record Drop() implements Edit {}

    /**
     * An input comes in before the step's, at the same time.
     *
     * @param input what comes in
     */
    record Insert(LoggedAction input) implements Edit {}

    /**
     * The step's input is another.
     *
     * @param input what takes its place; where it names no effect that it answers, it answers what the recorded one does
     */
    record Change(LoggedAction input) implements Edit {}
}
