package dev.dunlin.core.store;

/**
 * A bug in a machine: its reducer, guard, deadline or observer threw, or an input led to no end. The store has
 * stopped with the state as it was before the input, and takes no more. The input is to be recorded, so that a replay
 * ends at the same step.
 */
public final class StoreFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Input input;
    private final long number;
    private final long now;
    private final int index;

    StoreFailure(Input input, long number, long now, int index, String what, Throwable cause) {
        super("step " + number + "." + index + ": " + what, cause);
        this.input = input;
        this.number = number;
        this.now = now;
        this.index = index;
    }

    /** The input that led to it. */
    public Input input() {
        return input;
    }

    /** The number that the input would have had. */
    public long number() {
        return number;
    }

    /** The input's time. */
    public long now() {
        return now;
    }

    /** The id of the action at which it failed. */
    public ActionId at() {
        return new ActionId(number, index);
    }
}
