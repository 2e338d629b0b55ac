/**
 * Protocols for tests and measurements, the same on the wire as those of {@code node-app/src/interop/js}: what a node serves, and
 * transfers that use them from the other side. Both keep back-pressure: nothing is buffered beyond the streams' windows.
 */
@NullMarked
package dev.dunlin.connection.protocols;

import org.jspecify.annotations.NullMarked;
