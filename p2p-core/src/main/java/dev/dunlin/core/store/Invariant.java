package dev.dunlin.core.store;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What always holds of a machine's state.
 *
 * @param name in kebab case
 * @param violation the sentence that says how a state breaks it; empty when it holds
 * @param breakers the actions of the machine that can break it, so that it need not be asked after others; empty if any can.
 *     {@link Audit} trusts this, and asks all in turn all the same, so that a wrong list is found out
 * @param <S> the machine's state
 */
public record Invariant<S>(
        String name, Function<S, Optional<String>> violation, Set<Class<? extends Action>> breakers) {

    /** Copies the set. */
    public Invariant {
        breakers = Set.copyOf(breakers);
    }

    /** One that any action can break. */
    public Invariant(String name, Function<S, Optional<String>> violation) {
        this(name, violation, Set.of());
    }

    /** This, which only these actions can break. */
    @SafeVarargs
    public final Invariant<S> brokenBy(Class<? extends Action>... actions) {
        return new Invariant<>(name, violation, Set.of(actions));
    }
}
