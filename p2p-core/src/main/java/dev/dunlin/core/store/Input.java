package dev.dunlin.core.store;

/**
 * What enters the store from outside.
 *
 * @param action the fact or wish
 * @param answers the id of the effect that a service answers by it; {@link ActionId#NONE} if it answers none
 */
public record Input(Action action, ActionId answers) {

    /** Effects leave the store, they never enter it. */
    public Input {
        if (action instanceof Effect) {
            throw new IllegalArgumentException(action.getClass().getSimpleName() + " is an effect, not an input");
        }
    }

    /** An input that answers nothing. */
    public static Input of(Action action) {
        return new Input(action, ActionId.NONE);
    }
}
