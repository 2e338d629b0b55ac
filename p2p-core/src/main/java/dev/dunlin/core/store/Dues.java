package dev.dunlin.core.store;

import dev.dunlin.core.state.Table;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A table of a machine's state whose entries may be due, and the action that a due entry becomes.
 *
 * @param action the type of the actions: a record, or a sealed interface of records. No others than the store make them
 * @param table where the entries stand
 * @param as makes the action of a key and its value
 */
public record Dues<S, K extends Comparable<? super K>, V, A extends Action>(
        Class<? extends A> action,
        Function<? super S, Table<K, V>> table,
        BiFunction<? super K, ? super V, ? extends A> as) {}
