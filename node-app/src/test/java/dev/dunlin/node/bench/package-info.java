/** Figures of the whole node beside those of other implementations, printed on demand. */
@NullMarked
package dev.dunlin.node.bench;

import org.jspecify.annotations.NullMarked;
