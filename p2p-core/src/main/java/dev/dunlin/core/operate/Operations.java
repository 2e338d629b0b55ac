package dev.dunlin.core.operate;

import dev.dunlin.core.store.Machine;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a machine offers to those who operate a node.
 *
 * @param operations questions and orders, in the order in which they are told
 * @param metrics its metrics
 * @param checks what of its health is looked at
 * @param <V> what of the root they see
 * @param <S> the machine's state
 */
public record Operations<V, S>(
        List<Operation<V, S, ?>> operations, List<Metric<V, S>> metrics, List<Check<V, S>> checks)
        implements Machine.Facet<V, S> {

    /** Copies the lists. */
    public Operations {
        operations = List.copyOf(operations);
        metrics = List.copyOf(metrics);
        checks = List.copyOf(checks);
    }

    /** Nothing. */
    public static <V, S> Operations<V, S> none() {
        return new Operations<>(List.of(), List.of(), List.of());
    }

    /** These and questions or orders. */
    @SafeVarargs
    public final Operations<V, S> with(Operation<V, S, ?>... more) {
        return new Operations<>(joined(operations, List.of(more)), metrics, checks);
    }

    /** These and metrics. */
    @SafeVarargs
    public final Operations<V, S> with(Metric<V, S>... more) {
        return new Operations<>(operations, joined(metrics, List.of(more)), checks);
    }

    /** These and checks. */
    @SafeVarargs
    public final Operations<V, S> with(Check<V, S>... more) {
        return new Operations<>(operations, metrics, joined(checks, List.of(more)));
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}
