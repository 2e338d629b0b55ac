/**
 * The stream machine: streams opened, accepted and closed, with their protocols, on the connections of
 * {@link dev.dunlin.connection}.
 *
 * <p>An {@code OpenStream} asks the connection machine for the peer's connection, and waits while it is being dialled;
 * it never dials by itself. Then the world opens the stream. Whoever asked observes {@code StreamOpened},
 * {@code OpenFailed} and {@code StreamRefused}, of which exactly one echoes its ticket. Bytes pass between service and
 * protocol, never through the store.
 *
 * <pre>{@code
 * stateDiagram-v2
 *     Waiting --> Opening: connectionReady
 *     Waiting --> Absent: openFailed
 *     Opening --> Absent: openFailed, streamOpened, started
 *     Absent --> Open: streamOpened, streamAccepted
 *     Open --> Closing: closeStream
 *     Open --> Resetting: closeStream
 *     Closing --> Resetting: closeStream, closeTimedOut
 *     Open --> Absent: streamClosed, started
 *     Closing --> Absent: streamClosed, started
 *     Resetting --> Absent: streamClosed, started
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.stream;

import org.jspecify.annotations.NullMarked;
