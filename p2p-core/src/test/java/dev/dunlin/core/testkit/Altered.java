package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.store.On;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.TypeTable;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * A slice that differs from another in what is given: for tests of the laws, and for planting a bug that some test must
 * find. Immutable; each method gives a changed copy.
 *
 * @param slice what it is but for the rest
 * @param reducer how it reduces
 * @param guards its guards
 * @param deadline its next deadline
 * @param transitions its transitions
 * @param types its type table
 * @param <V> what its guards may see
 * @param <S> its state
 * @param <A> its actions
 */
public record Altered<V, S, A extends Action>(
        Slice<V, S, A> slice,
        Reducer<S, A> reducer,
        Guards<V, S, A> guards,
        ToLongFunction<S> deadline,
        List<Transition> transitions,
        TypeTable types)
        implements Slice<V, S, A> {

    /** A reducer. */
    @FunctionalInterface
    public interface Reducer<S, A> {
        /** As {@link Slice#reduce}. */
        S reduce(S own, A action, Context ctx);
    }

    /** Nothing is altered yet. */
    public static <V, S, A extends Action> Altered<V, S, A> of(Slice<V, S, A> slice) {
        return new Altered<>(
                slice, slice::reduce, slice.guards(), slice::nextDeadline, slice.transitions(), slice.types());
    }

    /** With another reducer. */
    public Altered<V, S, A> reducing(Reducer<S, A> other) {
        return new Altered<>(slice, other, guards, deadline, transitions, types);
    }

    /** With other guards. */
    public Altered<V, S, A> guarding(Guards<V, S, A> other) {
        return new Altered<>(slice, reducer, other, deadline, transitions, types);
    }

    /** With another next deadline. */
    public Altered<V, S, A> due(ToLongFunction<S> other) {
        return new Altered<>(slice, reducer, guards, other, transitions, types);
    }

    /** With other transitions. */
    public Altered<V, S, A> declaring(List<Transition> other) {
        return new Altered<>(slice, reducer, guards, deadline, other, types);
    }

    /** With another type table. */
    public Altered<V, S, A> naming(TypeTable other) {
        return new Altered<>(slice, reducer, guards, deadline, transitions, other);
    }

    @Override
    public S reduce(S own, A action, Context ctx) {
        return reducer.reduce(own, action, ctx);
    }

    @Override
    public long nextDeadline(S own) {
        return deadline.applyAsLong(own);
    }

    @Override
    public String name() {
        return slice.name();
    }

    @Override
    public Class<A> actions() {
        return slice.actions();
    }

    @Override
    public Class<S> state() {
        return slice.state();
    }

    @Override
    public S initial() {
        return slice.initial();
    }

    @Override
    public Optional<A> tick() {
        return slice.tick();
    }

    @Override
    public List<On<?, ? extends A>> observes() {
        return slice.observes();
    }

    @Override
    public String phase(S own, Subject subject) {
        return slice.phase(own, subject);
    }

    @Override
    public Subject about(A action) {
        return slice.about(action);
    }

    @Override
    public List<Invariant<S>> invariants() {
        return slice.invariants();
    }

    @Override
    public Iterable<Handle> handles(S own) {
        return slice.handles(own);
    }

    @Override
    public long byteBudget() {
        return slice.byteBudget();
    }
}
