/**
 * The connection machine: which peers this node is connected to, is dialling, or failed to reach; the open connections
 * behind that; and the listeners.
 *
 * <p>A {@code Connect} dials a peer's addresses in order; when all have failed the attempt has failed, and a retry
 * follows after a back-off that doubles, until no attempt is left. All who wish for the same peer share one dial. Two
 * nodes that dial one another at once keep one connection, chosen by a rule that both can compute. A socket that is
 * open in the world is in the state, until the world says that it is closed; what no state wants is closed by the
 * runtime.
 *
 * <pre>{@code
 * stateDiagram-v2
 *     disconnected --> connecting: connect
 *     disconnected --> connected: accepted
 *     connecting --> connected: connected, accepted
 *     connecting --> connectionFailed: connectionFailed, booted
 *     connecting --> disconnected: disconnect, reset, booted
 *     connected --> disconnected: disconnect, reset, closed, idleTimedOut, booted
 *     connected --> connectionFailed: booted
 *     connected --> connecting: closed, idleTimedOut
 *     connectionFailed --> connecting: connect, retry, backOffEnded
 *     connectionFailed --> connected: accepted
 *     connectionFailed --> disconnected: reset, failureForgotten, booted
 *     notListening --> opening: listen
 *     opening --> listening: listening
 *     opening --> notListening: listenFailed, booted
 *     listening --> stopping: stopListening
 *     listening --> notListening: listenerClosed, booted
 *     stopping --> notListening: listenerClosed, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection;

import org.jspecify.annotations.NullMarked;
