/**
 * The action log: one format for recording, debugging, simulation and recovery.
 *
 * <p>A log is a folder of segments, JSON-lines files named after their first input. Each line is a frame, whose last field
 * is the CRC32C of the bytes before it. A segment begins with a header (format, build, schema). Input frames hold the input
 * whole, the rejections with their clauses, a digest of all that was derived, and the digests of the machines that changed.
 * Force marks say up to which input the log is forced to disk. Closed segments are compressed with zstd. Snapshots stand beside
 * the segments.
 */
@NullMarked
package dev.dunlin.core.log;

import org.jspecify.annotations.NullMarked;
