package dev.dunlin.core.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The machines of a store, and which of them each type of action belongs to.
 *
 * @param all in mounting order, the store's own first
 * @param routes lookup only, never iterated
 */
record Mounts<R>(List<Mount<R, ?, ?>> all, Map<Class<?>, Route<R>> routes) {

    /** What the types of actions are, to the store. */
    enum Kind {
        /** An action: guarded and reduced. */
        ACTION,
        /** What a due entry becomes: made by the store alone. */
        DUE,
        /** Neither guarded nor reduced. */
        OUTCOME,
        /** Leaves the store. */
        EFFECT
    }

    /**
     * Where the actions of one type go.
     *
     * @param owner its machine
     * @param kind what they are
     * @param type its name
     * @param clauses the owner's guard of it; none where there is no guard
     * @param observers of it, in mounting order
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and walked once an action
    record Route<R>(
            Mount<R, ?, ?> owner, Kind kind, String type, Guards.Clause<?, ?, ?>[] clauses, List<Observer> observers) {}

    /** A machine that observes an action. */
    record Observer(int mount, On<?, ?> on) {}

    private static final Guards.Clause<?, ?, ?>[] UNGUARDED = {};

    static <R> Mounts<R> of(List<Mount<R, ?, ?>> mounts) {
        Map<Class<?>, Route<R>> routes = new HashMap<>();
        for (Mount<R, ?, ?> mount : mounts) {
            TypeTable types = mount.machine.types();
            types.actions().forEach((name, type) -> {
                Kind kind = kind(mount, type);
                Guards.Clause<?, ?, ?>[] clauses = kind == Kind.ACTION || kind == Kind.DUE
                        ? mount.machine.guards().of(type)
                        : UNGUARDED;
                Route<R> before =
                        routes.put(type, new Route<>(mount, kind, types.fullName(name), clauses, new ArrayList<>(2)));
                if (before != null) {
                    throw new IllegalArgumentException(type.getName() + " is registered by the machines "
                            + before.owner.name + " and " + mount.name);
                }
            });
        }
        for (Mount<R, ?, ?> mount : mounts) {
            for (On<?, ? extends Action> on : mount.machine.observes()) {
                Route<R> route = routes.get(on.fact());
                if (route == null) {
                    throw new IllegalArgumentException(
                            mount.name + " observes " + on.fact().getName() + ", which no mounted machine owns");
                }
                if (route.kind == Kind.EFFECT) {
                    throw new IllegalArgumentException(
                            mount.name + " observes " + on.fact().getName() + ", which is an effect and no fact");
                }
                route.observers.add(new Observer(mount.index, on));
            }
        }
        return new Mounts<>(List.copyOf(mounts), routes);
    }

    private static Kind kind(Mount<?, ?, ?> mount, Class<?> type) {
        if (Effect.class.isAssignableFrom(type)) {
            return Kind.EFFECT;
        }
        if (Outcome.class.isAssignableFrom(type)) {
            return Kind.OUTCOME;
        }
        boolean due = mount.dues.stream().anyMatch(dues -> dues.action().isAssignableFrom(type));
        return due ? Kind.DUE : Kind.ACTION;
    }

    /** Where an action goes; it is of a mounted type. */
    Route<R> of(Action action) {
        Route<R> route = routes.get(action.getClass());
        if (route == null) {
            throw new IllegalArgumentException(action.getClass().getName()
                    + " is of no mounted machine: give its sealed interface to that machine's"
                    + " actions(…), or mount the machine that has it");
        }
        return route;
    }
}
