/**
 * The ping protocol (libp2p/specs ping/ping.md): how long a ball of 32 bytes takes to each connected peer and back,
 * and who no longer answers. Balls are thrown periodically, and at somebody's wish; ping streams of others are echoed.
 *
 * <p>The phases of a peer:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     unknown --> idle: linked
 *     idle --> unknown: started, unlinked
 *     opening --> unknown: started, unlinked
 *     ready --> unknown: started, unlinked
 *     out --> unknown: started, unlinked
 *     idle --> opening: ping, ballDue
 *     ready --> out: ping, ballDue
 *     opening --> out: opened
 *     opening --> idle: notOpened
 *     out --> ready: caught
 *     out --> idle: missed, ballTimedOut, streamEnded
 *     ready --> idle: streamEnded
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.ping;

import org.jspecify.annotations.NullMarked;
