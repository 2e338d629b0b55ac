/**
 * What makes a pure store a running node: the one thread that owns it, its bounded inbox, its timer, the log's thread, and the
 * services that carry effects out.
 */
@NullMarked
package dev.dunlin.core.runtime;

import org.jspecify.annotations.NullMarked;
