package dev.dunlin.core.store;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Guards.Clause;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Clauses of the shapes that most guards have: about the own state and the action, whatever the view and the time are.
 * {@link Guards#clause} makes all others. Names are as there: in kebab case, what holds when the action is enabled.
 */
public final class Clauses {

    private Clauses() {}

    /** A condition whose name says all. */
    public static <V, S, A> Clause<V, S, A> when(String name, BiPredicate<S, A> holds) {
        return when(name, holds, (own, action) -> List.of());
    }

    /** A condition that looks at one value of the action. */
    public static <V, S, A> Clause<V, S, A> when(
            String name, BiPredicate<S, A> holds, String operand, Function<A, ?> value) {
        return when(name, holds, (own, action) -> List.of(Operand.of(operand, value.apply(action))));
    }

    /** A condition and what it looks at. */
    public static <V, S, A> Clause<V, S, A> when(
            String name, BiPredicate<S, A> holds, BiFunction<S, A, List<Operand>> operands) {
        return Guards.clause(
                name,
                (view, own, action, now) -> holds.test(own, action),
                (view, own, action, now) -> operands.apply(own, action));
    }

    /**
     * There is room for one more.
     *
     * @param limit the name of the operand that tells the limit
     * @param count how many there are
     * @param most how many there may be
     */
    public static <V, S, A> Clause<V, S, A> below(
            String name, ToLongFunction<S> count, String limit, ToLongFunction<S> most) {
        return when(
                name,
                (own, action) -> count.applyAsLong(own) < most.applyAsLong(own),
                (own, action) -> List.of(Operand.of(limit, most.applyAsLong(own))));
    }

    /** What the action is about does not stand in a table yet. */
    public static <V, S, A, K extends Comparable<? super K>> Clause<V, S, A> absent(
            String name, Function<S, Table<K, ?>> table, Function<A, K> key) {
        return when(name, (own, action) -> !table.apply(own).has(key.apply(action)));
    }

    /** What the action is about stands in a table, and its entry fits the action. */
    public static <V, S, A, K extends Comparable<? super K>, E> Clause<V, S, A> present(
            String name, Function<S, Table<K, E>> table, Function<A, K> key, BiPredicate<A, E> fits) {
        return when(
                name,
                (own, action) -> table.apply(own)
                        .find(key.apply(action))
                        .filter(entry -> fits.test(action, entry))
                        .isPresent());
    }
}
