/**
 * The ping protocol (libp2p/specs ping/ping.md): how long each connected peer takes to send 32 bytes back, and who no
 * longer does. Pings are sent periodically, and at somebody's wish; those of others are answered.
 *
 * <p>The phases of a peer:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     unknown --> idle: linked
 *     idle --> waiting: ping, peerDue
 *     waiting --> idle: pongReceived, pongLost
 *     idle --> unknown: unlinked, booted
 *     waiting --> unknown: unlinked, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.ping;

import org.jspecify.annotations.NullMarked;
