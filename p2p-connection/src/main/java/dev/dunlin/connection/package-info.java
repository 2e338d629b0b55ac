/**
 * The connection machine: which peers this node is connected to, is dialling, or failed to reach; the open connections
 * behind that; and the listeners.
 *
 * <p>A {@code Connect} dials a peer's addresses in order; when all have failed the attempt has failed, and a retry
 * follows after a back-off that doubles, until no attempt is left. All who wish for the same peer share one dial. A
 * name is looked up first, and what it leads to is dialled under the same rules as any other address.
 *
 * <p>There may be several connections to one peer; new streams go to the one that both ends choose by the same rule, and
 * the others are closed when nobody has used them for a while. A connection that either side wants to end takes no new
 * streams, and is closed when its last stream ends. A peer that is kept is dialled again for as long as somebody keeps it. One that
 * is banned is neither dialled nor taken.
 *
 * <p>A socket that is open in the world is in the state, until the world says that it is closed; what no state wants is
 * closed by the runtime.
 *
 * <pre>{@code
 * stateDiagram-v2
 *     running --> draining: drain
 *     draining --> running: booted
 *     disconnected --> connecting: connect
 *     disconnected --> connected: accepted
 *     disconnected --> connectionFailed: keep, addressesLearned
 *     connecting --> connected: connected, accepted
 *     connecting --> connectionFailed: connectionFailed, resolved, booted
 *     connecting --> disconnected: connectionFailed, disconnect, reset, ban, booted
 *     connected --> disconnected: disconnect, reset, ban, wentAway, closed, idleTimedOut, booted
 *     connected --> connectionFailed: wentAway, closed, booted
 *     connected --> connecting: wentAway, closed, idleTimedOut
 *     connectionFailed --> connecting: connect, retry, backOffEnded
 *     connectionFailed --> connected: accepted
 *     connectionFailed --> disconnected: connectionFailed, resolved, disconnect, reset, ban, unkeep, backOffEnded, booted
 *     notListening --> opening: listen
 *     opening --> listening: listening
 *     opening --> notListening: listenFailed, booted
 *     listening --> stopping: stopListening
 *     listening --> opening: listen
 *     listening --> notListening: listenerClosed, booted
 *     stopping --> notListening: listenerClosed, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection;

import org.jspecify.annotations.NullMarked;
