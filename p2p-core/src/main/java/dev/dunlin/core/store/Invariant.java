package dev.dunlin.core.store;

import java.util.Optional;
import java.util.function.Function;

/**
 * What always holds of a slice's state.
 *
 * @param name in kebab case
 * @param violation the sentence that says how a state breaks it; empty when it holds
 * @param <S> the slice's state
 */
public record Invariant<S>(String name, Function<S, Optional<String>> violation) {}
