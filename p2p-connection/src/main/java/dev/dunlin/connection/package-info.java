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
 *     Disconnected --> Connecting: connect
 *     Disconnected --> Connected: accepted
 *     Connecting --> Connected: connected, accepted
 *     Connecting --> ConnectionFailed: connectionFailed, started
 *     Connecting --> Disconnected: disconnect, reset, started
 *     Connected --> Disconnected: disconnect, reset, closed, idleTimedOut, started
 *     Connected --> ConnectionFailed: started
 *     Connected --> Connecting: closed, idleTimedOut
 *     ConnectionFailed --> Connecting: connect, retry
 *     ConnectionFailed --> Connected: accepted
 *     ConnectionFailed --> Disconnected: reset, started
 *     NotListening --> Opening: listen
 *     Opening --> Listening: listening
 *     Opening --> NotListening: listenFailed, started
 *     Listening --> Stopping: stopListening
 *     Listening --> NotListening: listenerClosed, started
 *     Stopping --> NotListening: listenerClosed, started
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection;

import org.jspecify.annotations.NullMarked;
