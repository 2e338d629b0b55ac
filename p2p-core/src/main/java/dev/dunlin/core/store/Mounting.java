package dev.dunlin.core.store;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is checked of a slice before it is mounted: mistakes of its author, found at start and never at three in the morning. */
final class Mounting {

    private Mounting() {}

    // Tickets of callers outside the store have the one name, digests of what an input led to the other.
    private static final Set<String> RESERVED = Set.of(Ticket.API, "derived");

    static void check(Machine<?, ?, ?> slice) {
        if (RESERVED.contains(slice.name())) {
            throw new IllegalArgumentException("no machine may be named " + slice.name() + ": give it another name");
        }
        if (!slice.types().slice().equals(slice.name())) {
            throw new IllegalArgumentException("the slice " + slice.name() + " has the type table of "
                    + slice.types().slice());
        }
        for (Class<?> type : leaves(slice.actions())) {
            if (!slice.types().actions().containsValue(type)) {
                throw new IllegalArgumentException(
                        type.getName() + " has no name in the type table of " + slice.name());
            }
            if (!slice.guards().covers(type)) {
                throw new IllegalArgumentException(type.getName() + " has no guard in " + slice.name());
            }
        }
        Set<Class<?>> types = new HashSet<>();
        for (Map.Entry<String, Class<? extends Action>> entry :
                slice.types().actions().entrySet()) {
            Class<? extends Action> type = entry.getValue();
            if (!types.add(type)) {
                throw new IllegalArgumentException(
                        type.getName() + " has two names in the type table of " + slice.name());
            }
            if (!type.isRecord()) {
                throw new IllegalArgumentException(type.getName() + " is no record");
            }
            if (Effect.class.isAssignableFrom(type)) {
                checkKind(type);
            } else if (!Outcome.class.isAssignableFrom(type) && !slice.actions().isAssignableFrom(type)) {
                throw new IllegalArgumentException(
                        type.getName() + " is no action of " + slice.actions().getSimpleName());
            }
        }
        checkNames(slice);
    }

    private static void checkNames(Machine<?, ?, ?> slice) {
        Map<String, Class<? extends Action>> actions = slice.types().actions();
        for (Transition transition : slice.transitions()) {
            if (!actions.containsKey(transition.action())
                    && !transition.action().equals(Transition.BOOTED)) {
                throw new IllegalArgumentException("the slice " + slice.name() + " declares a transition by "
                        + transition.action() + ", which is no name in its type table");
            }
        }
        for (Class<?> type : slice.guards().types()) {
            if (!actions.containsValue(type)) {
                throw new IllegalArgumentException(
                        type.getName() + " has a guard in " + slice.name() + " and no name in its type table");
            }
        }
        for (Invariant<?> invariant : slice.invariants()) {
            for (Class<?> type : invariant.breakers()) {
                if (!actions.containsValue(type) || Effect.class.isAssignableFrom(type)) {
                    throw new IllegalArgumentException("the invariant " + invariant.name() + " of " + slice.name()
                            + " is said to be broken by " + type.getName() + ", which is no action of the slice");
                }
            }
        }
    }

    private static void checkKind(Class<?> effect) {
        int kinds = 0;
        for (Class<?> kind : List.of(Effect.Request.class, Effect.Subscription.class, Effect.Fire.class)) {
            kinds += kind.isAssignableFrom(effect) ? 1 : 0;
        }
        if (kinds != 1) {
            throw new IllegalArgumentException(
                    effect.getName() + " must be exactly one of Request, Subscription and Fire");
        }
    }

    /** The records of a sealed hierarchy. */
    static List<Class<?>> leaves(Class<?> type) {
        if (!type.isInterface()) {
            return List.of(type);
        }
        if (!type.isSealed()) {
            throw new IllegalArgumentException(type.getName() + " is not sealed: name all its records");
        }
        List<Class<?>> leaves = new ArrayList<>();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            leaves.addAll(leaves(permitted));
        }
        return leaves;
    }
}
