/**
 * Figures of Kademlia: one observer counts what the actions and outcomes of the other machines say, which know nothing of it. They are
 * state like everything else, so the figures of any moment of a log can be read; they begin anew with each run.
 *
 * <pre>{@code
 * stateDiagram-v2
 * }</pre>
 */
@NullMarked
package dev.dunlin.dht.metrics;

import org.jspecify.annotations.NullMarked;
