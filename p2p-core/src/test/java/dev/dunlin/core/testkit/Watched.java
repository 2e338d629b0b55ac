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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A slice that does all as another, and keeps what was reduced since it was last asked. */
final class Watched<V, S, A extends Action> implements Slice<V, S, A> {

    private final Slice<V, S, A> slice;
    private List<Reduction<S, A>> reductions = new ArrayList<>();

    /** One enabled action, and the state before and after it. */
    record Reduction<S, A>(S before, A action, S after) {}

    private Watched(Slice<V, S, A> slice) {
        this.slice = slice;
    }

    static <V, S, A extends Action> Watched<V, S, A> over(Slice<V, S, A> slice) {
        return new Watched<>(slice);
    }

    List<Reduction<S, A>> taken() {
        List<Reduction<S, A>> taken = reductions;
        reductions = new ArrayList<>();
        return taken;
    }

    @Override
    public S reduce(S own, A action, Context ctx) {
        S after = slice.reduce(own, action, ctx);
        reductions.add(new Reduction<>(own, action, after));
        return after;
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
    public TypeTable types() {
        return slice.types();
    }

    @Override
    public S initial() {
        return slice.initial();
    }

    @Override
    public Guards<V, S, A> guards() {
        return slice.guards();
    }

    @Override
    public long nextDeadline(S own) {
        return slice.nextDeadline(own);
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
    public List<Transition> transitions() {
        return slice.transitions();
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
