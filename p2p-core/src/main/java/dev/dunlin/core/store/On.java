package dev.dunlin.core.store;

import java.util.Optional;
import java.util.function.Function;

/**
 * One machine's interest in another's fact: after the fact was reduced by its owner, it becomes this machine's own
 * action.
 *
 * @param fact the concrete type of the fact
 * @param as makes the action; empty where this very fact does not matter to the machine
 * @param <F> the fact
 * @param <A> the observing machine's actions
 */
public record On<F extends Action, A extends Action>(Class<F> fact, Function<? super F, Optional<? extends A>> as) {

    /** Every such fact matters. */
    public static <F extends Action, A extends Action> On<F, A> each(
            Class<F> fact, Function<? super F, ? extends A> as) {
        return new On<>(fact, action -> Optional.of(as.apply(action)));
    }
}
