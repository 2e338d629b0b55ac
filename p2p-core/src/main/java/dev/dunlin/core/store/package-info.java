/** The store: actions, slices, guards, effects, and the loop that drives them. */
@NullMarked
package dev.dunlin.core.store;

import org.jspecify.annotations.NullMarked;
