/** The command lines of libp2p/test-plans, for entering this node into its matrix; {@code src/interop/test-plans} says how. */
@NullMarked
package dev.dunlin.node.testplans;

import org.jspecify.annotations.NullMarked;
