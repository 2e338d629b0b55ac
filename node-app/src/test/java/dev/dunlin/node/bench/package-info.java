/** Figures of the whole node beside js-libp2p's, printed on demand. */
@NullMarked
package dev.dunlin.node.bench;

import org.jspecify.annotations.NullMarked;
