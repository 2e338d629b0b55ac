package dev.dunlin.core.sim;

import dev.dunlin.core.store.Turn;
import java.util.Optional;

/**
 * Something that must hold across nodes. It sees every turn, and is to keep what it needs itself, so that a step costs what
 * changed.
 *
 * @param <R> the root of a node's state tree
 */
public interface WorldCheck<R> {

    /** Its name, in kebab case. */
    String name();

    /** The sentence that says how a turn broke it, if it did. */
    Optional<String> after(SimNode<R> node, Turn turn);
}
