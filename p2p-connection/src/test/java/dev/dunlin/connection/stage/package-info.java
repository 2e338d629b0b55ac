/**
 * A simulated network under virtual time, with services that keep the contracts of
 * {@link dev.dunlin.connection.ConnectionService} and {@link dev.dunlin.connection.stream.StreamService}. No threads: a
 * test drives it, and the same calls give the same history.
 */
@NullMarked
package dev.dunlin.connection.stage;

import org.jspecify.annotations.NullMarked;
