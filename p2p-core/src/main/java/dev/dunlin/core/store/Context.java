package dev.dunlin.core.store;

/**
 * What a reducer has besides its state and its action. What it dispatches is queued, and sees the state that the
 * reducer returned.
 */
public interface Context {

    /** The node's time of the input, in microseconds: it never runs backwards, and is the same for all that the input leads to. */
    long now();

    /**
     * What the wall clock says, microseconds since the Unix epoch: for what must agree with other machines. It may run
     * backwards from one input to another, as the system's clock does.
     */
    long wallTime();

    /** The id of the action being reduced. */
    ActionId id();

    /** The running number of this run of the node: the generation of its handles. */
    long run();

    /** Random numbers, the same in every replay. */
    Draws random();

    /**
     * Queues an action, of this machine or a wish of another's.
     *
     * @throws IllegalArgumentException if no mounted machine owns its type, which is a bug and stops the store
     */
    void then(Action action);

    /**
     * Asks the world for something, when all of the input is done.
     *
     * @return the id that the answer will carry
     * @throws IllegalArgumentException if no mounted machine declares its type, which is a bug and stops the store
     */
    ActionId effect(Effect effect);
}
