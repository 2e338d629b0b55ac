/** Consensus rounds. */
@NullMarked
package dev.dunlin.consensus;

import org.jspecify.annotations.NullMarked;
