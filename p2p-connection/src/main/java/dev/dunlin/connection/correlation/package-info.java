/**
 * Which recorded actions of the machines here were messages between nodes, for the joined timeline of several logs
 * ({@link dev.dunlin.core.debug.Cluster}).
 */
@NullMarked
package dev.dunlin.connection.correlation;

import org.jspecify.annotations.NullMarked;
