package dev.dunlin.connection.bench;

import dev.dunlin.core.state.Content;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A slice that notes each transition, and refuses one that is not declared or a state beyond its byte budget. */
public final class Watched<V, S, A extends Action> implements Slice<V, S, A> {

    private final Slice<V, S, A> of;
    private final Set<Transition> declared;
    private final Set<Transition> visited = new LinkedHashSet<>();

    Watched(Slice<V, S, A> of) {
        this.of = of;
        this.declared = Set.copyOf(of.transitions());
    }

    /** The transitions that have happened. */
    public Set<Transition> visited() {
        return visited;
    }

    @Override
    public S reduce(S own, A action, Context ctx) {
        Subject subject = of.about(action);
        S after = of.reduce(own, action, ctx);
        String name = of.types().actions().entrySet().stream()
                .filter(entry -> entry.getValue() == action.getClass())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
        Transition transition = new Transition(of.phase(own, subject), name, of.phase(after, subject));
        if (!declared.contains(transition)) {
            throw new AssertionError(transition + " is not declared");
        }
        visited.add(transition);
        if (Content.bytes(after) > of.byteBudget()) {
            throw new AssertionError("the state of " + of.name() + " is beyond its budget");
        }
        return after;
    }

    @Override
    public String name() {
        return of.name();
    }

    @Override
    public Class<A> actions() {
        return of.actions();
    }

    @Override
    public Class<S> state() {
        return of.state();
    }

    @Override
    public TypeTable types() {
        return of.types();
    }

    @Override
    public S initial() {
        return of.initial();
    }

    @Override
    public Guards<V, S, A> guards() {
        return of.guards();
    }

    @Override
    public long nextDeadline(S own) {
        return of.nextDeadline(own);
    }

    @Override
    public Optional<A> tick() {
        return of.tick();
    }

    @Override
    public List<On<?, ? extends A>> observes() {
        return of.observes();
    }

    @Override
    public List<Transition> transitions() {
        return of.transitions();
    }

    @Override
    public String phase(S own, Subject subject) {
        return of.phase(own, subject);
    }

    @Override
    public Subject about(A action) {
        return of.about(action);
    }

    @Override
    public List<Invariant<S>> invariants() {
        return of.invariants();
    }

    @Override
    public Iterable<Handle> handles(S own) {
        return of.handles(own);
    }

    @Override
    public long byteBudget() {
        return of.byteBudget();
    }
}
