package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Makes a slice that does as another, and throws on a transition that is not declared: for tests that drive a store by
 * hand or simulate one, as the laws ask it in random sequences.
 */
public final class Declared {

    private Declared() {}

    /** A slice whose reducer throws an {@link AssertionError} when an action's subject moves as no declaration says. */
    public static <V, S, A extends Action> Slice<V, S, A> only(Slice<V, S, A> slice) {
        Set<Transition> declared = new HashSet<>(slice.transitions());
        Map<Class<?>, String> names = new HashMap<>();
        slice.types().actions().forEach((name, type) -> names.put(type, name));
        return Altered.of(slice).reducing((own, action, ctx) -> {
            S after = slice.reduce(own, action, ctx);
            Subject subject = slice.about(action);
            Transition taken = new Transition(
                    slice.phase(own, subject), names.getOrDefault(action.getClass(), "?"), slice.phase(after, subject));
            if (!declared.contains(taken)) {
                throw new AssertionError("not declared: " + Coverage.arrow(taken) + " of " + subject);
            }
            return after;
        });
    }
}
