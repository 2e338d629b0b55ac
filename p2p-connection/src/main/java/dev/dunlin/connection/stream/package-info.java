/**
 * The stream machine: streams opened, accepted and closed, with their protocols, on the connections of
 * {@link dev.dunlin.connection}.
 *
 * <p>An {@code OpenStream} asks the connection machine for the peer's connection, and waits while it is being dialled;
 * it never dials by itself. Then the world opens the stream. Whoever asked observes {@code StreamOpened},
 * {@code OpenFailed} and the store's {@code Refused}, of which exactly one echoes its ticket. Bytes pass between service
 * and protocol, never through the store.
 *
 * <pre>{@code
 * stateDiagram-v2
 *     waiting --> opening: connectionReady
 *     waiting --> absent: openFailed
 *     opening --> absent: openFailed, streamOpened, booted
 *     absent --> open: streamOpened, streamAccepted
 *     open --> closing: closeStream
 *     open --> resetting: closeStream
 *     closing --> resetting: closeStream
 *     open --> absent: streamClosed, booted
 *     closing --> absent: streamClosed, booted
 *     resetting --> absent: streamClosed, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.stream;

import org.jspecify.annotations.NullMarked;
