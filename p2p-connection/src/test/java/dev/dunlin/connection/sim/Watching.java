package dev.dunlin.connection.sim;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A slice that does as another, throws on a transition that is not declared. */
final class Watching<V, S, A extends Action> implements Slice<V, S, A> {

    private final Slice<V, S, A> slice;
    private final Map<Class<?>, String> names = new HashMap<>();

    Watching(Slice<V, S, A> slice) {
        this.slice = slice;
        slice.types().actions().forEach((name, type) -> names.put(type, name));
    }

    @Override
    public S reduce(S own, A action, Context ctx) {
        S after = slice.reduce(own, action, ctx);
        Subject subject = slice.about(action);
        Transition transition = new Transition(
                slice.phase(own, subject), names.getOrDefault(action.getClass(), "?"), slice.phase(after, subject));
        if (!slice.transitions().contains(transition)) {
            throw new AssertionError("not declared: " + transition + " by " + action);
        }
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
