package dev.dunlin.core.store;

import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One machine's interest in another's fact: after the fact was reduced by its owner, it becomes this machine's own
 * action.
 *
 * @param fact the concrete type of the fact
 * @param matters whether this very fact matters to the machine; asked before anything is made of it
 * @param as makes the action
 * @param <F> the fact
 * @param <A> the observing machine's actions
 */
public record On<F extends Action, A extends Action>(
        Class<F> fact, Predicate<? super F> matters, Function<? super F, ? extends A> as) {}
