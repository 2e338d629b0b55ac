/** Immutable building blocks of a state tree: tables, deadlines, bytes, and their digests. */
@NullMarked
package dev.dunlin.core.state;

import org.jspecify.annotations.NullMarked;
