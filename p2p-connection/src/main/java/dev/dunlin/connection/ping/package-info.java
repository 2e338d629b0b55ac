/**
 * The ping protocol (libp2p/specs ping/ping.md): how long a ball of 32 bytes takes to each connected peer and back,
 * and who no longer answers. Balls are thrown periodically, and at somebody's wish; ping streams of others are echoed.
 *
 * <p>The phases of a peer:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     idle --> opening: ballDue, ping
 *     idle --> unknown: started, unlinked
 *     opening --> idle: notOpened
 *     opening --> out: opened
 *     opening --> unknown: started, unlinked
 *     out --> idle: ballTimedOut, missed, streamEnded
 *     out --> ready: caught
 *     out --> unknown: started, unlinked
 *     ready --> idle: streamEnded
 *     ready --> out: ballDue, ping
 *     ready --> unknown: started, unlinked
 *     unknown --> idle: linked
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.ping;

import org.jspecify.annotations.NullMarked;
