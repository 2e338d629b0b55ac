/**
 * The store: actions, machines, guards, effects, and the loop that drives them.
 *
 * <p>Its own machine, {@code node}, keeps boots and open handles:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     new --> booted: booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.core.store;

import org.jspecify.annotations.NullMarked;
